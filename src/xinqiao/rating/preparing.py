"""Before a calculation: which versions, regimes and measures it is made of, and whether it was made before."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from xinqiao import parties
from xinqiao.catalogue import Contract
from xinqiao.engine import Session
from xinqiao.indicators import Catalogue, Progress, computed
from xinqiao.kernel.clock import end_of_day
from xinqiao.lake import Lake
from xinqiao.rating import facts, inputs, records
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import MEASURES, PARTIES, Evaluation
from xinqiao.rating.model import Scorecard
from xinqiao.rating.regimes import in_force
from xinqiao.rating.versions import require_unchanged
from xinqiao.sizing import load_scheme
from xinqiao.store import Transaction

# What of a regime is recorded: its fingerprint, and its text to be kept under it.
Declared = Mapping[str, tuple[str, Mapping[str, object]]]


def prepare(
    tx: Transaction,
    session: Session,
    lake: Lake,
    contracts: Mapping[str, Contract],
    catalogue: Catalogue,
    scorecard: Scorecard,
    as_of: date,
    subjects: Collection[int] | None,
    tell: Progress,
) -> tuple[Work, Declared]:
    """What is to be calculated as things stand now, and the regimes in force with what must be kept of them.

    Raises:
        VersionPublished: Grades were published under the scorecard's version with other content.
    """
    require_unchanged(tx, scorecard)
    held = lake.versions(tx)
    regimes = in_force(tx, model=scorecard.model, as_of=as_of)
    declared: dict[str, tuple[str, Mapping[str, object]]] = {
        each.id: (each.fingerprint, each.content) for each in regimes
    }
    scheme = load_scheme() if facts.ask_sizes(regimes) else None
    if scheme is not None:
        declared[facts.SIZE_CLASSES] = (scheme.fingerprint, scheme.content)
    if catalogue.computed:
        rules = parties.load_rules()
        declared[PARTIES] = (rules.fingerprint, rules.content)
    measures = None
    if subjects is not None:
        measures = records.measures_for(tx, as_of=as_of, catalogue_fingerprint=catalogue.fingerprint)
    work = Work(
        session=session,
        lake=lake,
        contracts=contracts,
        catalogue=catalogue,
        scorecard=scorecard,
        regimes=regimes,
        scheme=scheme.value if scheme else None,
        as_of=as_of,
        versions={},
        regions={},
        subjects=subjects,
        measures=measures,
        published=held.get(MEASURES),
        kept={},
        kept_of={},
        tell=tell,
    )
    linked = parties.LINKED if catalogue.computed else ()
    read = {*work.datasets, *(each for each in linked if each in contracts)}
    versions = inputs.read_versions(sorted(read), held)
    covered = inputs.regions(tx, versions=versions, known_until=end_of_day(as_of))
    return replace(work, versions=versions, regions=covered), declared


def with_kept(tx: Transaction, work: Work) -> Work:
    """The work with the computed tables that the evaluation of its measures kept."""
    base = None if work.measures is None else records.find(tx, work.measures)
    if base is None or not work.catalogue.computed:
        return work
    known = inputs.first_known(work.lake, catalogue=work.catalogue, versions=base.versions)
    covered = inputs.regions(tx, versions=base.versions, known_until=base.known_until)
    then = {dataset: covered.get(dataset) for dataset in inputs.collected(known, base.as_of)}
    held = work.lake.versions(tx)
    return replace(
        work,
        kept={table: held[table] for table in work.catalogue.computed if table in held},
        kept_of=computed.collected(work.catalogue, then),
    )


def same(
    tx: Transaction, work: Work, declared: Declared, *, versions: Mapping[str, int] | None
) -> Evaluation | None:
    """The city's evaluation already made of exactly this; of any versions when those are None."""
    return records.find_same(
        tx,
        as_of=work.as_of,
        model_fingerprint=work.scorecard.fingerprint,
        catalogue_fingerprint=work.catalogue.fingerprint,
        contracts=contracts_of(work),
        regimes=fingerprints(declared),
        versions=versions,
    )


def alike(work: Work, declared: Declared, evaluation: Evaluation) -> bool:
    """Whether an evaluation was made with the same declarations and measures; the city's may have taken its own."""
    own = evaluation.evaluation_id if evaluation.scope == "city" else None
    return (
        evaluation.model_fingerprint,
        evaluation.catalogue_fingerprint,
        evaluation.contracts,
        evaluation.regimes,
        evaluation.measures or own,
    ) == (
        work.scorecard.fingerprint,
        work.catalogue.fingerprint,
        contracts_of(work),
        fingerprints(declared),
        work.measures,
    )


def contracts_of(work: Work) -> dict[str, str]:
    """Fingerprint of the contract of every data set read."""
    return {dataset: work.contracts[dataset].fingerprint for dataset in work.datasets}


def fingerprints(declared: Declared) -> dict[str, str]:
    """Fingerprint of every regime in force."""
    return {name: fingerprint for name, (fingerprint, _) in declared.items()}
