"""The tables' version: up from nothing, never twice, never on what is newer than the program."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import xinqiao.store
from xinqiao.store import (
    NotMigrated,
    SchemaTooNew,
    Store,
    StoreFault,
    current,
    migrate,
    open_store,
    require_current,
)
from xinqiao.store.schema import versions

_MIGRATIONS = Path(xinqiao.store.__file__).parent / "migrations"


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    """A database without any table."""
    name = f"{conninfo_to_dict(database_url)['dbname']}_empty"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        store = open_store(home=Path(), database_url=make_conninfo(database_url, dbname=name))
        yield store
        store.close()
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_an_empty_database_is_refused_until_it_is_migrated(empty: Store) -> None:
    assert current(empty) is None
    with pytest.raises(NotMigrated, match="xinqiao migrate"):
        require_current(empty)

    assert migrate(empty) == versions()

    assert current(empty) == versions()[-1]
    require_current(empty)


def test_migrating_again_does_nothing(store: Store) -> None:
    assert migrate(store) == []
    require_current(store)


def test_two_processes_may_migrate_at_once(empty: Store) -> None:
    steps: list[list[str]] = []
    threads = [threading.Thread(target=lambda: steps.append(migrate(empty))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(steps) == [[], [], versions()]


def test_a_step_that_fails_leaves_nothing_behind(empty: Store) -> None:
    with empty.transaction() as tx:
        tx.run("CREATE TABLE evaluation (in_the_way text)")
    with pytest.raises(StoreFault):
        migrate(empty)
    assert current(empty) is None
    with empty.transaction() as tx:
        assert tx.row("SELECT to_regclass('audit_event') AS made") == {"made": None}


def test_older_tables_are_refused_until_they_are_migrated(store: Store) -> None:
    with store.transaction() as tx:
        tx.run("DELETE FROM alembic_version")
    with pytest.raises(NotMigrated):
        require_current(store)


@pytest.mark.parametrize("act", [migrate, require_current])
def test_newer_tables_are_left_alone(store: Store, act: Callable[[Store], object]) -> None:
    with store.transaction() as tx:
        tx.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        act(store)


def test_the_files_are_numbered_in_the_order_of_their_steps() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    steps = [step.revision for step in ScriptDirectory.from_config(settings).walk_revisions()]
    assert versions() == sorted(steps)
    assert steps == sorted(steps, reverse=True)


def test_the_queue_needs_no_other_tables_than_we_make() -> None:
    """When this fails, a newer procrastinate is installed: add a revision with the statements it ships."""
    made = (_MIGRATIONS / "versions" / "procrastinate-3.10.0.sql").read_text(encoding="utf-8")
    assert SchemaManager.get_schema() == made


@pytest.mark.parametrize("table", ["audit_event", "lineage_event"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_log_only_grows(store: Store, table: str, change: str) -> None:
    with store.transaction() as tx:
        tx.run(
            "INSERT INTO audit_event (at, actor_kind, actor_name, name, payload)"
            " VALUES (now(), 'system', 'test', 'log.written', '{}')"
        )
        tx.run(
            "INSERT INTO lineage_event (at, run_id, job, event_type, body)"
            " VALUES (now(), gen_random_uuid(), 'test', 'COMPLETE', '{}')"
        )
    with store.transaction() as tx, pytest.raises(StoreFault, match=table):
        tx.run(change.format(table))
    with store.transaction() as tx:
        assert tx.row(
            "SELECT (SELECT count(*) FROM audit_event) + (SELECT count(*) FROM lineage_event) AS n"
        ) == {"n": 2}


def test_even_a_session_without_triggers_cannot_rewrite_the_log(store: Store) -> None:
    with store.transaction() as tx:
        tx.run("SET LOCAL session_replication_role = replica")
        with pytest.raises(StoreFault, match="audit_event"):
            tx.run("DELETE FROM audit_event")


def test_part_of_a_chinese_name_is_found_by_its_trigrams(store: Store) -> None:
    with store.transaction() as tx:
        tx.run(
            "INSERT INTO enterprise (subject, unified_code, name)"
            " VALUES (1, '91440300MA5ABCDE0X', '深圳市信桥科技有限公司')"
        )
        assert tx.row("SELECT cardinality(show_trgm('信桥科技')) AS trigrams") == {"trigrams": 5}
        assert tx.row("SELECT subject FROM enterprise WHERE name LIKE %s", ("%信桥科%",)) == {"subject": 1}


def test_every_table_says_what_it_is_for(store: Store) -> None:
    with store.transaction() as tx:
        silent = tx.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname NOT LIKE 'procrastinate%' AND relname <> 'alembic_version'"
            " AND obj_description(oid) IS NULL"
        )
    assert silent == []
