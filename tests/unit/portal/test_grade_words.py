"""A grade is called the same in lists, which know only its letter, and in reports, which know its scorecard."""

from xinqiao.catalogue import load_contracts
from xinqiao.indicators import load_catalogue
from xinqiao.rating import load_scorecards
from xinqiao.web.messages import message


def test_lists_and_reports_call_a_grade_the_same() -> None:
    catalogue = load_catalogue(contracts=load_contracts())
    for versions in load_scorecards(catalogue=catalogue).versions.values():
        for grade in (*versions[-1].grades, "NR"):
            word = versions[-1].word(grade)

            assert (word.zh, word.en) == (message("zh", f"grade.{grade}"), message("en", f"grade.{grade}"))
