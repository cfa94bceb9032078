"""Finding an enterprise among others, and being told when the text says too little."""

from collections.abc import Callable

import pytest

from xinqiao.kernel.unified_code import InvalidCode, UnifiedCode, build
from xinqiao.products import HitPage, Order, TextTooLong, TextTooShort, search
from xinqiao.resolution.naming import subject_named
from xinqiao.workspace import Workspace, reports


def find(workspace: Workspace, text: str, **options: object) -> HitPage:
    with workspace.begun() as (tx, session):
        return search(tx, session=session, lake=workspace.lake, text=text, **options)  # type: ignore[arg-type]


def names(page: HitPage) -> list[str]:
    return [hit.name for hit in page.hits]


@pytest.mark.parametrize(
    "part", ["大海川", "海川餐饮", "餐饮管理有限公司", "  大海川 ", "餐饮 大海川", "大 海 川"]
)
def test_a_part_of_a_name_finds_the_firm_with_its_grade(workspace: Workspace, part: str) -> None:
    page = find(workspace, part)

    assert names(page) == ["深圳市大海川餐饮管理有限公司"]
    assert page.total == 1
    assert page.hits[0].grade == "B"
    assert page.hits[0].score is not None


@pytest.mark.parametrize("text", ["大\0海川", "大海川\0", "\x7f大海\x01川"])
def test_control_characters_are_not_looked_for(workspace: Workspace, text: str) -> None:
    assert names(find(workspace, text)) == ["深圳市大海川餐饮管理有限公司"]


def test_nothing_but_control_characters_is_too_little(workspace: Workspace) -> None:
    with pytest.raises(TextTooShort):
        find(workspace, "\0\0\0\0")


def test_a_code_finds_its_firm_in_any_spelling(workspace: Workspace, firms: dict[str, str]) -> None:
    spelt = firms["busy"].lower()[:9] + " " + firms["busy"].lower()[9:]

    assert [hit.unified_code for hit in find(workspace, spelt).hits] == [firms["busy"]]


def test_the_start_of_a_code_finds_all_that_start_so(workspace: Workspace, firms: dict[str, str]) -> None:
    found = {hit.unified_code for hit in find(workspace, "91440300MA5").hits}

    assert found == {code for code in firms.values() if code.startswith("91440300MA5")}


@pytest.mark.parametrize(
    "spell", [str, str.lower, lambda code: f"{code[:8]}-{code[8:]}", lambda code: f" {code} "]
)
def test_an_organisation_code_finds_its_firm_with_and_without_its_hyphen(
    workspace: Workspace, firms: dict[str, str], spell: Callable[[str], str]
) -> None:
    page = find(workspace, spell(firms["busy"][8:17]))

    assert [hit.unified_code for hit in page.hits] == [firms["busy"]]


def test_an_organisation_code_with_a_slip_finds_nobody(workspace: Workspace, firms: dict[str, str]) -> None:
    right = firms["busy"][8:17]
    wrong = right[:8] + ("0" if right[8] != "0" else "1")

    assert find(workspace, wrong).total == 0
    assert find(workspace, f"{wrong[:8]}-{wrong[8]}").total == 0


@pytest.mark.parametrize("part", ["吊销(集团)", "吊销（集团）", "吊销〔集团〕商贸", "ｘ吊销"])
def test_brackets_and_letters_may_be_of_either_width(workspace: Workspace, part: str) -> None:
    expected = [] if part.startswith("ｘ") else ["已吊销(集团)商贸有限公司"]

    assert names(find(workspace, part)) == expected


def test_older_codes_name_the_firm_to_every_question_about_it(
    workspace: Workspace, firms: dict[str, str], registration_number: str
) -> None:
    busy = UnifiedCode.parse(firms["busy"])
    former = build(organisation8=busy.text[8:16], region="110105").text
    with workspace.begun() as (tx, session):
        for code in (firms["busy"], busy.organisation_code, former, registration_number):
            assert subject_named(tx, session, workspace.lake, code) == busy.subject
            assert reports.report(workspace, tx, session, unified_code=code).identity.subject == busy.subject
        with pytest.raises(InvalidCode, match="15 位"):
            subject_named(tx, session, workspace.lake, registration_number[:-1] + "x")


def test_a_registration_number_finds_the_firm_that_had_it(
    workspace: Workspace, firms: dict[str, str], registration_number: str
) -> None:
    page = find(workspace, registration_number)

    assert [hit.unified_code for hit in page.hits] == [firms["busy"]]
    assert page.hits[0].grade == "B"
    assert find(workspace, registration_number[:-1] + "x").total == 0


def test_wildcards_of_the_database_are_only_characters(workspace: Workspace) -> None:
    assert names(find(workspace, "百分百%")) == ["海川_百分百%小吃店"]
    assert names(find(workspace, "海_餐")) == []
    assert names(find(workspace, "%%")) == []


def test_a_firm_never_evaluated_has_no_grade_rather_than_a_bad_one(workspace: Workspace) -> None:
    (hit,) = find(workspace, "后来者").hits

    assert (hit.grade, hit.score, hit.as_of) == (None, None, None)


def test_pages_follow_one_another_without_gap_or_repeat(workspace: Workspace) -> None:
    everything = names(find(workspace, "91440300"))
    first = find(workspace, "91440300", limit=2)
    second = find(workspace, "91440300", limit=2, after=first.after)

    assert names(first) + names(second) == everything
    assert (first.start, second.start, second.after) == (1, 3, None)


@pytest.mark.parametrize("key", ["score", "grade", "name", "region", "as_of"])
def test_sorted_either_way_the_unknown_comes_last(workspace: Workspace, key: str) -> None:
    for descending in (False, True):
        order = Order(key, descending=descending)  # type: ignore[arg-type]  # table of cases
        ordered = find(workspace, "91440300", order=order)

        values = [getattr(hit, key) is None for hit in ordered.hits]
        assert values == sorted(values)


@pytest.mark.parametrize("text", ["", " ", "海", "%", "a"])
def test_too_little_text_is_refused_instead_of_listing_the_city(workspace: Workspace, text: str) -> None:
    with pytest.raises(TextTooShort):
        find(workspace, text)


def test_too_much_text_is_refused(workspace: Workspace) -> None:
    with pytest.raises(TextTooLong):
        find(workspace, "海" * 101)


def test_nothing_found_is_an_empty_page(workspace: Workspace) -> None:
    assert find(workspace, "没有这家") == HitPage((), 0, False, None, 0)
