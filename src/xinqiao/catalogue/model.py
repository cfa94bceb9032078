"""What a contract says, as plain values; no file, no clock, no engine."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

from xinqiao.catalogue.refusals import UnknownDataset, UnknownField

Mode = Literal["append", "upsert", "snapshot"]
Kind = Literal["string", "integer", "amount", "decimal", "date", "timestamp", "boolean"]
Unit = Literal["fen", "yuan", "wan_yuan"]
Severity = Literal["error", "warning"]
Sharing = Literal["copy_in", "interface", "verification"]
Identifier = Literal["unified_code", "organisation_code", "registration_number", "crosswalk"]
Mask = Literal["person_name", "identifier", "free_text"]

MODES: frozenset[str] = frozenset(get_args(Mode))
KINDS: frozenset[str] = frozenset(get_args(Kind))
UNITS: frozenset[str] = frozenset(get_args(Unit))
SEVERITIES: frozenset[str] = frozenset(get_args(Severity))
IDENTIFIERS: frozenset[str] = frozenset(get_args(Identifier))
MASKS: frozenset[str] = frozenset(get_args(Mask))
SHARING: Mapping[str, str] = {"copy_in": "物理归集", "interface": "系统接口", "verification": "数据核验"}

COLUMN_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "amount": "BIGINT",
    "decimal": "DECIMAL(18,6)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
"""The DuckDB type a field of each kind is stored as; an amount is whole fen."""

SYSTEM_COLUMNS: Mapping[str, str] = {
    "occurred_on": "DATE",
    "known_at": "TIMESTAMP",
    "delivery": "BIGINT",
    "supersedes": "BOOLEAN",
}
"""What the platform adds to every record, after the contract's own fields; `subject` comes before them."""

LIST_COLUMNS: Mapping[str, str] = {"listed_at": "TIMESTAMP"}
"""What it adds besides to the rows of a snapshot: when the delivery they belong to became known. A row that a replay
adds is known later than its list. Null in rows written before there was this column."""

KNOWN_ON = "known_on"
"""The name under which a rule reads the day the delivery became known (a DATE in city time)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a dataset.

    Attributes:
        name: Its name in the platform, unit last (`amount_fen`).
        label: Chinese label shown to people.
        kind: What it holds; an `amount` is kept in fen.
        required: A row without it is refused.
        classification: JR/T 0197-2020 level, 1 (public) to 5.
        stored: Whether it is kept in the lake; fields that only name the subject are not.
        key: Whether it belongs to the record's key.
        values: Permitted codes with their Chinese labels; empty when any value is allowed.
        value_aliases: Further source spellings of a permitted code (`有效发票` → `valid`).
        minimum: Least permitted value, inclusive.
        maximum: Greatest permitted value, inclusive.
        description: What it means, in Chinese.
        aliases: Source headings accepted without a mapping, besides the name itself.
        alias_units: For an amount, the unit of the numbers under each alias. Under its own name the numbers
            are in the unit the name ends with, which is fen.
        future: Whether the date may lie after the day the record became known (an end of publication).
        mask: How a preview hides the value whatever its level; None when the level alone decides.
        when_empty: What it says of a record that the field is empty, by language (`zh`, `en`): a listing without
            a day of removal is still in force. Empty when it only says that nothing was given.
    """

    name: str
    label: str
    kind: Kind
    required: bool
    classification: int
    stored: bool
    key: bool
    values: Mapping[str, str]
    value_aliases: Mapping[str, str]
    minimum: Decimal | date | None
    maximum: Decimal | date | None
    description: str
    aliases: tuple[str, ...]
    alias_units: Mapping[str, Unit]
    future: bool
    mask: Mask | None
    when_empty: Mapping[str, str]

    @property
    def column_type(self) -> str:
        """The DuckDB type it is stored as."""
        return COLUMN_TYPES[self.kind]

    @property
    def spellings(self) -> dict[str, str]:
        """Every accepted source text of a permitted value with its code: code, label and aliases."""
        return {
            **{code: code for code in self.values},
            **{label: code for code, label in self.values.items()},
            **self.value_aliases,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on one row.

    Attributes:
        code: Stable name, unique within the contract; a row that breaks it carries the reason `rule:<code>`.
        label: Chinese sentence given as the reason.
        label_en: The same in English.
        predicate: SQL boolean over field names and `known_on`; NULL counts as passed.
        severity: An `error` quarantines the row, a `warning` is only counted.
        dimension: Quality dimension as ODCS names it (after GB/T 36344-2018).
    """

    code: str
    label: str
    label_en: str
    predicate: str
    severity: Severity
    dimension: str


@dataclass(frozen=True, slots=True)
class SubjectNaming:
    """How a row says which enterprise it is about.

    Attributes:
        field: The field with the enterprise's code.
        system_field: The field naming the system that issued the code, where a crosswalk may be needed.
        identifiers: Kinds of code the field may hold, in the order they are tried.
    """

    field: str
    system_field: str | None
    identifiers: tuple[Identifier, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What one department promises about one dataset.

    Attributes:
        dataset: Name of the dataset, and of its table in the lake (`records/<dataset>`).
        label: Chinese name.
        version: Version of the contract.
        department: Key of the department, which is the folder of the file.
        owner: The unit that answers for the data, in Chinese.
        description: What it is for, what it lacks and how it may be used, in Chinese.
        mode: `append` adds events, `upsert` lets a later row of the same key replace an earlier one,
            `snapshot` replaces everything by the newest delivery.
        cadence_days: A delivery is due at least this often.
        sharing_method: How the department shares it; labels in `SHARING`.
        item: Number in the national list of shared credit information (国办发〔2021〕52号), if it is there.
        subject: How a row names its enterprise.
        occurred_on: The date field that says when it happened; None, or null in a row, means the day it
            became known.
        fields: All fields, in the order of the contract.
        rules: Conditions on a row.
        key: Names of the key fields in order; the subject is always part of the key.
        content: The contract as canonical JSON.
        fingerprint: SHA-256 of `content`, hexadecimal.
        path: The file.
    """

    dataset: str
    label: str
    version: str
    department: str
    owner: str
    description: str
    mode: Mode
    cadence_days: int
    sharing_method: Sharing
    item: int | None
    subject: SubjectNaming
    occurred_on: str | None
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...]
    key: tuple[str, ...]
    content: str = dataclasses.field(repr=False)
    fingerprint: str
    path: Path

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            UnknownField: When the contract has none.
        """
        for each in self.fields:
            if each.name == name:
                return each
        raise UnknownField(
            f"数据集“{self.label}”没有字段 {name}",
            where=str(self.path),
            remedy=f"可用的字段：{'、'.join(each.name for each in self.fields)}。",
        )

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """The fields kept in the lake, in order."""
        return tuple(each for each in self.fields if each.stored)

    @property
    def headings(self) -> dict[str, Field]:
        """Every source heading accepted without a mapping, with its field: names first, then aliases."""
        return {
            **{each.name: each for each in self.fields},
            **{alias: each for each in self.fields for alias in each.aliases},
        }

    def rule(self, code: str) -> Rule | None:
        """The rule of that code, or None."""
        return next((each for each in self.rules if each.code == code), None)

    def record_columns(self) -> dict[str, str]:
        """Columns of `records/<dataset>` in order, with their DuckDB types."""
        return {
            "subject": "BIGINT",
            **{each.name: each.column_type for each in self.stored_fields},
            **SYSTEM_COLUMNS,
            **(LIST_COLUMNS if self.mode == "snapshot" else {}),
        }


class Contracts(dict[str, Contract]):
    """Contracts by dataset; asking for an unknown one raises `UnknownDataset`."""

    def __missing__(self, dataset: str) -> Contract:
        """Refuse an unknown dataset, naming those that look alike."""
        raise UnknownDataset.named(dataset, tuple(self))
