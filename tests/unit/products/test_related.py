"""Who is around a firm: as its evaluation kept it, or from the records where more was known by then."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.unified_code import UnifiedCode
from xinqiao.parties import LINK
from xinqiao.products import Report
from xinqiao.workspace import Workspace, commands, reports

Held = tuple[Workspace, Callable[[str, str, datetime], None]]
BEFORE = datetime(2026, 6, 30, 15, tzinfo=CITY_TIME)
AFTER = datetime(2026, 7, 1, 8, tzinfo=CITY_TIME)


def report(workspace: Workspace, code: str, *, records_alone: bool = False, **options: Any) -> Report:
    with workspace.begun() as (tx, session):
        if records_alone:
            tx.run("DELETE FROM lake_version WHERE table_name = %s", (LINK,))
        made = reports.report(workspace, tx, session, unified_code=code, model="whole", **options)
        if records_alone:
            tx.run(
                "INSERT INTO lake_version (table_name, version, changed_at) VALUES (%s, 0, now())", (LINK,)
            )
        return made


def links(made: Report) -> set[tuple[str, str, str]]:
    assert made.related is not None
    return {(each.source, each.target, each.kind) for each in made.related.links}


def grades(made: Report) -> dict[str | None, str | None]:
    assert made.related is not None
    return {party.code: party.grade for party in made.related.parties}


def test_the_links_that_were_kept_are_those_in_the_records(held: Held, firms: dict[str, str]) -> None:
    workspace, _ = held
    for firm in ("busy", "new", "payer"):
        assert report(workspace, firms[firm]) == report(workspace, firms[firm], records_alone=True)

    own, other = firms["payer"], firms["busy"]
    assert links(report(workspace, own)) == {(other, own, "holding"), ("P1", own, "position")}


def test_a_firm_evaluated_alone_has_the_links_that_were_known_by_then(
    held: Held, firms: dict[str, str]
) -> None:
    workspace, deliver = held
    deliver("payer", "欧阳小海", BEFORE)
    commands.evaluate(
        workspace, as_of=BEFORE.date(), model="whole", subjects=[UnifiedCode.parse(firms["payer"]).subject]
    )

    own, other = firms["payer"], firms["busy"]
    whole = {(other, own, "holding"), ("P1", own, "position")}
    assert links(report(workspace, own, evaluation_id=1)) == whole
    assert len(links(report(workspace, own))) == len(whole) + 1
    assert links(report(workspace, firms["busy"])) == {(other, own, "holding")} | {("P1", own, "position")}


def test_a_party_graded_again_the_same_day_keeps_its_grade_in_the_earlier_report(
    held: Held, firms: dict[str, str]
) -> None:
    workspace, deliver = held
    before = grades(report(workspace, firms["busy"], evaluation_id=1))
    assert before[firms["payer"]] is not None
    deliver("payer", "欧阳小海", BEFORE)
    commands.evaluate(
        workspace, as_of=BEFORE.date(), model="whole", subjects=[UnifiedCode.parse(firms["payer"]).subject]
    )

    assert grades(report(workspace, firms["busy"], evaluation_id=1)) == before


def test_what_became_known_after_the_day_changes_no_link(held: Held, firms: dict[str, str]) -> None:
    workspace, deliver = held
    before = report(workspace, firms["payer"])

    deliver("payer", "欧阳小海", AFTER)

    commands.evaluate(
        workspace, as_of=BEFORE.date(), model="whole", subjects=[UnifiedCode.parse(firms["payer"]).subject]
    )
    again = report(workspace, firms["payer"])
    assert again.related == before.related
    assert again.rating.evaluation_id != before.rating.evaluation_id


def test_a_compaction_between_the_city_and_the_firm_changes_nothing(
    held: Held, firms: dict[str, str]
) -> None:
    workspace, deliver = held
    deliver("payer", "欧阳小海", AFTER)
    with workspace.begun() as (tx, session):
        workspace.lake.compact(tx, session, table="records/shareholder")
    commands.evaluate(
        workspace, as_of=BEFORE.date(), model="whole", subjects=[UnifiedCode.parse(firms["payer"]).subject]
    )

    kept = report(workspace, firms["payer"])

    assert kept == report(workspace, firms["payer"], records_alone=True)
    assert links(kept) == links(report(workspace, firms["payer"], evaluation_id=1))
