"""The faults that departments' rows have, each planted on its own, with what a careful reader makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from xinqiao.city import codes
from xinqiao.city.layout import Layout
from xinqiao.kernel.money import FEN_PER_WAN, FEN_PER_YUAN

Random = Callable[[], float]

ACCEPTED = "accepted"
DUPLICATE = "duplicate"
CORRECTED = "corrected"

_BLANKS = ("", "", "-", "无", "NULL")
_FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
_CODE_LENGTH = 18


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault.

    Attributes:
        kind: What was done to the row.
        outcome: A reason code, or that the row is accepted all the same.
    """

    kind: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where in the rows of a layout a fault can sit; -1 for what a layout does not have.

    Attributes:
        layout: The layout.
        code: Position of the code that names the enterprise.
        happened_on: Position of the date of the event.
        amount: Position of the amount.
        word: Position of the word from a list.
        text: Position of a text that may not be blank.
        system: Position of the system that issued the code.
    """

    layout: Layout
    code: int
    happened_on: int
    amount: int
    word: int
    text: int
    system: int

    def has_account(self, row: list[str]) -> bool:
        """Whether the row names the enterprise by another system's number."""
        return bool(self.layout.constants) or (self.system >= 0 and bool(row[self.system]))


# Changes a row in place and says what it did, or returns None where the fault does not fit the row.
Spoiler = Callable[[Places, list[str], Random, date], Fault | None]


def _ruined_code(at: Places, row: list[str], kind: str, code: str) -> Fault | None:
    """Put in a code that leads nowhere; which reason that has depends on who issued it."""
    reason = "unresolved_subject" if at.has_account(row) else "invalid_code"
    if reason == "invalid_code" and not codes.names_nobody(code):
        return None
    row[at.code] = code
    return Fault(kind, f"{reason}:{at.layout.code}")


def letter_for_zero(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A letter O typed for a zero."""
    return (
        _ruined_code(at, row, "letter_for_zero", codes.letter_for_zero(row[at.code]))
        if "0" in row[at.code]
        else None
    )


def wrong_check(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A check character that does not agree."""
    code = row[at.code]
    if len(code) != _CODE_LENGTH:
        return None
    return _ruined_code(at, row, "wrong_check_character", codes.wrong_check(code, int(random() * 30)))


def short_code(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """The last character of the code lost."""
    return _ruined_code(at, row, "character_missing", row[at.code][:-1])


def blank_code(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """No code at all."""
    row[at.code] = _blank(random)
    return Fault("blank_code", f"missing:{at.layout.code}")


def full_width_code(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """The code in full-width characters: odd, but plain what it means."""
    if at.has_account(row):
        return None
    row[at.code] = row[at.code].translate(_FULL_WIDTH)
    return Fault("full_width_code", ACCEPTED)


def spaced_code(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """Blanks around or inside the code: odd, but plain what it means."""
    code = row[at.code]
    # Only a code of a national standard may be spelt apart; another system's number is what it is.
    row[at.code] = f" {code} " if random() < 0.5 or at.has_account(row) else f"{code[:6]} {code[6:]}\u3000"
    return Fault("spaced_code", ACCEPTED)


def lower_case_code(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """The code in lower case: odd, but plain what it means."""
    if at.has_account(row) or row[at.code] == row[at.code].lower():
        return None
    row[at.code] = row[at.code].lower()
    return Fault("lower_case_code", ACCEPTED)


def future_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A date after the day of delivery."""
    row[at.happened_on] = (known_on + timedelta(days=20 + int(random() * 300))).isoformat()
    return Fault("future_date", f"in_the_future:{at.layout.happened_on}")


def impossible_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A date that no calendar has."""
    row[at.happened_on] = f"{row[at.happened_on][:4]}-02-30" if random() < 0.6 else "待核实"
    return Fault("impossible_date", f"unparseable:{at.layout.happened_on}")


def blank_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """No date at all."""
    row[at.happened_on] = _blank(random)
    return Fault("blank_date", f"missing:{at.layout.happened_on}")


def chinese_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """2019年3月1日."""
    year, month, day = row[at.happened_on].split("-")
    row[at.happened_on] = f"{year}年{int(month)}月{int(day)}日"
    return Fault("chinese_date", ACCEPTED)


def slashed_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """2019/3/1."""
    year, month, day = row[at.happened_on].split("-")
    row[at.happened_on] = f"{year}/{int(month)}/{int(day)}"
    return Fault("slashed_date", ACCEPTED)


def compact_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """20190301."""
    row[at.happened_on] = row[at.happened_on].replace("-", "")
    return Fault("compact_date", ACCEPTED)


def full_width_date(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A date in full-width characters."""
    row[at.happened_on] = row[at.happened_on].translate(_FULL_WIDTH)
    return Fault("full_width_date", ACCEPTED)


def amount_in_words(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """An amount that is no number."""
    row[at.amount] = ("叁仟伍佰圆整", "见附件", "12.3.4", "#REF!")[int(random() * 4)]
    return Fault("amount_in_words", f"unparseable:{at.layout.amount}")


def blank_amount(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """No amount at all."""
    row[at.amount] = _blank(random)
    return Fault("blank_amount", f"missing:{at.layout.amount}")


def negative_amount(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A negative amount where there can be none."""
    if not row[at.amount] or not float(row[at.amount]):
        return None
    row[at.amount] = f"-{row[at.amount]}"
    return Fault("negative_amount", f"out_of_range:{at.layout.amount}")


def grouped_amount(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """1,234.50."""
    whole, point, rest = row[at.amount].partition(".")
    if len(whole.lstrip("-")) < 4:
        return None
    row[at.amount] = f'"{int(whole):,}{point}{rest}"'
    return Fault("grouped_amount", ACCEPTED)


def full_width_amount(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """An amount in full-width digits."""
    if not row[at.amount]:
        return None
    row[at.amount] = row[at.amount].translate(_FULL_WIDTH)
    return Fault("full_width_amount", ACCEPTED)


def wan_amount(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """The same amount written with its own unit, where four places of it are exact."""
    fen = _fen(row[at.amount], at.layout.unit)
    if fen is None or fen < FEN_PER_WAN or fen % FEN_PER_YUAN:
        return None
    row[at.amount] = f"{fen // FEN_PER_WAN}.{fen % FEN_PER_WAN // FEN_PER_YUAN:04d}万元"
    return Fault("amount_in_wan", ACCEPTED)


def unknown_word(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A word that is on no list."""
    row[at.word] = ("待处理", "代码99", "代码98")[int(random() * 3)]
    return Fault("unknown_word", f"unknown_value:{at.layout.word}")


def blank_word(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """No word at all."""
    row[at.word] = _blank(random)
    return Fault("blank_word", f"missing:{at.layout.word}")


def blank_text(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """A required text left blank."""
    row[at.text] = _blank(random)
    return Fault("blank_text", f"missing:{at.layout.text}")


def extra_column(at: Places, row: list[str], random: Random, known_on: date) -> Fault | None:
    """One column too many."""
    row.insert(1, "续表")
    return Fault("extra_column", "malformed_row")


def _blank(random: Random) -> str:
    return _BLANKS[int(random() * len(_BLANKS))]


def _fen(text: str, unit: str) -> int | None:
    if not text:
        return None
    whole, _, rest = text.partition(".")
    if unit == "分":
        return int(whole)
    return int(whole) * FEN_PER_YUAN + int(rest.ljust(2, "0")) if unit == "元" else None
