"""Keeping what was delivered: the raw bytes, under the hash of their content."""

import errno
import hashlib
import os
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from xinqiao.engine.duck import NoSpace
from xinqiao.kernel.refusals import Refusal

_CHUNK = 1024 * 1024


class UnreadableFile(Refusal):
    """A delivered file cannot be read: absent, empty, damaged, or not of a known kind or encoding."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One delivered file, kept.

    Attributes:
        name: Its name as delivered.
        sha256: Hash of its bytes, hexadecimal.
        bytes: Its size.
        path: Where the copy is.
        quotes: Whether it holds any double quote, which decides how it may be read as CSV.
    """

    name: str
    sha256: str
    bytes: int
    path: Path
    quotes: bool


def land(source: Path, store: Path) -> LandedFile:
    """Copy a file into the store of raw bytes, once per content, and return what it is.

    Raises:
        UnreadableFile: It does not exist, is a folder, or is empty.
        NoSpace: The disk is full.
    """
    try:
        size = source.stat().st_size
        if source.is_dir():
            raise UnreadableFile("这是一个文件夹，不是文件。", where=str(source), remedy="请给出文件的路径。")
        if not size:
            raise UnreadableFile("文件是空的（0 字节）。", where=str(source), remedy="请来源单位重新导出。")
        return _copy(source, store, size)
    except FileNotFoundError as error:
        raise UnreadableFile("文件不存在。", where=str(source), remedy="核对路径。") from error
    except PermissionError as error:
        raise UnreadableFile(
            "没有读取该文件的权限。", where=str(source), remedy="调整文件权限后重试。"
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(
                "磁盘空间不足，原始文件无法留存，本次操作未生效。", remedy="清理磁盘后重试。"
            ) from error
        raise UnreadableFile(f"文件无法读取：{error.strerror}。", where=str(source)) from error


def _copy(source: Path, store: Path, size: int) -> LandedFile:
    store.mkdir(parents=True, exist_ok=True)
    draft = store / f".{uuid.uuid4()}.part"
    try:
        shutil.copyfile(source, draft)
        # Both the disk and the processor take a while; they do so at the same time.
        with ThreadPoolExecutor(max_workers=1) as aside, draft.open("rb") as reader:
            flushed = aside.submit(os.fsync, reader.fileno())
            name, quotes = _digest(reader)
            flushed.result()
        final = store / name[:2] / name
        if final.exists():
            draft.unlink()
        else:
            final.parent.mkdir(exist_ok=True)
            draft.replace(final)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return LandedFile(name=source.name, sha256=name, bytes=size, path=final, quotes=quotes)


def _digest(reader: BinaryIO) -> tuple[str, bool]:
    """Hash of what is read, and whether it holds a double quote."""
    digest, quotes = hashlib.sha256(), False
    while chunk := reader.read(_CHUNK):
        digest.update(chunk)
        quotes = quotes or b'"' in chunk
    return digest.hexdigest(), quotes
