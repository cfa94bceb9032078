"""Who is around an enterprise, for the report: from the links its evaluation kept, else from the records."""

from collections.abc import Collection, Mapping
from datetime import datetime

from xinqiao.catalogue.known import register_histories
from xinqiao.engine.dialect import literal
from xinqiao.kernel.clock import naive_utc
from xinqiao.kernel.unified_code import LENGTH
from xinqiao.parties import LINKED, Graph, Scope, kept_neighbourhood, load_rules, neighbourhood
from xinqiao.parties.graph import Edge
from xinqiao.parties.names import REGISTRATION
from xinqiao.parties.neighbourhood import DATASETS
from xinqiao.products import model
from xinqiao.products.reading import Reading
from xinqiao.rating import queries as ratings
from xinqiao.rating.evaluation import RECORDS, Evaluation
from xinqiao.store import Transaction

_ABOUT_RELATIONS = tuple(dataset for dataset in DATASETS if dataset != REGISTRATION)


def told_related(
    tx: Transaction,
    reading: Reading,
    evaluation: Evaluation,
    *,
    collected: Collection[str],
    model_name: str,
) -> model.Related | None:
    """Everybody within two links; None when nothing that tells of relations had been delivered by then.

    Args:
        tx: The transaction.
        reading: Where the firm's records are.
        evaluation: The report's evaluation with the versions that it read itself.
        collected: Datasets of which something was known by the day of the report.
        model_name: Whose grades are shown.
    """
    about = tuple(dataset for dataset in _ABOUT_RELATIONS if dataset in collected)
    if not about:
        return None
    graph = _graph(tx, reading, evaluation).shown()
    subjects = [node.subject for node in graph.nodes if node.subject is not None]
    grades = _grades(tx, reading, subjects, model_name)
    return model.Related(
        as_of=graph.as_of,
        parties=tuple(
            model.Party(
                id=node.id,
                kind=node.kind,
                name=node.name,
                hops=node.hops,
                # A party that was never registered here is told by its organisation code and has no report.
                code=node.id if node.kind == "enterprise" and len(node.id) == LENGTH else None,
                grade=grades.get(node.subject) if node.subject is not None else None,
                is_cut=node.is_cut,
            )
            for node in graph.nodes
        ),
        links=tuple(_link(edge, graph.nodes[0].id) for edge in graph.edges),
        is_cut=graph.is_cut,
        collected=about,
    )


def _graph(tx: Transaction, reading: Reading, made: Evaluation) -> Graph:
    keeper = _keeper(tx, reading, made)
    if keeper is not None:
        kept = kept_neighbourhood(
            _scope(reading, [REGISTRATION]),
            reading.lake,
            versions=reading.lake.versions(tx),
            evaluation_id=keeper,
            subject=reading.subject,
        )
        if kept is not None:
            return kept
    return neighbourhood(_scope(reading, DATASETS), reading.subject)


def _scope(reading: Reading, datasets: Collection[str]) -> Scope:
    session, evaluation, contracts = reading.session, reading.evaluation, reading.contracts
    views = register_histories(
        session, reading.lake, contracts=contracts, versions=evaluation.versions, datasets=datasets
    )
    return Scope(session, load_rules().value, contracts, views, evaluation.as_of)


def _keeper(tx: Transaction, reading: Reading, made: Evaluation) -> int | None:
    """The evaluation whose links are those of the report's records; None when more was known to the report."""
    asked = reading.evaluation
    named = asked.measures or asked.evaluation_id
    keeper = made if named == made.evaluation_id else ratings.evaluation(tx, named)
    if keeper.as_of != asked.as_of:
        return None
    for table in (RECORDS + dataset for dataset in LINKED):
        read, kept = asked.versions.get(table), keeper.versions.get(table)
        if read != kept and _known(reading, table, read) != _known(reading, table, kept):
            return None
    return keeper.evaluation_id


def _known(reading: Reading, table: str, version: int | None) -> int:
    """How many rows of a version the report may know; rows are only ever added, so as many are the same ones."""
    if version is None:
        return 0
    until = naive_utc(reading.evaluation.known_until)
    whole = [
        file for file in reading.lake.files(table, version) if file.may_hold("known_at", datetime.min, until)
    ]
    split = [file for file in whole if file.may_hold("known_at", until, datetime.max)]
    counted = sum(file.rows for file in whole) - sum(file.rows for file in split)
    if split:
        reading.session.register("relations_known", [file.path for file in split], {"known_at": "TIMESTAMP"})
        counted += reading.session.scalar(
            f"SELECT count(*) FROM relations_known WHERE known_at < {literal(until)}"
        )
    return counted


def _grades(
    tx: Transaction, reading: Reading, subjects: Collection[int], model_name: str
) -> Mapping[int, str]:
    """Grades as of the report's day or before, from its own evaluation or an earlier one."""
    asked = reading.evaluation
    past = ratings.history(
        tx,
        session=reading.session,
        lake=reading.lake,
        subjects=subjects,
        model=model_name,
        until=asked.evaluation_id,
    )
    return {
        subject: found[0].grade
        for subject, given in past.items()
        if (found := [each for each in given if each.as_of <= asked.as_of])
    }


def _link(edge: Edge, centre: str) -> model.Link:
    return model.Link(
        source=edge.source,
        target=edge.target,
        kind=edge.kind,
        zh=edge.words[0],
        en=edge.words[1],
        ratio=edge.ratio,
        amount=edge.amount_shown(centre),
        count=edge.count,
        from_on=edge.from_on,
    )
