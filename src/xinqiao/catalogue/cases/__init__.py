"""Cases beside the contracts: rows as a department would deliver them, and what must become of each.

`<dataset>.yaml` holds

- `known_on`: the day on which the rows become known;
- `good`: rows that are accepted without a word;
- `warned`: rows that are accepted, with the `warnings` they raise (`rule:<code>` of severity warning);
- `bad`: rows that are refused, with exactly these `reasons`.

A row maps field names to raw text; a field left out is a column without a value. Amounts are in fen, as under
the field's own name. Reasons are `missing:<field>`, `unparseable:<field>`, `unknown_value:<field>`,
`out_of_range:<field>`,
`in_the_future:<field>`, `invalid_code:<field>`, `unresolved_subject:<field>`, `malformed_row` and
`rule:<code>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from xinqiao.catalogue.contracts import PlainText, parse_yaml
from xinqiao.catalogue.refusals import InvalidCases, UnknownDataset

SHIPPED = Path(__file__).parent
"""The cases that come with the product."""

Row = Mapping[str, str]

REASONS = (
    "missing",
    "unparseable",
    "unknown_value",
    "out_of_range",
    "in_the_future",
    "invalid_code",
    "unresolved_subject",
)
"""Reasons that name a field: `<reason>:<field>`."""

MALFORMED_ROW = "malformed_row"
RULE = "rule:"


@dataclass(frozen=True, slots=True)
class Case:
    """One row and the reasons it must raise, in any order."""

    row: Row
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a dataset.

    Attributes:
        dataset: Whose cases.
        known_on: The day the rows become known.
        good: Rows accepted without a word.
        warned: Rows accepted with warnings.
        bad: Rows refused.
    """

    dataset: str
    known_on: date
    good: tuple[Row, ...]
    warned: tuple[Case, ...]
    bad: tuple[Case, ...]


def load_cases(dataset: str, root: Path = SHIPPED) -> Cases:
    """The cases of a dataset.

    Raises:
        UnknownDataset: There is no file of cases for it.
        InvalidCases: The file does not hold what it should.
    """
    path = case_file(dataset, root)
    if not path.is_file():
        raise UnknownDataset.named(dataset, tuple(each.stem for each in root.glob("*.yaml")))
    return read_cases(path)


def case_file(dataset: str, root: Path = SHIPPED) -> Path:
    """Where the cases of a dataset are kept."""
    return root / f"{dataset}.yaml"


def read_cases(path: Path) -> Cases:
    """The cases in one file.

    Raises:
        InvalidCases: The file does not hold what it should.
    """
    try:
        # Every scalar is text, as in a delivered file: 0012 keeps its zeros and 2026-01-31 is no date yet.
        data = parse_yaml(path.read_text("utf-8"), PlainText)
        _only(data, {"known_on", "good", "warned", "bad"})
        return Cases(
            dataset=path.stem,
            known_on=date.fromisoformat(data["known_on"]),
            good=tuple(_row(row) for row in data["good"]),
            warned=tuple(_case(each, "warnings") for each in data.get("warned", ())),
            bad=tuple(_case(each, "reasons") for each in data["bad"]),
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        detail = f"缺少 {error.args[0]}" if isinstance(error, KeyError) else " ".join(str(error).split())
        raise InvalidCases(
            f"样例文件不能使用：{detail}",
            where=str(path),
            remedy="请按 known_on、good、warned、bad 的格式改正。",
        ) from error


def _case(data: Any, reasons: str) -> Case:
    _only(data, {"row", reasons})
    texts = data[reasons]
    if not isinstance(texts, list) or not texts or not all(isinstance(each, str) for each in texts):
        raise ValueError(f"{reasons} 应为非空的列表")
    return Case(row=_row(data["row"]), reasons=tuple(texts))


def _row(data: Any) -> Row:
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("每一行应为“字段: 文本”")
    return dict(data)


def _only(data: Any, known: set[str]) -> None:
    if not isinstance(data, dict):
        raise TypeError("应为键值结构")
    if unknown := set(data) - known:
        raise ValueError(f"不认识 {'、'.join(sorted(unknown))}")
