"""A firm's indicators after new records: those that stand on them computed, the others as they were.

What is computed is asked as one prepared query (`indicators.at_once`), planned once for each set of indicators and
day; the firm's records come to it as texts, read by one statement from the files that may hold the firm.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xinqiao.engine import Session
from xinqiao.engine.dialect import identifier, literal
from xinqiao.engine.packing import NOTHING, pack, packed
from xinqiao.indicators import KNOWN_MEASURES, MEASURE_COLUMNS
from xinqiao.indicators.at_once import Question, ask, derivation
from xinqiao.indicators.compute import EVERYBODY
from xinqiao.indicators.values import Regions
from xinqiao.rating import calculation
from xinqiao.rating.building_on import Base
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import RECORDS

_PREPARED_AT_MOST = 64

Sectors = Mapping[str, Sequence[Sequence[str]]]
Key = tuple[object, ...]


@dataclass(slots=True)
class Warm:
    """An open session and what has been made ready in it.

    Attributes:
        session: The session.
        prepared: The queries kept, by what they were made of, those not asked for longest first: their name, and the
            question or the indicators they are given.
        hanging: By catalogue and data sets, what hangs on these.
        measures: The sector measures by sector, each line spelt out, and which those are.
    """

    session: Session
    prepared: "OrderedDict[Key, tuple[str, Question | tuple[str, ...]]]" = field(default_factory=OrderedDict)
    hanging: "dict[Key, Hanging | None]" = field(default_factory=dict)
    measures: tuple[Key, Sectors] | None = None
    _made: int = 0

    def name(self) -> str:
        """A name no query has had yet."""
        self._made += 1
        return f"prepared_{self._made}"


@dataclass(frozen=True, slots=True)
class Hanging:
    """The indicators that hang on new records.

    Attributes:
        read: Those that records are read for.
        made: Those made of other indicators alone, which need only their values.
    """

    read: tuple[str, ...]
    made: frozenset[str]


def hanging(warm: Warm, work: Work, changed: frozenset[str]) -> Hanging | None:
    """What hangs on new records in these data sets; None when it takes more than the firm's own records.

    That is so where an indicator also stands on a computed table, which is not at the desk, or on a snapshot, whose
    newest delivery shows only in everybody's records.
    """
    key = (work.catalogue.fingerprint, changed)
    if key not in warm.hanging:
        warm.hanging[key] = _hanging(work, changed)
    return warm.hanging[key]


def _hanging(work: Work, changed: frozenset[str]) -> Hanging | None:
    catalogue, read, made = work.catalogue, [], set()
    for code, indicator in catalogue.indicators.items():
        # What stands on computed tables alone hangs on the evaluation that kept them, and is as it was.
        own = set(catalogue.own_datasets_of(code))
        if not changed & own:
            continue
        if indicator.derived and catalogue.reads[code] <= catalogue.indicators.keys():
            made.add(code)
        elif catalogue.computed_of(code) or any(work.contracts[each].mode == "snapshot" for each in own):
            return None
        else:
            read.append(code)
    return Hanging(tuple(read), frozenset(made))


def renewed(warm: Warm, work: Work, base: Base, hangs: Hanging, subject: int) -> dict[str, float | None]:
    """All indicators of a firm with records that the base did not see."""
    values = dict(base.row.indicators)
    if hangs.read:
        values |= _computed(warm, work, base, hangs, subject)
    if hangs.made:
        values |= _derived(warm, work, values, hangs.made)
    return values


def _computed(warm: Warm, work: Work, base: Base, hangs: Hanging, subject: int) -> dict[str, float | None]:
    """Some indicators, from the records."""
    collected = {each: work.regions.get(each) for each in sorted(base.collected)}
    name, question = _asked(warm, work, hangs, collected, ())
    texts, replaced = _read(warm, work, question, subject)
    if replaced:
        name, question = _asked(warm, work, hangs, collected, replaced)
        texts, _ = _read(warm, work, question, subject)
    sector = base.row.rating["sector"]
    near = {sector or EVERYBODY, (sector or EVERYBODY)[:1], EVERYBODY}
    usual = [
        line
        for each in sorted(near)
        for line in _measures(warm, work).get(each, ())
        if line[1] in question.measures
    ]
    found = warm.session.answer(
        name,
        [
            *(texts.get(dataset) or NOTHING for dataset in question.records),
            pack([[subject, sector]]),
            pack(usual),
            pack([[subject, *map(base.row.indicators.get, question.given)]]),
        ],
    )
    return {code: found[0][code] for code in hangs.read}


def _asked(
    warm: Warm,
    work: Work,
    hangs: Hanging,
    collected: Mapping[str, Regions],
    corrected: tuple[str, ...],
) -> tuple[str, Question]:
    """The prepared query for some indicators, and what it is."""
    contracts = tuple(work.contracts[each].fingerprint for each in work.catalogue.record_datasets)
    regions = tuple((each, None if it is None else tuple(it)) for each, it in collected.items())
    key = (work.catalogue.fingerprint, contracts, work.as_of, regions, hangs, corrected)
    if key not in warm.prepared:
        # What does not hang on the new records is as it was, also where others read it.
        kept = work.catalogue.indicators.keys() - {*hangs.read, *hangs.made}
        question = ask(
            work.catalogue,
            work.contracts,
            as_of=work.as_of,
            collected=collected,
            codes=hangs.read,
            corrected=corrected,
            given=kept,
        )
        _keep(warm, key, question.sql, question)
    warm.prepared.move_to_end(key)
    name, asked = warm.prepared[key]
    assert isinstance(asked, Question)
    return name, asked


def _keep(warm: Warm, key: Key, sql: str, given: Question | tuple[str, ...]) -> None:
    """Prepare a query, and let the one go that has not been asked for longest."""
    name = warm.name()
    warm.session.prepare(name, sql)
    warm.prepared[key] = name, given
    while len(warm.prepared) > _PREPARED_AT_MOST:
        _, (oldest, _) = warm.prepared.popitem(last=False)
        warm.session.forget(oldest)


def _read(
    warm: Warm, work: Work, question: Question, subject: int
) -> tuple[dict[str, str | None], tuple[str, ...]]:
    """The firm's records as texts by data set, and the data sets in which a row of the firm replaces another."""
    parts = []
    for dataset, columns in question.records.items():
        source = _source(warm, work, dataset, columns, subject)
        if source is not None:
            parts.append(
                f"(SELECT {literal(dataset)} AS dataset, {packed(columns)} AS lines, max(supersedes) AS replaced"
                f" FROM {source} WHERE subject = {subject:d})"
            )
    rows = warm.session.rows(" UNION ALL ".join(parts)) if parts else []
    replaced = sorted(dataset for dataset, _, any_replaced in rows if any_replaced)
    return {dataset: lines for dataset, lines, _ in rows}, tuple(replaced)


def _source(warm: Warm, work: Work, dataset: str, columns: Sequence[str], subject: int) -> str | None:
    """What to read the firm's rows of a data set from; None when no file may hold any."""
    version = work.versions.get(RECORDS + dataset)
    if version is None:
        return None
    files = [
        file.path
        for file in work.lake.files(RECORDS + dataset, version)
        if file.may_hold("subject", subject, subject)
    ]
    kinds = work.contracts[dataset].record_columns()
    wanted = {name: kinds[name] for name in dict.fromkeys([*columns, "supersedes"])}
    return warm.session.source(files, wanted) if files else None


def _measures(warm: Warm, work: Work) -> Sectors:
    """The lines of the sector measures, by sector."""
    key = (work.published, work.measures)
    if warm.measures is None or warm.measures[0] != key:
        calculation.register_measures(
            warm.session, work.lake, version=work.published, evaluation_id=work.measures or 0
        )
        spelt = ", ".join(f"CAST({identifier(name)} AS VARCHAR)" for name in MEASURE_COLUMNS)
        sectors: dict[str, list[Sequence[str]]] = {}
        for line in warm.session.rows(f"SELECT {spelt} FROM {KNOWN_MEASURES} ORDER BY ALL"):
            sectors.setdefault(line[0], []).append(line)
        warm.measures = key, sectors
    return warm.measures[1]


def _derived(
    warm: Warm, work: Work, values: Mapping[str, float | None], codes: frozenset[str]
) -> dict[str, float | None]:
    """Indicators that are made of other indicators alone, from the values of those."""
    key = (work.catalogue.fingerprint, work.as_of, tuple(sorted(codes)))
    if key not in warm.prepared:
        _keep(warm, key, *derivation(work.catalogue, codes, as_of=work.as_of))
    warm.prepared.move_to_end(key)
    name, read = warm.prepared[key]
    assert isinstance(read, tuple)
    found: list[dict[str, float | None]] = warm.session.answer(name, [pack([[*map(values.get, read)]])])
    return found[0]
