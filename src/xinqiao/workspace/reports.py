"""One enterprise's credit report, from what a workspace holds."""

from xinqiao.engine import Session
from xinqiao.products import Report, enterprise_report
from xinqiao.rating.queries import Ungraded
from xinqiao.store import Transaction
from xinqiao.workspace.desk import Workspace


def report(
    workspace: Workspace,
    tx: Transaction,
    session: Session,
    *,
    unified_code: str,
    evaluation_id: int | None = None,
    model: str | None = None,
) -> Report:
    """The report of an enterprise as `products.enterprise_report` makes it, now; an evaluation named goes before a model.

    Raises:
        UnknownModel: There is no such model, nor any grade by it.
        Refusal: See `products.enterprise_report`.
    """
    try:
        return enterprise_report(
            tx,
            session=session,
            lake=workspace.lake,
            contracts=workspace.contracts,
            catalogue=workspace.catalogue,
            scorecards=workspace.scorecards,
            unified_code=unified_code,
            evaluation_id=evaluation_id,
            model_name=model,
            now=workspace.clock(),
        )
    except Ungraded:
        # Only now, as grades by a model that is no longer declared may still be shown.
        if evaluation_id is None and model is not None:
            workspace.scorecards.chosen(workspace.today(), model)
        raise
