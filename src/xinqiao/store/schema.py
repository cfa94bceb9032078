"""The version of the tables: which one a database has, bringing it up to ours, refusing to work on another.

Versions are the numbers that the files in `migrations/versions` begin with, one after the other.
"""

from pathlib import Path

import psycopg

from xinqiao.store.database import Store
from xinqiao.store.driver_errors import as_product_errors, explained
from xinqiao.store.refusals import NotMigrated, SchemaTooNew

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(store: Store) -> list[str]:
    """Bring the tables up to this version of the product, all steps or none, and name the steps taken.

    Two processes may do so at once: one waits, and then finds nothing left to do.

    Raises:
        SchemaTooNew: A newer version of the product migrated this database.
        DatabaseUnreachable: The database does not answer.
        StoreFault: A step failed; nothing took effect.
    """
    # Only this command needs them, and they take a while to import.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(store.url), poolclass=NullPool
    )
    try:
        with as_product_errors(), engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))")
            before = current(store)
            _refuse_newer(before)
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise explained(error.orig) from error
        raise
    finally:
        engine.dispose()
    return [version for version in versions() if before is None or version > before]


def versions() -> list[str]:
    """All versions of the tables that this program knows, the newest last."""
    return sorted(path.name.split("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py"))


def current(store: Store) -> str | None:
    """The version of a database's tables; None when it has none yet."""
    with store.transaction() as tx:
        row = tx.row("SELECT to_regclass('alembic_version') IS NOT NULL AS present")
        if row is None or not row["present"]:
            return None
        version = tx.row("SELECT version_num FROM alembic_version")
    return str(version["version_num"]) if version is not None else None


def require_current(store: Store) -> None:
    """Let only a database pass whose tables are those of this version of the product.

    Raises:
        NotMigrated: It has no tables yet, or older ones.
        SchemaTooNew: It has newer ones.
    """
    found, newest = current(store), versions()[-1]
    _refuse_newer(found)
    if found != newest:
        state = "尚未建表" if found is None else f"的结构版本是 {found}，本程序需要 {newest}"
        raise NotMigrated(f"数据库{state}。", remedy="请运行 xinqiao migrate。")


def _refuse_newer(found: str | None) -> None:
    known = versions()
    if found is not None and found not in known:
        raise SchemaTooNew(
            f"数据库的结构版本是 {found}，比本程序新（{known[-1]}）。",
            remedy="请升级本程序后重试；数据库未作任何改动。",
        )
