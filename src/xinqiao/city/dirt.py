"""How often which fault befalls the rows of a layout."""

from bisect import bisect
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from xinqiao.city import faults
from xinqiao.city.faults import Fault, Places, Random, Spoiler
from xinqiao.city.layout import Layout


@dataclass(frozen=True, slots=True)
class Spoiling:
    """The faults that one layout's rows can have.

    Attributes:
        places: Where they sit.
        spoilers: Possible faults.
        weights: Their cumulative weights.
    """

    places: Places
    spoilers: tuple[Spoiler, ...]
    weights: tuple[float, ...]

    def spoil(self, row: list[str], random: Random, known_on: date) -> Fault | None:
        """Plant one fault in a row, in place; None when the one drawn does not fit the row."""
        at = bisect(self.weights, random() * self.weights[-1])
        return self.spoilers[min(at, len(self.spoilers) - 1)](self.places, row, random, known_on)


# Days that may not lie before the day of the event: one moved into the future would break two rules at once.
_AFTERWARDS = {"due_on", "until_on", "valid_until_on", "expires_on", "published_until"}
# The first day of the month a row is about: the first of a month is required, and the future has few of them.
_MONTH = "month_on"
# How often each fault befalls a row, in relation to the others.
_ANYWHERE: tuple[tuple[Spoiler, float], ...] = (
    (faults.letter_for_zero, 6.0),
    (faults.wrong_check, 6.0),
    (faults.short_code, 5.0),
    (faults.blank_code, 3.0),
    (faults.full_width_code, 3.0),
    (faults.spaced_code, 4.0),
    (faults.lower_case_code, 3.0),
    (faults.future_date, 7.0),
    (faults.impossible_date, 7.0),
    (faults.blank_date, 3.0),
    (faults.chinese_date, 5.0),
    (faults.slashed_date, 3.0),
    (faults.compact_date, 3.0),
    (faults.full_width_date, 2.0),
)
_AMOUNT: tuple[tuple[Spoiler, float], ...] = (
    (faults.amount_in_words, 5.0),
    (faults.grouped_amount, 4.0),
    (faults.full_width_amount, 3.0),
    (faults.wan_amount, 4.0),
)


def spoiling(layout: Layout) -> Spoiling:
    """What can go wrong with the rows of a layout."""
    movable = layout.happened_on != _MONTH and not _AFTERWARDS & {field for _, field in layout.columns}
    weighed = [each for each in _ANYWHERE if movable or each[0] is not faults.future_date]
    if layout.amount:
        weighed += _AMOUNT
    if layout.amount_required:
        weighed.append((faults.blank_amount, 3.0))
    if layout.amount and not layout.amount_signed:
        weighed.append((faults.negative_amount, 6.0))
    if layout.word:
        weighed.append((faults.unknown_word, 6.0))
    if layout.word and layout.word_required:
        weighed.append((faults.blank_word, 2.0))
    if layout.text:
        weighed.append((faults.blank_text, 3.0))
    # A workbook has no separators to miscount.
    if layout.form == "csv":
        weighed.append((faults.extra_column, 1.5))
    return Spoiling(
        places=Places(
            layout=layout,
            code=layout.position(layout.code),
            happened_on=layout.position(layout.happened_on),
            amount=layout.position(layout.amount),
            word=layout.position(layout.word),
            text=layout.position(layout.text),
            system=layout.position("source_system"),
        ),
        spoilers=tuple(spoiler for spoiler, _ in weighed),
        weights=tuple(accumulate(weight for _, weight in weighed)),
    )
