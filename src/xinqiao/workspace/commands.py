"""Compositions that several edges need: each is one engine session and one transaction."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from xinqiao.engine import Session
from xinqiao.engine.dialect import text
from xinqiao.intake import operations as intake
from xinqiao.intake.mapping import Mapping, load_mapping
from xinqiao.intake.model import Delivery, Replay
from xinqiao.intake.queries import delivery, delivery_mapping
from xinqiao.kernel.refusals import Refusal
from xinqiao.rating import operations as rating
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.queries import current_evaluation, current_ratings
from xinqiao.resolution.operations import refresh_directory
from xinqiao.resolution.queries import register_codes
from xinqiao.store import Transaction
from xinqiao.workspace.desk import Workspace
from xinqiao.workspace.leavings import at_work

Progress = Callable[[str], None]


class NothingEvaluated(Refusal):
    """Grades were asked for before the first evaluation."""

    code = "nothing_evaluated"


class SameName(Refusal):
    """Two files of one delivery have the same name, so that nobody could tell their rows apart."""

    code = "same_file_name"


def silent(step: str) -> None:
    """Progress that nobody watches."""


def deliver(
    workspace: Workspace,
    *,
    dataset: str,
    files: Sequence[Path],
    mapping: Path | None,
    known_at: datetime | None,
    progress: Progress = silent,
) -> Delivery:
    """Take a delivery and enter the enterprises it names in the directory.

    Raises:
        UnknownDataset: There is no such dataset.
        InvalidMapping: The mapping file cannot be used.
        SameName: Two files have the same name.
        Refusal: See `intake.operations.deliver`.
    """
    contract = workspace.contracts[dataset]
    names = [file.name for file in files]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise SameName(
            f"一批数据中有同名的文件：{'、'.join(repeated)}。",
            remedy="隔离区按文件名指明每一行，请改名或分批交付。",
        )
    read_by = load_mapping(mapping, contract) if mapping else Mapping()
    now = workspace.clock()
    with (
        _at_work(workspace),
        workspace.engine.session() as session,
        workspace.store.transaction() as tx,
    ):
        taken = intake.deliver(
            tx,
            intake=workspace.intake,
            session=session,
            contract=contract,
            files=files,
            mapping=read_by,
            known_at=known_at or now,
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
        Refusal: See `intake.operations.replay`.
    """
    now = workspace.clock()
    with (
        _at_work(workspace),
        workspace.engine.session() as session,
        workspace.store.transaction() as tx,
    ):
        contract = workspace.contracts[delivery(tx, delivery_id).dataset]
        read_by = load_mapping(mapping, contract) if mapping else delivery_mapping(tx, contract, delivery_id)
        replayed = intake.replay(
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
    progress: Progress = silent,
) -> Evaluation:
    """Compute and publish indicators and grades.

    Raises:
        Refusal: See `rating.operations.evaluate`.
    """
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        return rating.evaluate(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            catalogue=workspace.catalogue,
            scorecard=workspace.scorecards.model_for(as_of),
            as_of=as_of,
            subjects=subjects,
            actor=workspace.actor,
            now=workspace.clock(),
            progress=progress,
        )


def compact(workspace: Workspace, *, table: str) -> tuple[int, int]:
    """Rewrite a table's files into few large ones; number of files before and after.

    Raises:
        UnknownTable: There is no such table.
    """
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        return workspace.lake.compact(tx, session, table=table)


EXPORT_COLUMNS = ("code", "score", "grade", "coverage", "model", "as_of")


def export_grades(workspace: Workspace, *, path: Path, kind: Literal["csv", "parquet"]) -> int:
    """Write every current grade to a file, sorted by code; returns how many.

    Raises:
        NothingEvaluated: There is no evaluation yet.
    """
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        sql = _current_grades(workspace, session, tx)
        if kind == "parquet":
            written = session.write(sql, path)
            return written.rows if written else 0
        session.run(f"COPY ({sql}) TO {text(str(path))} (FORMAT csv, HEADER)")
        return int(session.scalar("SELECT count(*) FROM current_ratings"))


def list_grades(workspace: Workspace) -> list[dict[str, Any]]:
    """Every current grade, sorted by code.

    Raises:
        NothingEvaluated: There is no evaluation yet.
    """
    with workspace.engine.session() as session, workspace.store.transaction() as tx:
        return session.records(_current_grades(workspace, session, tx))


def _current_grades(workspace: Workspace, session: Session, tx: Transaction) -> str:
    if current_evaluation(tx) is None:
        raise NothingEvaluated("还没有任何评价，无法导出。", remedy="先执行 xinqiao evaluate。")
    codes = register_codes(
        session, workspace.lake, versions=workspace.lake.versions(tx), contracts=workspace.contracts
    )
    grades = current_ratings(tx, session=session, lake=workspace.lake)
    return (
        f"SELECT c.unified_code AS code, g.score, g.grade, g.coverage, g.model, g.as_of FROM {grades} g"
        f" JOIN {codes} c USING (subject) ORDER BY code"
    )
