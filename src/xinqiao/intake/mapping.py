"""Mapping files: how one department's columns become a contract's fields.

Strict interpretation: every column of a source is mapped, ignored by name, or the delivery is refused with
the list of what nobody has decided about. Headings are compared without blanks and in half-width characters.
"""

import dataclasses
import json
import re
import unicodedata
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import Any

from xinqiao.intake.covering import Regions


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to open the file, where it should not be found out.

    Attributes:
        encoding: Such as gb18030; found out when None.
        delimiter: Found out when None.
        header_row: Physical row of the headings, from 1; found out when None.
        sheet: Worksheet of a workbook; the first that has the headings when None.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """Where one field's values come from.

    Attributes:
        field: Name of the contract's field.
        headings: The source's headings; of several, each row's first that says something counts.
        unit: Unit of an amount that does not say its own, one of `parsing.UNITS`.
        unit_said: Whether the mapping or the first heading says so.
        values: Source words to codes, besides those the contract knows.
        currency: Take the currency a money text names, not its amount.
        incomplete: Which day a text means that tells the year or the month alone, `first_day` or `last_day`; None to
            refuse such a text.
    """

    field: str
    headings: tuple[str, ...]
    unit: str = "元"
    unit_said: bool = False
    values: Lookup[str, str] = dataclasses.field(default_factory=dict)
    currency: bool = False
    incomplete: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping file, checked against its contract.

    Attributes:
        source: The delivering unit.
        read: How to open the file.
        columns: What is mapped.
        constants: Fields with the same text in every row.
        ignore: Headings left out on purpose.
        covers: Regions that the deliveries speak for; None where it does not say.
        content: The file as plain values, for the record of the delivery.
        where: Where it stands, for a refusal that comes of it later.
    """

    source: str = ""
    read: ReadOptions = ReadOptions()
    columns: tuple[MappedColumn, ...] = ()
    constants: Lookup[str, str] = dataclasses.field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    covers: Regions = None
    content: Lookup[str, Any] = dataclasses.field(default_factory=dict)
    where: str = ""

    @property
    def canonical(self) -> str:
        """The content as one string that does not depend on the order of its keys."""
        return json.dumps(self.content, ensure_ascii=False, sort_keys=True, default=str)


def plain_heading(text: str) -> str:
    """A heading as it is compared: half-width, no blanks, no line ends, no byte-order mark."""
    return re.sub(r"[\s\ufeff\u200b]+", "", unicodedata.normalize("NFKC", text))
