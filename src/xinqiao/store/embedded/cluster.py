"""The data folder: made once and whole, put right after a copy or a crash."""

import locale
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import IO

from xinqiao.kernel.refusals import NoSpace
from xinqiao.store.embedded.programs import Account, version
from xinqiao.store.refusals import EmbeddedDatabaseFailed, UnusableHome

NO_SPACE = "No space left on device"
"""What PostgreSQL says of a full disk, which it does in English here."""
SUPERUSER = "xinqiao"
"""The database's own account; who may enter the socket's folder needs no password."""


@dataclass(frozen=True, slots=True)
class Program:
    """One of PostgreSQL's programs, standing in a data folder.

    Attributes:
        path: The program.
        data: The folder it works in.
        account: The account it runs under; None for ours.
    """

    path: Path
    data: Path
    account: Account | None

    @property
    def folder_argument(self) -> str:
        """How the program is told where the data folder is.

        An account may not be allowed to enter the folders above, as under /root; standing in it, it need not.
        """
        return str(self.data) if self.account is None else "/proc/self/cwd"

    def start(
        self, arguments: Sequence[str], *, log: IO[bytes], inherited: int | None = None
    ) -> "Popen[bytes]":
        """Start it in a session of its own, so that a terminal's Ctrl-C does not reach it."""
        account = self.account
        return Popen(  # noqa: S603  fixed program and arguments
            [str(self.path), *arguments],
            cwd=self.data,
            env={"LC_ALL": "C", "PATH": os.defpath},
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=() if inherited is None else (inherited,),
            start_new_session=True,
            umask=0o077,
            user=None if account is None else account.user,
            group=None if account is None else account.group,
            extra_groups=None if account is None else [],
        )


def ensure_cluster(data: Path, *, binaries: Path, account: Account | None, lock: int) -> None:
    """Make the data folder if it is missing, and set owner and permissions as PostgreSQL insists on them.

    An initialisation that was cut short leaves nothing behind that counts.

    Args:
        data: The folder.
        binaries: Folder of PostgreSQL's programs.
        account: The account it shall belong to; None for ours.
        lock: Descriptor of a lock that `initdb` shall hold while it runs, even if we are killed.

    Raises:
        UnusableHome: The folder was made by another major version of PostgreSQL.
        NoSpace: The disk is full.
        EmbeddedDatabaseFailed: PostgreSQL's `initdb` failed.
    """
    if not data.exists():
        _initialise(data, binaries=binaries, account=account, lock=lock)
        return
    made_by = (data / "PG_VERSION").read_text().strip() if (data / "PG_VERSION").exists() else ""
    expected = version().split(".")[0]
    if made_by != expected:
        raise UnusableHome(
            f"数据目录由 PostgreSQL {made_by or '未知版本'} 建立，本产品使用 {expected}。",
            where=str(data),
            remedy="请用建立它的产品版本导出数据，再导入新的数据目录。",
        )
    data.chmod(0o700)
    _give(data, account)


def _initialise(data: Path, *, binaries: Path, account: Account | None, lock: int) -> None:
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    _give(unfinished, account)
    # Text sorts by code point, the same on every machine, so that a copied folder keeps its indexes; the
    # machine's locale only says which characters are letters, without which Chinese names have no trigrams.
    initdb = Program(binaries / "initdb", unfinished, account)
    with tempfile.TemporaryFile() as log:
        process = initdb.start(
            [
                f"--pgdata={initdb.folder_argument}", f"--username={SUPERUSER}", "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                f"--lc-ctype={_unicode_locale()}", "--auth-local=trust", "--auth-host=reject",
            ],
            log=log, inherited=lock,
        )  # fmt: skip
        failed = process.wait() != 0
        log.seek(0)
        said = log.read().decode(errors="replace").strip().splitlines()
    if failed:
        shutil.rmtree(unfinished, ignore_errors=True)
        reason = next((line for line in said if "error:" in line or "FATAL:" in line), "没有说明原因")
        if any(NO_SPACE in line for line in said):
            raise NoSpace("磁盘空间不足，内置数据库无法建立。", where=str(data), remedy="清理磁盘后重试。")
        raise EmbeddedDatabaseFailed(
            f"内置数据库初始化失败：{reason}。",
            where=str(data),
            remedy="请检查磁盘空间与目录权限后重试，或用 XINQIAO_DATABASE_URL 指定外部数据库。",
        )
    unfinished.rename(data)
    for folder in (data.parent, data.parent.parent):
        _make_durable(folder)


def _unicode_locale() -> str:
    """A locale of this machine that knows Unicode's letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "zh_CN.UTF-8", "en_US.UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise EmbeddedDatabaseFailed(
        "本机没有 UTF-8 语言环境，内置数据库无法检索中文。", remedy="请安装 C.UTF-8 或 zh_CN.UTF-8 语言环境。"
    )


def _give(folder: Path, account: Account | None) -> None:
    """Make the account own a folder and all in it; after a copy made by root it owns none of it."""
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        held = path.lstat()
        if (held.st_uid, held.st_gid) != (account.user, account.group):
            os.chown(path, account.user, account.group, follow_symlinks=False)


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
