"""Compositions that several edges need: each is one engine session and one transaction."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from xinqiao.catalogue.lists import load_lists
from xinqiao.engine import Session
from xinqiao.engine.dialect import text
from xinqiao.intake import operations as intake
from xinqiao.intake.collection import Collected, measure_collection
from xinqiao.intake.covering import read_regions
from xinqiao.intake.judging import require_constants
from xinqiao.intake.mapping import Mapping
from xinqiao.intake.mapping_files import load_mapping
from xinqiao.intake.model import Consignment, Delivery, Replay
from xinqiao.intake.queries import delivery, delivery_mapping
from xinqiao.intake.replaying import replay as replay_refused
from xinqiao.kernel.refusals import Refusal
from xinqiao.lake import Vacuumed
from xinqiao.rating import operations as rating
from xinqiao.rating import retention
from xinqiao.rating.choosing import choose
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.model import Scorecard
from xinqiao.rating.queries import current_evaluation, current_ratings
from xinqiao.resolution.naming import subject_named
from xinqiao.resolution.operations import refresh_directory
from xinqiao.resolution.queries import register_codes
from xinqiao.store import Transaction
from xinqiao.workspace.desk import Workspace
from xinqiao.workspace.leavings import at_work

Progress = Callable[[str], None]


class NothingEvaluated(Refusal):
    """Grades were asked for before the first evaluation."""

    code = "nothing_evaluated"


def silent(step: str) -> None:
    """Progress that nobody watches."""


def deliver(
    workspace: Workspace,
    *,
    dataset: str,
    files: Sequence[Path],
    mapping: Path | None,
    known_at: datetime | None,
    covers: Sequence[str] = (),
    empty_list: bool = False,
    progress: Progress = silent,
) -> Delivery:
    """Take a delivery and enter the enterprises it names in the directory.

    Args:
        workspace: The workspace.
        dataset: Name of the dataset.
        files: The files.
        mapping: The mapping file, where there is one.
        known_at: When the platform learnt it; now when None.
        covers: Codes of the regions it speaks for; those of the mapping when there are none, else everywhere.
        empty_list: Whether it says that nobody is on the list.
        progress: Told of each step.

    Raises:
        UnknownDataset: There is no such dataset.
        InvalidMapping: The mapping file cannot be used.
        UnknownRegion: It is said to speak for a region that does not exist.
        Refusal: See `intake.operations.deliver`.
    """
    contract = workspace.contracts[dataset]
    read_by = load_mapping(mapping, contract) if mapping else Mapping()
    now = workspace.clock()
    given = Consignment(
        files=tuple(files),
        mapping=read_by,
        known_at=known_at or now,
        dated=known_at is not None,
        covers=read_regions(covers, where="--covers") if covers else read_by.covers,
        empty_list=empty_list,
    )
    with _at_work(workspace), workspace.begun() as (tx, session):
        require_constants(session, contract, read_by)
        taken = intake.deliver(
            tx,
            intake=workspace.intake,
            session=session,
            contract=contract,
            given=given,
            actor=workspace.actor,
            now=now,
            progress=progress,
        )
        if not taken.repeated:
            progress("更新企业名录")
            refresh_directory(
                tx,
                session=session,
                lake=workspace.lake,
                contracts=workspace.contracts,
                delivery_id=taken.delivery_id,
                dataset=dataset,
                actor=workspace.actor,
                now=now,
            )
        return taken


def replay(
    workspace: Workspace,
    *,
    delivery_id: int,
    mapping: Path | None,
    mended: Path | None,
    known_at: datetime | None,
    progress: Progress = silent,
) -> Replay:
    """Judge a delivery's refused rows again and enter the enterprises they name.

    Raises:
        UnknownDelivery: There is no such delivery.
        Refusal: See `intake.replaying.replay`.
    """
    now = workspace.clock()
    with _at_work(workspace), workspace.begun() as (tx, session):
        contract = workspace.contracts[delivery(tx, delivery_id).dataset]
        read_by = load_mapping(mapping, contract) if mapping else delivery_mapping(tx, contract, delivery_id)
        require_constants(session, contract, read_by)
        replayed = replay_refused(
            tx,
            intake=workspace.intake,
            session=session,
            contract=contract,
            delivery_id=delivery_id,
            mapping=read_by,
            mended=mended,
            known_at=known_at or now,
            actor=workspace.actor,
            now=now,
            progress=progress,
        )
        refresh_directory(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            delivery_id=delivery_id,
            dataset=contract.dataset,
            actor=workspace.actor,
            now=now,
        )
        return replayed


def _at_work(workspace: Workspace) -> AbstractContextManager[None]:
    return at_work(workspace.home, work=workspace.intake.work, raw=workspace.intake.raw)


def evaluate(
    workspace: Workspace,
    *,
    as_of: date,
    subjects: Collection[int] | None = None,
    model: str | None = None,
    progress: Progress = silent,
) -> Evaluation:
    """Compute and publish indicators and grades with a model; see `choose_model` where none is named.

    Raises:
        UnknownModel: There is no such model.
        Refusal: See `rating.operations.evaluate`.
    """
    if subjects is not None and len(subjects) == 1:
        with workspace.store.transaction() as tx:
            scorecard = choose_model(workspace, tx, as_of=as_of, model=model, city=False)
            return workspace.singles.evaluate(
                tx,
                contracts=workspace.contracts,
                catalogue=workspace.catalogue,
                scorecard=scorecard,
                as_of=as_of,
                subject=next(iter(subjects)),
                actor=workspace.actor,
                now=workspace.clock(),
            )
    with workspace.begun() as (tx, session):
        scorecard = choose_model(workspace, tx, as_of=as_of, model=model, city=subjects is None)
        return rating.evaluate(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            catalogue=workspace.catalogue,
            scorecard=scorecard,
            as_of=as_of,
            subjects=subjects,
            actor=workspace.actor,
            now=workspace.clock(),
            progress=progress,
        )


def subjects_named(workspace: Workspace, codes: Collection[str]) -> list[int]:
    """The enterprises that codes of any kind name, sorted.

    Raises:
        InvalidCode: One of them names none.
    """
    with workspace.begun() as (tx, session):
        return sorted({subject_named(tx, session, workspace.lake, code) for code in codes})


def choose_model(
    workspace: Workspace, tx: Transaction, *, as_of: date, model: str | None, city: bool
) -> Scorecard:
    """The scorecard of an evaluation: of the model named, else what `rating.choosing` finds.

    Single enterprises are graded by the model that the city was graded by.

    Raises:
        UnknownModel: There is no such model.
    """
    if model is None and not city and (newest := current_evaluation(tx)) is not None:
        model = newest.model.partition("@")[0]
    if model is not None:
        return workspace.scorecards.chosen(as_of, model)
    return choose(
        tx, lake=workspace.lake, catalogue=workspace.catalogue, scorecards=workspace.scorecards, as_of=as_of
    )


def collected(workspace: Workspace) -> Collected:
    """What has been collected of the sharing lists, as of now.

    Raises:
        InvalidDeclaration: A list cannot be used.
    """
    with workspace.begun() as (tx, session):
        return measure_collection(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            lists=load_lists(workspace.contracts),
            now=workspace.clock(),
        )


def compact(workspace: Workspace, *, table: str) -> tuple[int, int]:
    """Rewrite a table's files into few large ones; number of files before and after.

    Raises:
        UnknownTable: There is no such table.
    """
    with workspace.begun() as (tx, session):
        return workspace.lake.compact(tx, session, table=table)


def vacuum(workspace: Workspace, *, dry_run: bool) -> Sequence[Vacuumed]:
    """Delete files of the lake and delivered bytes that neither readers nor any grade within its retention need.

    Raises:
        Misdeclared: The declared retention cannot be used.
    """
    return retention.vacuum(
        workspace.store,
        lake=workspace.lake,
        raw=workspace.intake.raw,
        retention=retention.load_retention(),
        actor=workspace.actor,
        now=workspace.clock(),
        dry_run=dry_run,
    )


def export_grades(
    workspace: Workspace, *, path: Path, kind: Literal["csv", "parquet"], model: str | None = None
) -> int:
    """Write every current grade, by a model where one is named, to a file, sorted by code; returns how many.

    Raises:
        UnknownModel: There is no such model, nor any grade by it.
        NothingEvaluated: There is no evaluation yet.
    """
    with workspace.begun() as (tx, session):
        sql = _current_grades(workspace, session, tx, model)
        if kind == "parquet":
            written = session.write(sql, path)
            return written.rows if written else 0
        session.run(f"COPY ({sql}) TO {text(str(path))} (FORMAT csv, HEADER)")
        return int(session.scalar("SELECT count(*) FROM current_ratings"))


def list_grades(workspace: Workspace, *, model: str | None = None) -> list[dict[str, Any]]:
    """Every current grade, by a model where one is named, sorted by code.

    Raises:
        UnknownModel: There is no such model, nor any grade by it.
        NothingEvaluated: There is no evaluation yet.
    """
    with workspace.begun() as (tx, session):
        return session.records(_current_grades(workspace, session, tx, model))


def best_documented(workspace: Workspace) -> str:
    """The code of the enterprise of which most is known, among equals of the one with the highest score.

    Raises:
        NothingEvaluated: There is no evaluation yet.
    """
    with workspace.begun() as (tx, session):
        grades = _current_grades(workspace, session, tx, None)
        best = "coverage DESC NULLS LAST, score DESC NULLS LAST, code LIMIT 1"
        return str(session.scalar(f"SELECT code FROM ({grades}) ORDER BY {best}"))


def _current_grades(workspace: Workspace, session: Session, tx: Transaction, model: str | None) -> str:
    if current_evaluation(tx, model=model) is None:
        if model is None:
            raise NothingEvaluated("还没有全市评价，无法导出。", remedy="先执行 xinqiao evaluate。")
        # Only now, as grades by a model that is no longer declared may still be exported.
        workspace.scorecards.chosen(workspace.today(), model)
        raise NothingEvaluated(
            f"还没有按模型 {model} 的评价，无法导出。", remedy=f"先执行 xinqiao evaluate --model {model}。"
        )
    codes = register_codes(
        session, workspace.lake, versions=workspace.lake.versions(tx), contracts=workspace.contracts
    )
    grades = current_ratings(tx, session=session, lake=workspace.lake, model=model)
    return (
        f"SELECT c.unified_code AS code, g.score, g.grade, g.coverage, g.model, g.as_of FROM {grades} g"
        f" JOIN {codes} c USING (subject) ORDER BY code"
    )
