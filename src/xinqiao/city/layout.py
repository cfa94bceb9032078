"""One way of writing files: headings, encoding, title row, units, and the mapping to a contract."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

# Departments that deliver twice are the first to share and to update; others share once: what they have had for long,
# or what they have only just begun to share.
EVERY = (0, 1)
FIRST = (0,)
LAST = (1,)

Correction = Callable[[list[str]], list[str] | None]
Form = Literal["csv", "xlsx"]
Unit = Literal["元", "万元", "分"]


def columns(text: str) -> tuple[tuple[str, str], ...]:
    """Columns written as `heading=field`, parted by blanks; a word alone is both."""
    pairs = (each.partition("=") for each in text.split())
    return tuple((heading, field or heading) for heading, _, field in pairs)


def words(**told: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """A department's words by field, each field's written as `word=code`, parted by blanks."""
    return tuple((field, columns(text)) for field, text in told.items())


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file that one department delivers.

    Attributes:
        dataset: Contract the files are delivered under.
        source: The delivering unit.
        columns: Source heading and contract field, in the order of the file. A field with `~` before it is none of
            the contract's, and the column is ignored.
        words: Source words to codes where they are the department's own, by contract field.
        constants: Contract fields that are the same in every row.
        minute: Minutes after 18:00 at which it delivers on a delivery day.
        unit: Unit of its amounts.
        encoding: Python's name of the text encoding.
        title: A row above the headings; empty for none.
        name: What it is called where a dataset has several; the dataset when empty.
        mapped: Whether a mapping file comes with it; without one the headings speak for themselves.
        form: CSV, or an Excel workbook.
        is_snapshot: Whether each delivery replaces the one before.
        deliveries: Which of the city's deliveries it sends files to.
        ends: Fields that only a later version of a record settles, each with what stands there before.
        repeats: Whether each delivery repeats the last day of the one before.
        correct: Makes a later version of a row, or None for a row that cannot have one.
        code: Field that names the enterprise.
        happened_on: Field with the date of the event.
        amount: Field with the amount; empty where there is none.
        amount_required: Whether the amount may not be blank.
        amount_signed: Whether the amount may be negative.
        word: Field with words from a list; empty where there is none.
        word_required: Whether that word may not be blank.
        text: A text that may not be blank; empty where there is none.
    """

    dataset: str
    source: str
    columns: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    minute: int = 0
    unit: Unit = "元"
    encoding: str = "utf-8"
    title: str = ""
    name: str = ""
    mapped: bool = False
    form: Form = "csv"
    is_snapshot: bool = False
    deliveries: tuple[int, ...] = EVERY
    ends: tuple[tuple[str, str], ...] = ()
    repeats: bool = False
    correct: Correction | None = None
    code: str = "party_code"
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
    def slug(self) -> str:
        """Name of its folder, of its mapping, and of the query that says what happened."""
        return self.name or self.dataset

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
            elif not field.startswith("~"):
                lines.append(f"  {field}: {heading}")
        if self.constants:
            lines.append("constants:")
            lines.extend(f"  {field}: {value}" for field, value in self.constants)
        ignored = [heading for heading, field in self.columns if field.startswith("~")]
        if ignored:
            lines.append(f"ignore: [{', '.join(ignored)}]")
        return "\n".join(lines) + "\n"
