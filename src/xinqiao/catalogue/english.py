"""English for names that contracts, registers and code lists give in Chinese alone: departments, industries, forms.

Industries are told by their division, in our own words: the standard's groups and classes have no English here.
"""

import csv
from functools import cache

from xinqiao.catalogue.codes import FOLDER, industries


def in_english(name: str) -> str:
    """A name in English, part by part where 、 joins several; as it is where there is no English for a part."""
    known = _names()
    if name in known:
        return known[name]
    parts = name.split("、")
    return ", ".join(known[part] for part in parts) if all(part in known for part in parts) else name


@cache
def _names() -> dict[str, str]:
    divisions = _pairs("industries-en.csv")
    # A class or group is called as its division is; larger parts come last, so that a name they share is theirs.
    by_length = sorted(industries().items(), key=lambda entry: -len(entry[0]))
    return {name: divisions[code[:3]] for code, name in by_length} | _pairs("english.csv")


def _pairs(file: str) -> dict[str, str]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as reader:
        return dict(list(csv.reader(reader))[1:])
