"""From the driver's exceptions to the product's errors.

A message of ours names PostgreSQL's error code, the constraint and the table, never the rejected values nor
the address: the driver's own text stays on the exception's cause, for whoever reads a traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolTimeout, TooManyRequests

from xinqiao.kernel.refusals import ProductError
from xinqiao.store.refusals import DatabaseBusy, DatabaseFull, DatabaseUnreachable, StoreFault

_IN_THE_WAY = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.InsufficientResources,
)
_CONNECTION_LOST = {"57P01", "57P02", "57P03", "57P05"}
"""PostgreSQL appendix A, class 57: shut down by the operator, crashed, starting up, idle for too long."""


@contextmanager
def as_product_errors() -> Iterator[None]:
    """Turn the driver's exceptions into product errors; everything else passes unchanged.

    Raises:
        DatabaseUnreachable: The connection failed or broke.
        DatabaseBusy: A deadlock, a serialisation failure, a lock timeout, or no connection free.
        DatabaseFull: The database's disk is full.
        StoreFault: Anything else.
    """
    try:
        yield
    except psycopg.Error as error:
        raise explained(error) from error


def explained(error: psycopg.Error) -> ProductError:
    """The product error for a driver's exception."""
    state = error.sqlstate or ""
    if isinstance(error, errors.DiskFull):
        return DatabaseFull("数据库所在磁盘已满，本次操作未生效。", remedy="清理磁盘后重试。")
    if isinstance(error, (PoolTimeout, TooManyRequests)):
        return DatabaseBusy(
            "等不到空闲的数据库连接，本次操作未生效。",
            remedy="请稍后重试；持续出现时检查数据库是否正常运行。",
        )
    if isinstance(error, _IN_THE_WAY):
        return DatabaseBusy(f"与同时进行的其他操作冲突（{state}），本次操作未生效。", remedy="请稍后重试。")
    if isinstance(error, psycopg.OperationalError) and (
        not state or state.startswith("08") or state in _CONNECTION_LOST
    ):
        return DatabaseUnreachable(
            "与数据库的连接中断，本次操作未生效。", remedy="请稍后重试；持续出现时检查数据库是否正常运行。"
        )
    fault = StoreFault(
        f"数据库拒绝执行（{_particulars(error)}），本次操作未生效。", remedy="请将此错误告知运维人员。"
    )
    fault.sqlstate = state
    fault.constraint = error.diag.constraint_name or ""
    return fault


def _particulars(error: psycopg.Error) -> str:
    said = [error.sqlstate or "", type(error).__name__]
    if error.diag.table_name:
        said.append(f"表 {error.diag.table_name}")
    if error.diag.constraint_name:
        said.append(f"约束 {error.diag.constraint_name}")
    return " ".join(part for part in said if part)
