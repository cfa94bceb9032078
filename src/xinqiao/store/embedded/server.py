"""Start, join and leave the embedded server."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

from xinqiao.kernel.file_faults import is_full, said
from xinqiao.kernel.refusals import NoSpace
from xinqiao.store.embedded import locks, postmaster
from xinqiao.store.embedded.cluster import NO_SPACE, SUPERUSER, Program, ensure_cluster
from xinqiao.store.embedded.postmaster import SOCKET
from xinqiao.store.embedded.programs import account_for_server, programs
from xinqiao.store.refusals import DatabaseUnreachable, EmbeddedDatabaseFailed, UnusableHome

_LONGEST_SOCKET_PATH = 103
"""Bytes of `sun_path` on the strictest system (macOS 104, Linux 108), less the closing zero."""
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    # Nothing replicates from this server, so the log need only serve recovery.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    # The server's log names errors, not the rejected values of a person or a firm.
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
_PACE_SECONDS = 0.01
_PATIENCE_WITH_REMNANTS_SECONDS = 60.0
_PATIENCE_WITH_RECOVERY_SECONDS = 600.0
_CHANCES = 3
_LARGEST_LOG_BYTES = 8 * 2**20


class EmbeddedServer:
    """A process's hold on the server of one home folder; the server runs while anybody holds it.

    Attributes:
        folder: Where everything of it lives: locks, log and the data folder.
        url: Address for the driver; of use in this process only.
    """

    def __init__(self, folder: Path) -> None:
        """Join the server of a folder; start it, and make the folder, if need be.

        Raises:
            UnusableHome: The folder cannot be written, or was made by another PostgreSQL.
            NoSpace: The disk is full.
            EmbeddedDatabaseFailed: PostgreSQL could not be set up or started.
        """
        self.folder = folder.resolve()
        self._data = self.folder / "data"
        self._users = -1
        self._directory = -1
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._users = locks.descriptor_of(self.folder / "users.lock")
            with locks.alone(self.folder / "start.lock"):
                locks.share(self._users)
                self._ensure_data()
                self._host = self._reachable_host()
                self.url = "postgresql:///postgres?" + urlencode(
                    {"host": self._host, "user": SUPERUSER}, quote_via=quote, safe="/"
                )
                self._ensure_running()
        except OSError as error:
            self.leave()
            if is_full(error):
                raise _no_space(self.folder) from error
            raise UnusableHome(
                f"无法在此目录运行内置数据库：{said(error)}。",
                where=str(self.folder),
                remedy="请检查目录权限与磁盘空间，或用 XINQIAO_HOME 指定其他目录。",
            ) from error
        except BaseException:
            self.leave()
            raise

    def ensure_running(self) -> str:
        """The address, after the server was started again if it had died.

        Raises:
            DatabaseUnreachable: This hold on the server was given up.
            NoSpace: The disk is full.
            EmbeddedDatabaseFailed: The server could not be started.
        """
        if not self._listens():
            with locks.alone(self.folder / "start.lock"):
                if self._users < 0:
                    raise DatabaseUnreachable("内置数据库已关闭。")
                self._ensure_running()
        return self.url

    def leave(self) -> None:
        """Let go of the server; the last to do so stops it and waits for its end."""
        if self._users >= 0:
            with locks.alone(self.folder / "start.lock"):
                if locks.take_if_free(self._users):
                    self._stop()
                os.close(self._users)
                self._users = -1
        if self._directory >= 0:
            os.close(self._directory)
            self._directory = -1

    def _reachable_host(self) -> str:
        host = str(self._data)
        if len(os.fsencode(self._data / SOCKET)) <= _LONGEST_SOCKET_PATH and "," not in host:
            return host
        # Too long for a socket, or read as several hosts: this process names the folder by a descriptor.
        self._directory = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._directory}"

    def _ensure_data(self) -> None:
        with locks.opened(self.folder / "server.lock") as held:
            if not self._data.exists():
                # An earlier initialisation may still be running, its starter killed.
                locks.wait_until_free(held)
            elif not locks.take_if_free(held):
                return
            account = account_for_server()
            ensure_cluster(self._data, binaries=programs(account), account=account, lock=held)

    def _ensure_running(self) -> None:
        """Start the server unless it answers; whoever calls holds `start.lock`.

        Processes of a killed server may still be finishing; PostgreSQL will not start beside them, so we try
        again until they are gone. A server that is itself killed while it starts gets two more chances.
        """
        began, killed = time.monotonic(), 0
        while not self._answers():
            written, remnants = self._log_size(), self._has_remnants()
            process = self._launch()
            while process.poll() is None and time.monotonic() - began < _PATIENCE_WITH_RECOVERY_SECONDS:
                if self._answers():
                    # Somebody must wait for a child, or it stays a zombie when it is killed.
                    threading.Thread(target=process.wait, name="xinqiao-database", daemon=True).start()
                    return
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PACE_SECONDS)
            if process.poll() is None:
                process.terminate()
                process.wait()
            elif process.returncode < 0:
                killed += 1
            waiting = remnants and time.monotonic() - began < _PATIENCE_WITH_REMNANTS_SECONDS
            if waiting or 0 < killed < _CHANCES:
                continue
            words = self._last_words(written)
            if NO_SPACE in words or not shutil.disk_usage(self.folder).free:
                raise _no_space(self.folder)
            raise EmbeddedDatabaseFailed(
                f"内置数据库启动失败：{words}",
                where=str(self.folder / "server.log"),
                remedy="请查看该日志；无法处理时请联系运维人员，数据仍在原处。",
            )

    def _launch(self) -> "subprocess.Popen[bytes]":
        account = account_for_server()
        binaries = programs(account)
        log_path = self.folder / "server.log"
        with locks.opened(self.folder / "server.lock") as held:
            if locks.take_if_free(held):
                postmaster.forget_dead(self._data)
                if self._log_size() > _LARGEST_LOG_BYTES:
                    log_path.replace(log_path.with_suffix(".log.1"))
            locks.share(held)
            server = Program(binaries / "postgres", self._data, account)
            with log_path.open("ab") as log:
                # The server inherits the descriptor, and so holds the lock as long as a process of it lives.
                return server.start(
                    [
                        "-D",
                        server.folder_argument,
                        *(f"--{name}={value}" for name, value in _SETTINGS.items()),
                    ],
                    log=log,
                    inherited=held,
                )

    def _answers(self) -> bool:
        """Whether the server takes statements; asked only once it says so itself, to keep its log quiet."""
        if not postmaster.is_ready(self._data):
            return False
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _listens(self) -> bool:
        """Whether somebody accepts connections, ready or not."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(f"{self._host}/{SOCKET}") == 0

    def _has_remnants(self) -> bool:
        with locks.opened(self.folder / "server.lock") as held:
            return not locks.take_if_free(held)

    def _stop(self) -> None:
        with locks.opened(self.folder / "server.lock") as held:
            if not locks.take_if_free(held) and (number := postmaster.living(self._data)) is not None:
                os.kill(number, signal.SIGINT)  # "fast": open transactions are rolled back
                if not postmaster.wait_for_end(number):
                    locks.wait_until_free(held)

    def _log_size(self) -> int:
        try:
            return (self.folder / "server.log").stat().st_size
        except OSError:
            return 0

    def _last_words(self, written: int) -> str:
        with (self.folder / "server.log").open("rb") as log:
            if written <= self._log_size():  # else it was begun anew
                log.seek(written)
            lines = log.read().decode(errors="replace").splitlines()
        fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        return (fatal or lines or ["没有留下日志。"])[-1].strip()


def _no_space(folder: Path) -> NoSpace:
    return NoSpace("磁盘空间不足，内置数据库无法启动。", where=str(folder), remedy="清理磁盘后重试。")
