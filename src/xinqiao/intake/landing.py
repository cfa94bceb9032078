"""Keeping what was delivered: the raw bytes, under the hash of their content."""

import filecmp
import hashlib
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from xinqiao.kernel.file_faults import is_full, said
from xinqiao.kernel.refusals import NoSpace, Refusal

_CHUNK = 4 * 1024 * 1024
# A pattern finds two bytes twice as fast as `in` does.
_BLANK_LINE = re.compile(rb"\n\r?\n")
# A blank line that begins in one chunk shows in so many bytes of the next, or in the next alone.
_SEAM = 3
_ENDS = b"\r\n"
# Most chunks end in the middle of a line: their last bytes tell.
_FEW = 64


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
        even: Whether, as text, its lines all end alike and none among them is blank, so that the engine can
            split and number them.
        odd: Whether it holds a null character or a plus sign, without which no text of it needs a look for either.
    """

    name: str
    sha256: str
    bytes: int
    path: Path
    quotes: bool
    even: bool
    odd: bool


def land(source: Path, store: Path) -> LandedFile:
    """Copy a file into the store of raw bytes, once per content, and return what it is.

    Raises:
        UnreadableFile: It does not exist, is a folder or no regular file, or is empty.
        NoSpace: The disk is full.
    """
    try:
        size = source.stat().st_size
        if source.is_dir():
            raise UnreadableFile("这是一个文件夹，不是文件。", where=str(source), remedy="请给出文件的路径。")
        if not source.is_file():
            raise UnreadableFile(
                "这不是普通文件（可能是管道或设备），无法留存和核对。",
                where=str(source),
                remedy="请先把内容存为文件，再交付该文件。",
            )
        if not size:
            raise UnreadableFile("文件是空的（0 字节）。", where=str(source), remedy="请来源单位重新导出。")
        return _copy(source, store)
    except FileNotFoundError as error:
        raise UnreadableFile("文件不存在。", where=str(source), remedy="核对路径。") from error
    except PermissionError as error:
        raise UnreadableFile(
            "没有读取该文件的权限。", where=str(source), remedy="调整文件权限后重试。"
        ) from error
    except OSError as error:
        if is_full(error):
            raise NoSpace(
                "磁盘空间不足，原始文件无法留存，本次操作未生效。", remedy="清理磁盘后重试。"
            ) from error
        raise UnreadableFile(
            f"文件无法读取：{said(error)}。", where=str(source), remedy="核对路径，或把文件另存到别处后重试。"
        ) from error


def told_apart(names: Sequence[str]) -> list[str]:
    """Names for the files of one delivery that nobody mixes up: one that stands twice gets its place, as `a.csv#2`."""
    return [f"{name}#{place}" if names.count(name) > 1 else name for place, name in enumerate(names, start=1)]


def raise_if_full(error: OSError) -> None:
    """Tell a full disk as what it is; any other error is left to the caller.

    Raises:
        NoSpace: The disk is full.
    """
    if is_full(error):
        raise NoSpace(
            "磁盘空间不足，本次操作未生效。", where=str(error.filename or ""), remedy="清理磁盘后重试。"
        ) from error


@contextmanager
def flushing(landed: Sequence[LandedFile]) -> Iterator[None]:
    """Bring landed files to the disk during a block; at its end they are there.

    The disk is slower than the engine, so the rows are judged meanwhile.

    Raises:
        NoSpace: The disk is full.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:
        waiting = [aside.submit(_flush, file.path) for file in landed]
        yield
        try:
            for flushed in waiting:
                flushed.result()
        except OSError as error:
            raise NoSpace("原始文件无法写入磁盘，本次操作未生效。", remedy="检查磁盘后重试。") from error


def _flush(path: Path) -> None:
    # The folder of the first two digits may be new as well, and is an entry of the store.
    for each in (path, path.parent, path.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _copy(source: Path, store: Path) -> LandedFile:
    store.mkdir(parents=True, exist_ok=True)
    draft = store / f".{uuid.uuid4()}.part"
    try:
        with source.open("rb", buffering=0) as reader, draft.open("wb", buffering=0) as writer:
            name, seen = _copy_and_look(reader, writer)
        size, final = draft.stat().st_size, store / name[:2] / name
        if not final.exists():
            final.parent.mkdir(exist_ok=True)
            draft.replace(final)
        elif filecmp.cmp(draft, final, shallow=False):
            draft.unlink()
            # Bytes of which nothing came yet may be swept once they are old; these are wanted again.
            os.utime(final)
        else:
            # A power cut may leave a name without its bytes.
            draft.replace(final)
            _flush(final)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return LandedFile(
        name=source.name,
        sha256=name,
        bytes=size,
        path=final,
        quotes=b'"' in seen.rare,
        even=seen.lines.even,
        odd=not seen.rare.isdisjoint((b"\0", b"+")),
    )


def _copy_and_look(reader: FileIO, writer: FileIO) -> tuple[str, "_Seen"]:
    """Copy; the hash of what was copied, and what was seen in it.

    Each piece is hashed on another core while it is written and looked at.
    """
    digest, seen = hashlib.sha256(), _Seen()
    # One piece of memory for all chunks: a new one for each costs more than the hash.
    chunk = bytearray(_CHUNK)
    with ThreadPoolExecutor(max_workers=1) as aside:
        while size := reader.readinto(chunk):
            with memoryview(chunk)[:size] as part:
                hashed = aside.submit(digest.update, part)
                try:
                    _write_all(writer, part)
                    seen.add(chunk, size)
                finally:
                    # A piece that is still being hashed cannot be let go.
                    hashed.result()
    return digest.hexdigest(), seen


def _write_all(writer: FileIO, part: memoryview) -> None:
    """A disk that fills up takes a part before it refuses the rest."""
    done = 0
    while done < len(part):
        done += writer.write(part[done:])


# To look for a byte costs next to nothing here, and much in each text of each row.
_RARE = (b'"', b"\0", b"+")


class _Seen:
    """What stands in a file, chunk by chunk: which of the rare bytes, and how its lines end."""

    def __init__(self) -> None:
        self.rare: set[bytes] = set()
        self.lines = _Lines()

    def add(self, chunk: bytearray, size: int) -> None:
        """Take the next chunk: the first `size` bytes."""
        self.rare |= {each for each in _RARE if each not in self.rare and chunk.find(each, 0, size) >= 0}
        self.lines.add(chunk, size)


class _Lines:
    """How the lines of a text end, chunk by chunk."""

    def __init__(self) -> None:
        self._returns = 0
        self._feeds = 0
        self._plain = False
        self._blank = False
        self._tail = b""

    def add(self, chunk: bytearray, size: int) -> None:
        """Take the next chunk: the first `size` bytes."""
        if self._returns or chunk.find(b"\r", 0, size) >= 0:
            self._returns += chunk.count(b"\r", 0, size)
            self._feeds += chunk.count(b"\n", 0, size)
        else:
            self._plain = self._plain or chunk.find(b"\n", 0, size) >= 0
        if not self._blank:
            # Blank lines at the very end shift no line's number, so the last line ends wait for what follows.
            head = self._tail + bytes(chunk[: min(size, _SEAM)])
            end = _end_of_text(chunk, size)
            self._blank = bool(_BLANK_LINE.search(chunk, 0, end) or _BLANK_LINE.search(head.rstrip(_ENDS)))
            self._tail = bytes(chunk[end - 1 : size]) if end else self._tail + bytes(chunk[:size])

    @property
    def even(self) -> bool:
        """Whether all lines end alike and none is blank."""
        return not self._blank and (not self._returns or (self._returns == self._feeds and not self._plain))


def _end_of_text(chunk: bytearray, size: int) -> int:
    """How many of the first `size` bytes there are before the line ends at their end."""
    last = bytes(chunk[max(0, size - _FEW) : size])
    kept = len(last.rstrip(_ENDS))
    return size - len(last) + kept if kept else len(bytes(chunk[:size]).rstrip(_ENDS))
