"""One way of writing files: headings, encoding, title row, units, and the mapping to a contract."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["csv", "xlsx"]
Unit = Literal["元", "万元", "分"]


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file that one department delivers.

    Attributes:
        slug: Folder and name of the mapping.
        dataset: Contract the files are delivered under.
        source: The delivering unit.
        minute: Minutes after 18:00 at which it delivers on a delivery day.
        columns: Source heading and contract field, in the order of the file; an empty field is ignored.
        words: Source words to codes where they are the department's own, by contract field.
        constants: Contract fields that are the same in every row.
        unit: Unit of its amounts.
        encoding: Python's name of the text encoding.
        title: A row above the headings; empty for none.
        mapped: Whether a mapping file comes with it; without one the headings speak for themselves.
        form: CSV, or an Excel workbook.
        is_snapshot: Whether each delivery replaces the one before.
        code: Field that names the enterprise.
        happened_on: Field with the date of the event.
        amount: Field with the amount; empty where there is none.
        amount_required: Whether the amount may not be blank.
        amount_signed: Whether the amount may be negative.
        word: Field with words from a list; empty where there is none.
        word_required: Whether that word may not be blank.
        text: A text that may not be blank; empty where there is none.
    """

    slug: str
    dataset: str
    source: str
    minute: int
    columns: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    unit: Unit = "元"
    encoding: str = "utf-8"
    title: str = ""
    mapped: bool = True
    form: Form = "csv"
    is_snapshot: bool = False
    code: str = "taxpayer_code"
    happened_on: str = ""
    amount: str = ""
    amount_required: bool = False
    amount_signed: bool = False
    word: str = ""
    word_required: bool = True
    text: str = ""

    def position(self, field: str) -> int:
        """Place of a contract field in a row; -1 where it has no column."""
        fields = [name for _, name in self.columns]
        return fields.index(field) if field and field in fields else -1

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in the order of the file."""
        return tuple(heading for heading, _ in self.columns)

    @property
    def mapping(self) -> str:
        """The mapping file as text, or nothing when there is none."""
        if not self.mapped:
            return ""
        words = dict(self.words)
        lines = [f"dataset: {self.dataset}", f"source: {self.source}"]
        header = ", header_row: 2" if self.title else ""
        lines.append(f"read: {{encoding: {self.encoding.removesuffix('-sig')}{header}}}")
        lines.append("columns:")
        for heading, field in self.columns:
            if field.endswith("_fen"):
                lines.append(f"  {field}: {{from: {heading}, unit: {self.unit}}}")
            elif field in words:
                pairs = ", ".join(f"{word}: {code}" for word, code in words[field])
                lines.append(f"  {field}: {{from: {heading}, values: {{{pairs}}}}}")
            elif field:
                lines.append(f"  {field}: {heading}")
        if self.constants:
            lines.append("constants:")
            lines.extend(f"  {field}: {value}" for field, value in self.constants)
        ignored = [heading for heading, field in self.columns if not field]
        if ignored:
            lines.append(f"ignore: [{', '.join(ignored)}]")
        return "\n".join(lines) + "\n"
