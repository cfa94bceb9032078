"""One calculation of indicators and grades, whoever asks for it: an evaluation, a single firm's, a replay.

Everything it depends on is in a `Work`: the record versions, the declarations, the day, and whose sector measures are
used. The same work gives the same tables `indicator_values` and `rating_values`, bit for bit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from xinqiao import outlook, parties
from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import KNOWN_MEASURES, MEASURE_COLUMNS, Catalogue, Progress, computed
from xinqiao.indicators import evaluate as evaluate_indicators
from xinqiao.indicators.planning import RECORDS as VIEWS
from xinqiao.indicators.planning import VALUES
from xinqiao.indicators.values import Regions
from xinqiao.kernel.clock import city_date
from xinqiao.kernel.refusals import NotFound, Refusal
from xinqiao.kernel.subject import organisation_code
from xinqiao.lake import Lake
from xinqiao.rating import compute, facts, inputs
from xinqiao.rating.evaluation import MEASURES, PUBLISHED_MEASURE_COLUMNS
from xinqiao.rating.model import Scorecard
from xinqiao.rating.regimes import Regime
from xinqiao.sizing import Scheme

_NAMED_AT_MOST = 10


class NothingKnown(Refusal):
    """By the day looked at, the platform knew of no enterprise."""

    code = "nothing_known"


class UnknownSubjects(NotFound):
    """Enterprises that were not known on the day looked at."""

    code = "unknown_subjects"


@dataclass(frozen=True, slots=True)
class Work:
    """What a calculation is made of.

    Attributes:
        session: An engine session of its own.
        lake: The lake.
        contracts: Contracts by data set.
        catalogue: Indicator declarations.
        scorecard: The scorecard.
        regimes: The weight regimes in force on the day, in order.
        scheme: The table of size classes; None unless a regime asks for sizes.
        as_of: The day looked at.
        versions: Version of every record table read.
        regions: Data sets collected for some regions only, with the beginnings of their codes.
        subjects: Whom to grade; everybody when None.
        measures: The evaluation whose sector measures are used; None to compute them from everybody.
        published: Version of the lake's table of sector measures; None when there is none.
        kept: Versions of the computed tables that evaluations kept.
        kept_of: The computed tables, with their regions, that in the evaluation of `measures` were made of data
            sets that had been collected.
        tell: Told of each step, in Chinese.
    """

    session: Session
    lake: Lake
    contracts: Mapping[str, Contract]
    catalogue: Catalogue
    scorecard: Scorecard
    regimes: Sequence[Regime]
    scheme: Scheme | None
    as_of: date
    versions: Mapping[str, int]
    regions: Mapping[str, Collection[str]]
    subjects: Collection[int] | None
    measures: int | None
    published: int | None
    kept: Mapping[str, int]
    kept_of: Mapping[str, Regions]
    tell: Progress

    @property
    def datasets(self) -> tuple[str, ...]:
        """The data sets read."""
        also = set(facts.datasets(self.regimes))
        if self.of_everybody and computes_outlook(self.catalogue):
            also |= set(outlook.DATASETS)
        return inputs.datasets(self.catalogue, also & self.contracts.keys())

    @property
    def of_everybody(self) -> bool:
        """Whether what stands on everybody's records is computed, and not read as it was kept."""
        return self.subjects is None and self.measures is None

    @property
    def registered(self) -> tuple[str, ...]:
        """The data sets whose records are read: computed tables that were kept need none."""
        if self.of_everybody:
            return self.datasets
        own = {*self.catalogue.record_datasets, *facts.datasets(self.regimes)}
        return tuple(each for each in self.datasets if each in own)


def calculate(work: Work) -> tuple[str, ...]:
    """Fill `indicator_values`, `subject_facts` and `rating_values`; the codes of the indicators.

    Raises:
        NothingKnown: No enterprise was known by then.
        UnknownSubjects: Some of the subjects were not.
    """
    session, catalogue, as_of = work.session, work.catalogue, work.as_of
    known = inputs.first_known(work.lake, catalogue=catalogue, versions=work.versions)
    collected = inputs.collected(known, as_of)
    if not collected & set(catalogue.population):
        raise _nothing_known(catalogue, known, as_of)
    inputs.register(
        session,
        work.lake,
        datasets=work.registered,
        contracts=work.contracts,
        versions=work.versions,
        subjects=work.subjects,
    )
    of_records = {dataset: work.regions.get(dataset) for dataset in sorted(collected)}
    of_tables = _prepare(work, of_records)
    evaluated = evaluate_indicators(
        session,
        catalogue=catalogue,
        contracts=work.contracts,
        as_of=as_of,
        subjects=work.subjects,
        collected={**of_records, **of_tables},
        measures=None if work.measures is None else KNOWN_MEASURES,
        progress=work.tell,
    )
    if work.subjects is not None:
        _require_found(work, evaluated.subjects)
    elif not evaluated.subjects:
        raise _nothing_known(catalogue, known, as_of)
    work.tell("评分定级")
    facts.gather(
        session,
        work.regimes,
        scheme=work.scheme,
        contracts=work.contracts,
        as_of=as_of,
        subjects=work.subjects,
    )
    groups = {code: each.group for code, each in catalogue.indicators.items()}
    compute.score_all(session, work.scorecard, regimes=work.regimes, groups=groups)
    return evaluated.codes


def _prepare(work: Work, of_records: Mapping[str, Regions]) -> Mapping[str, Regions]:
    """Make sector measures and computed tables ready; the tables absence from which is news.

    Computed tables hang on the records of others, so that those of a few are taken whole from one evaluation of
    everybody, like the sector measures: then a value carried forward and one computed again are the same.
    """
    session, catalogue = work.session, work.catalogue
    if work.of_everybody:
        _of_everybody(work)
        return computed.collected(catalogue, of_records)
    register_measures(session, work.lake, version=work.published, evaluation_id=work.measures or 0)
    if work.measures is None or work.subjects is None:
        computed.drop(session, catalogue)
        return {}
    for table in catalogue.computed:
        parties.take(
            session,
            work.lake,
            table=table,
            versions=work.kept,
            evaluation_id=work.measures,
            subjects=work.subjects,
        )
    return work.kept_of


def _of_everybody(work: Work) -> None:
    """Make the computed tables, and the outlook that sector measures stand on."""
    computed.make(
        work.session,
        catalogue=work.catalogue,
        contracts=work.contracts,
        as_of=work.as_of,
        regions=work.regions,
        progress=work.tell,
    )
    if computes_outlook(work.catalogue):
        work.tell("计算行业景气")
        outlook.compute(
            work.session,
            rules=outlook.load_rules().value,
            contracts=work.contracts,
            views={each: VIEWS + each for each in outlook.DATASETS if each in work.datasets},
            as_of=work.as_of,
        )


def computes_outlook(catalogue: Catalogue) -> bool:
    """Whether an evaluation of everybody works out the outlook of industries on the way."""
    return any(each.statistic == "outlook" for each in catalogue.measures.named.values())


def register_measures(session: Session, lake: Lake, *, version: int | None, evaluation_id: int) -> None:
    """Make the view `known_sector_measures` of what an evaluation published; empty when it published none."""
    lake.register(
        session,
        table=MEASURES,
        version=version,
        name="published_measures",
        columns=PUBLISHED_MEASURE_COLUMNS,
        within={"evaluation": (evaluation_id, evaluation_id)},
    )
    session.define(
        KNOWN_MEASURES,
        f"SELECT {', '.join(MEASURE_COLUMNS)} FROM published_measures WHERE evaluation = {evaluation_id:d}",
    )


def _require_found(work: Work, found: int) -> None:
    assert work.subjects is not None
    if found == len(set(work.subjects)):
        return
    graded = {subject for (subject,) in work.session.rows(f"SELECT subject FROM {VALUES}")}
    missing = sorted(set(work.subjects) - graded)
    named = "、".join(organisation_code(subject) for subject in missing[:_NAMED_AT_MOST])
    more = f"等 {len(missing)} 户" if len(missing) > _NAMED_AT_MOST else ""
    raise UnknownSubjects(
        f"截至 {work.as_of}，平台没有组织机构代码为 {named}{more} 的企业。",
        where="subjects",
        remedy="核对代码，或改晚评价日。",
    )


def _nothing_known(catalogue: Catalogue, known: Mapping[str, datetime], as_of: date) -> NothingKnown:
    moments = [moment for dataset, moment in known.items() if dataset in catalogue.population]
    if not moments:
        return NothingKnown("还没有任何企业的登记数据，无法评价。", remedy="先归集市场主体登记注册数据。")
    first = city_date(min(moments).replace(tzinfo=UTC))
    return NothingKnown(
        f"截至 {as_of}，平台还不掌握任何企业，无法评价。",
        where="as_of",
        remedy=f"平台最早于 {first} 获知企业数据，请选择该日或之后的评价日。",
    )
