"""Weight regimes: declared strictly, weighed exactly, approved by two people, applied where and while they hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao import audit
from xinqiao.catalogue import load_contracts
from xinqiao.indicators import Misdeclared, load_catalogue
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import CITY_TIME
from xinqiao.rating import Scorecards, load_scorecards, score_one
from xinqiao.rating.catalogue import from_content as scorecard_from
from xinqiao.rating.evaluation import PARTIES
from xinqiao.rating.impact import NothingToCompare, impact
from xinqiao.rating.model import TOTAL_WEIGHT
from xinqiao.rating.regimes import UnknownRegime, effective, in_force, operations, queries, read_regime
from xinqiao.rating.regimes.catalogue import from_content, samples

CATALOGUE = load_catalogue(contracts=load_contracts())
SHIPPED = load_scorecards(catalogue=CATALOGUE)
CORE = SHIPPED.chosen(date(2026, 12, 1), "core")
INVOICE = SHIPPED.chosen(date(2026, 12, 1), "invoice")
GROUPS = {code: each.group for code, each in CATALOGUE.indicators.items()}
TODAY = date(2026, 10, 20)
NOW = datetime(2026, 10, 20, 9, tzinfo=CITY_TIME)
LI, WANG = Actor("person", "li.na"), Actor("person", "wang.fang")
TEXT = """name: tax_cut
version: {version}
label: {{zh: 税务调低, en: Less tax}}
model: core
from: {first}
until: {until}
reason: {{zh: 缓缴, en: Deferred}}
source: 甲文〔2026〕1号
{scope}multipliers:
  groups: {{G3: {by}}}
"""
Declare = Callable[..., Any]


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    """Read a regime with some parts changed."""

    def reading(
        text: str = TEXT,
        *,
        scorecards: Scorecards = SHIPPED,
        version: int = 1,
        first: str = "2026-10-21",
        until: str = "2026-12-01",
        scope: str = "",
        by: object = 0.5,
    ) -> Any:
        file = tmp_path / "tax_cut.yaml"
        file.write_text(text.format(version=version, first=first, until=until, scope=scope, by=by), "utf-8")
        return read_regime(file, catalogue=CATALOGUE, scorecards=scorecards)

    return reading


@pytest.fixture
def small(town: Any) -> Scorecards:
    """The scorecards as the town has them."""
    return Scorecards({"core": [town.scorecard]})


def _approved(town: Any, regime: Any) -> None:
    with town.store.transaction() as tx:
        operations.propose(tx, regime, actor=LI, now=NOW)
        operations.approve(tx, regime.id, actor=WANG, now=NOW)


def test_the_shipped_samples_can_be_read_and_kept() -> None:
    read = [read_regime(path, catalogue=CATALOGUE, scorecards=SHIPPED) for path in samples()]
    assert len(read) == 2
    for regime in read:
        kept = from_content(regime.content)
        assert (kept.fingerprint, kept.scope, kept.groups) == (
            regime.fingerprint,
            regime.scope,
            regime.groups,
        )


def test_an_indicator_s_own_multiplier_takes_the_place_of_its_group_s(declare: Declare) -> None:
    regime = declare(TEXT + "  indicators: {{I01: 1}}\n")
    weights = {each.code: each.weight for each in effective(CORE, [regime], GROUPS).indicators}
    before = {each.code: each.weight for each in CORE.indicators}

    assert weights["I01"] > before["I01"]
    assert weights["I05"] < before["I05"]
    assert sum(weights.values()) == TOTAL_WEIGHT


@given(
    st.lists(
        st.dictionaries(st.sampled_from(sorted(set(GROUPS.values()))), st.integers(100, 5000)), max_size=3
    )
)
def test_weights_add_up_to_100_exactly_whatever_the_multipliers_and_their_order(
    multipliers: list[dict[str, int]],
) -> None:
    from dataclasses import replace

    plain = read_regime(samples()[0], catalogue=CATALOGUE, scorecards=SHIPPED)
    regimes = [replace(plain, name=f"r{n}", groups=each, indicators={}) for n, each in enumerate(multipliers)]

    weights = [each.weight for each in effective(CORE, regimes, GROUPS).indicators]

    assert sum(weights) == TOTAL_WEIGHT
    assert min(weights) >= 0
    assert weights == [each.weight for each in effective(CORE, regimes[::-1], GROUPS).indicators]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"by": 0}, r"tax_cut\.yaml:10：倍数 0 应大于 0"),
        ({"by": -1}, r"tax_cut\.yaml:10：倍数 -1 应大于 0"),
        ({"by": 50}, r"tax_cut\.yaml:10：倍数 50 超出 0\.1 至 5"),
        ({"by": 0.33333}, r"小数超过三位"),
        ({"by": "半"}, r"tax_cut\.yaml:10：此处应为数字"),
        ({"by": 1}, r"tax_cut\.yaml:9：.*没有作用"),
        ({"until": "2026-10-21"}, r"tax_cut\.yaml:6：截止日 2026-10-21 不晚于"),
        ({"first": "2026-10-21T10:00:00"}, r"tax_cut\.yaml:5：.*写的却是时刻 2026-10-21 10:00:00"),
        ({"until": "2028-10-21"}, r"tax_cut\.yaml:6：.*最多 366 天"),
        ({"scope": "scope: {sectors: [Z]}\n"}, r"没有行业 Z"),
        ({"scope": "scope: {sectors: [F99]}\n"}, r"没有行业 F99"),
        ({"scope": "scope: {regions: ['9999']}\n"}, r"没有行政区划 9999"),
        ({"scope": "scope: {regions: ['37109']}\n"}, r"两位、四位或六位"),
        ({"scope": "scope: {sizes: [tiny]}\n"}, r"不认识的取值 tiny"),
        ({"scope": "scope: {sectors: []}\n"}, r"范围为空"),
        ({"scope": "scope: {colours: [red]}\n"}, r"未知的声明项 colours"),
        ({"text": TEXT + "  indicators: {{I99: 2}}\n"}, r"tax_cut\.yaml:11：.*没有计分的指标 I99"),
        ({"text": TEXT + "  indicators: {{V01: 2}}\n"}, r"没有计分的指标 V01"),
        ({"text": TEXT.replace("G3", "G99")}, r"没有计分的指标组 G99"),
        ({"text": TEXT.replace("name: tax_cut", "name: 税务")}, r"名称 税务 不合规"),
        ({"text": TEXT.replace("source: 甲文〔2026〕1号\n", "")}, r"缺少声明项 source"),
    ],
)
def test_a_regime_that_cannot_stand_is_refused_with_its_line(
    declare: Declare, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(Misdeclared, match=said) as refused:
        declare(**change)
    assert refused.value.remedy


def test_a_second_person_approves(town: Any, declare: Declare) -> None:
    regime = declare()
    with town.store.transaction() as tx:
        assert operations.propose(tx, regime, actor=LI, now=NOW).state == "proposed"
        assert in_force(tx, model="core", as_of=regime.from_on) == ()
        with pytest.raises(operations.SamePerson, match=r"li\.na"):
            operations.approve(tx, regime.id, actor=LI, now=NOW)
        with pytest.raises(operations.NotAPerson):
            operations.approve(tx, regime.id, actor=Actor("system", "xinqiao"), now=NOW)
        held = operations.approve(tx, regime.id, actor=WANG, now=NOW)
        assert (held.state, held.approved_by) == ("approved", "wang.fang")
        with pytest.raises(operations.WrongState, match="已批准"):
            operations.approve(tx, regime.id, actor=WANG, now=NOW)
        with pytest.raises(operations.AlreadyProposed):
            operations.propose(tx, regime, actor=LI, now=NOW)
        with pytest.raises(UnknownRegime, match=r"tax_cut@1"):
            queries.entry(tx, "tax_cut@7")
        names = [each.name for each in audit.queries.events(tx, limit=5)]
    assert names[:2] == ["regime.approved", "regime.proposed"]


def test_only_a_version_that_is_named_is_approved_or_withdrawn(town: Any, declare: Declare) -> None:
    """The proposer may put another forward between the reading and the decision."""
    regime = declare()
    with town.store.transaction() as tx:
        operations.propose(tx, regime, actor=LI, now=NOW)

        for bare in (regime.name, f"{regime.name}@"):
            with pytest.raises(operations.VersionNotNamed, match=regime.name) as refused:
                operations.approve(tx, bare, actor=WANG, now=NOW)
            assert regime.id in refused.value.remedy
            with pytest.raises(operations.VersionNotNamed):
                operations.withdraw(tx, bare, reason="改期", actor=WANG, now=NOW)

        assert queries.entry(tx, regime.name).state == "proposed"
        assert operations.approve(tx, regime.id, actor=WANG, now=NOW).state == "approved"


@pytest.mark.parametrize("spelt", ["LI.NA", " li.na ", "ｌｉ．ｎａ", "Ｌｉ．Ｎａ\u3000", "li.na\u200b"])
def test_the_proposer_is_no_second_person_however_the_name_is_spelt(
    town: Any, declare: Declare, spelt: str
) -> None:
    regime = declare()
    with town.store.transaction() as tx:
        operations.propose(tx, regime, actor=LI, now=NOW)

        with pytest.raises(operations.SamePerson, match=r"由 li\.na 提出"):
            operations.approve(tx, regime.id, actor=Actor("person", spelt), now=NOW)

        assert queries.entry(tx, regime.id).state == "proposed"


def test_a_regime_holds_from_its_first_day_up_to_its_last(town: Any, declare: Declare) -> None:
    regime = declare()
    _approved(town, regime)
    with town.store.transaction() as tx:
        held = [
            bool(in_force(tx, model="core", as_of=day))
            for day in (
                regime.from_on - timedelta(1),
                regime.from_on,
                regime.until_on - timedelta(1),
                regime.until_on,
            )
        ]
        assert held == [False, True, True, False]
        assert in_force(tx, model="invoice", as_of=regime.from_on) == ()
        operations.withdraw(tx, regime.id, reason="疫情结束", actor=LI, now=NOW + timedelta(days=10))
        assert in_force(tx, model="core", as_of=date(2026, 10, 29))
        assert in_force(tx, model="core", as_of=date(2026, 10, 30)) == ()


def test_a_regime_withdrawn_on_its_first_day_counts_no_longer_once_the_day_is_evaluated_again(
    town: Any, declare: Declare
) -> None:
    day = {"as_of": TODAY, "now": NOW}
    before = town.evaluate(**day)
    _approved(town, declare(first=TODAY.isoformat(), by=0.1))
    under = town.evaluate(**day)
    with town.store.transaction() as tx:
        operations.withdraw(tx, "tax_cut@1", reason="误批", actor=LI, now=NOW)

    again = town.evaluate(**day)

    assert ["tax_cut@1" in each.regimes for each in (under, again)] == [True, False]
    assert not again.repeated
    assert again.evaluation_id > under.evaluation_id
    assert town.rows(again, 1) == town.rows(before, 1) != town.rows(under, 1)
    assert town.evaluate(**day) == replace(again, repeated=True)


def test_a_regime_never_reaches_back(town: Any, declare: Declare) -> None:
    with town.store.transaction() as tx:
        with pytest.raises(operations.RegimeInThePast, match=r"tax_cut\.yaml:5：.*早于今天"):
            operations.propose(tx, declare(first="2026-10-19"), actor=LI, now=NOW)
        operations.propose(tx, declare(), actor=LI, now=NOW)
        with pytest.raises(operations.RegimeInThePast):
            operations.approve(tx, "tax_cut@1", actor=WANG, now=NOW + timedelta(days=2))


def test_two_of_the_same_scope_do_not_overlap_and_of_different_scopes_may(
    town: Any, declare: Declare
) -> None:
    with town.store.transaction() as tx:
        operations.propose(tx, declare(), actor=LI, now=NOW)
        with pytest.raises(operations.OverlappingRegime, match=r"tax_cut\.yaml:5：.*tax_cut@1"):
            operations.propose(
                tx, declare(version=2, first="2026-11-30", until="2027-01-01"), actor=LI, now=NOW
            )
        operations.propose(tx, declare(version=3, scope="scope: {sectors: [H]}\n"), actor=LI, now=NOW)
        operations.propose(tx, declare(version=4, first="2026-12-01", until="2027-01-01"), actor=LI, now=NOW)
        with pytest.raises(operations.NoReason):
            operations.withdraw(tx, "tax_cut@1", reason=" ", actor=LI, now=NOW)
        operations.withdraw(tx, "tax_cut@1", reason="改期", actor=LI, now=NOW)
        operations.propose(tx, declare(version=5), actor=LI, now=NOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{sectors: [F]}", "{sectors: [F, F52]}"),
        ("{sectors: [H, F51, F]}", "{sectors: [F52, F, H62, H]}"),
        ("{regions: ['37'], sizes: [small]}", "{regions: ['371002', '370000', '3710'], sizes: [small]}"),
    ],
)
def test_a_scope_that_names_a_part_of_itself_is_the_same_scope(
    town: Any, declare: Declare, one: str, other: str
) -> None:
    with town.store.transaction() as tx:
        operations.propose(tx, declare(scope=f"scope: {one}\n"), actor=LI, now=NOW)
        with pytest.raises(operations.OverlappingRegime, match=r"tax_cut@1.* 前）范围相同而期间重叠"):
            operations.propose(tx, declare(version=2, scope=f"scope: {other}\n"), actor=LI, now=NOW)
        operations.propose(tx, declare(version=3, scope="scope: {sectors: [F51, H]}\n"), actor=LI, now=NOW)


def test_it_applies_within_its_scope_is_recorded_and_replays(
    town: Any, declare: Declare, small: Scorecards
) -> None:
    """Firms of section H, and those of one city, get other weights; both get both."""
    before = town.evaluate()
    catering = declare(scope="scope: {sectors: [H]}\n", scorecards=small)
    local = declare(version=2, scope="scope: {regions: ['3710']}\n", by=2, scorecards=small)
    _approved(town, catering)
    _approved(town, local)

    after = town.evaluate()

    told = {name: found for name, found in after.regimes.items() if name != PARTIES}
    assert told == {each.id: each.fingerprint for each in (catering, local)}
    assert after.evaluation_id != before.evaluation_id
    for number, applied in ((1, ()), (3, (catering,)), (2, (local,)), (6, (catering, local))):
        rating, values = town.rows(after, number)
        scored = score_one(effective(town.scorecard, applied, GROUPS), values)
        assert rating["regimes"] == tuple(each.id for each in applied)
        assert (rating["score"], rating["grade"], rating["coverage"]) == (
            scored.score,
            scored.grade,
            scored.coverage,
        )
        assert town.rows(before, number)[0]["regimes"] == ()
        assert town.replay(number, after).again == scored
    assert town.sample().differing == 0
    single = town.evaluate(subjects=[town.firm(6)])
    assert town.rows(single, 6)[0] == town.rows(after, 6)[0]
    with town.store.transaction() as tx:
        operations.withdraw(tx, catering.id, reason="结束", actor=LI, now=NOW)
    assert town.sample().differing == 0
    assert catering.id not in town.evaluate().regimes


def test_sizes_are_told_as_known_then(town: Any, declare: Declare, small: Scorecards) -> None:
    town.learn(
        "annual_report",
        [
            {"subject": town.firm(number), "report_year": 2025, "filed_on": date(2026, 3, 1),
             "revenue_fen": 10_000_000_00 if number == 3 else 1_000_00, "employee_count": 50 if number == 3 else 2,
             "known_at": datetime(2026, 4, 1)}
            for number in (2, 3)
        ],
    )  # fmt: skip
    regime = declare(scope="scope: {sizes: [micro]}\n", scorecards=small)
    _approved(town, regime)
    evaluation = town.evaluate()

    assert town.rows(evaluation, 2)[0]["regimes"] == (regime.id,)
    assert town.rows(evaluation, 3)[0]["regimes"] == ()
    assert "size_classes" in evaluation.regimes
    assert town.sample().differing == 0


def test_the_impact_is_what_happens_once_it_is_approved(
    town: Any, declare: Declare, small: Scorecards
) -> None:
    regime = declare(scope="scope: {sectors: [H]}\n", by=0.1, scorecards=small)

    def tried() -> Any:
        with town.work() as (tx, session):
            return impact(
                tx,
                session=session,
                lake=town.lake,
                contracts=town.contracts,
                regime=regime,
                as_of=date(2026, 11, 1),
            )

    with pytest.raises(NothingToCompare):
        tried()
    before = town.evaluate()
    found = tried()
    _approved(town, regime)
    after = town.evaluate()

    for number in range(24):
        old, new = (town.rows(each, number)[0] for each in (before, after))
        found.matrix[old["grade"]][new["grade"]] -= 1
    assert all(count == 0 for row in found.matrix.values() for count in row.values())
    everybody = found.shifts[0]
    assert (everybody.sector, everybody.firms, everybody.within) == ("*", 24, 8)
    assert {each.sector: each.within for each in found.shifts[1:]} == {"F": 0, "H": 8}
    assert sum(weight for _, weight in found.weights.values()) == pytest.approx(100)


@pytest.mark.parametrize("approved", [False, True])
def test_the_impact_counts_who_gets_a_grade_or_loses_it_apart_from_rise_and_fall(
    town: Any, declare: Declare, small: Scorecards, approved: bool
) -> None:
    """Who has invoices alone loses the grade where they hardly weigh, and gets it back where they weigh again."""
    less = declare(by=0.1, scorecards=small)
    more = declare(TEXT.replace("tax_cut", "back"), by=5, scorecards=small)
    town.evaluate()
    if approved:
        _approved(town, less)

    with town.work() as (tx, session):
        found = impact(
            tx,
            session=session,
            lake=town.lake,
            contracts=town.contracts,
            regime=more if approved else less,
            as_of=date(2026, 11, 1),
        )

    everybody = found.shifts[0]
    assert (everybody.gained, everybody.lost) == ((24, 0) if approved else (0, 24))
    assert (everybody.up, everybody.down) == (0, 0)


def test_the_town_s_model_is_read_back_from_its_content(town: Any) -> None:
    assert scorecard_from(town.scorecard.content, catalogue=CATALOGUE) == town.scorecard
    assert INVOICE.content != town.scorecard.content
