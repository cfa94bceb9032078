"""How results are shown: tables and progress for people, one JSON document for machines."""

import dataclasses
import errno
import io
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from xinqiao.kernel.clock import CITY_TIME
from xinqiao.kernel.refusals import Refusal

Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出，供程序读取。")]
Code = Annotated[str, typer.Argument(metavar="统一社会信用代码", help="企业的统一社会信用代码。")]

_people = Console(highlight=False, soft_wrap=True)
_aside = Console(stderr=True, highlight=False, soft_wrap=True)
# A table that goes into a file or a pipe is as wide as its contents.
_piped = Console(highlight=False, soft_wrap=True, width=2000)
# Work that nobody watches says how far it is so many times.
_TENTHS = 10
# Departments keep records in computers since then; an earlier day is a slip or a spreadsheet's zero.
_EARLIEST, _LATEST = date(1990, 1, 1), date(2999, 12, 31)
_DAY = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")


class UnreadableMoment(Refusal):
    """A date or time on the command line cannot be read."""

    code = "unreadable_moment"


def say(text: str) -> None:
    """A line for people on standard output."""
    _people.print(text, markup=False)


def note(text: str) -> None:
    """A line for people beside the result, on standard error."""
    _aside.print(text, markup=False)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[int] = ()) -> None:
    """A table for people; columns in `numbers` are set right."""
    from rich.table import Table

    shown = Table(header_style="bold", box=None, pad_edge=False)
    for index, heading in enumerate(headings):
        shown.add_column(heading, justify="right" if index in numbers else "left", overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    (_people if _people.is_terminal else _piped).print(shown)


def adapt() -> None:
    """Let a terminal that cannot show a character show a question mark for it, and not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def document(value: object) -> None:
    """One JSON document on standard output, escaped where that cannot hold all its characters."""
    told = json_text(value)
    try:
        told.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        told = json_text(value, escaped=True)
    sys.stdout.write(told)


def json_text(value: object, *, escaped: bool = False) -> str:
    """A value as a JSON document; all in ASCII when escaped."""
    return json.dumps(value, ensure_ascii=escaped, indent=1, default=_plain) + "\n"


def page(html: str) -> None:
    """A page on standard output, in UTF-8 as it says of itself."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(html)


def moment(value: datetime) -> str:
    """A time as people read it, in the city's time."""
    return value.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M")


def signed(value: float, form: str) -> str:
    """A difference as people read it, `form` as in `+.1%`, with a true minus."""
    return format(value, form).replace("-", "−")


def parted(given: Iterable[str] | None) -> list[str]:
    """The values of an option that may be repeated and may hold several, parted by commas of either width."""
    return [each for text in given or () for each in text.replace("，", ",").split(",")]


def read_moment(text: str | None, option: str) -> datetime | None:
    """A day or a time on the command line, in city time unless it names its zone.

    Raises:
        UnreadableMoment: It is neither, or of no time that can be meant.
    """
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(_plainly(text))
    except ValueError as error:
        raise UnreadableMoment(
            f"“{text}”不是日期或时间。", where=option, remedy="写成 2026-03-31 或 2026-03-31T18:00。"
        ) from error
    _require_sensible(value.date(), text, option)
    return value if value.tzinfo else value.replace(tzinfo=CITY_TIME)


def read_day(text: str | None, option: str) -> date | None:
    """A day on the command line.

    Raises:
        UnreadableMoment: It is none, or none that can be meant.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(_plainly(text))
    except ValueError as error:
        raise UnreadableMoment(f"“{text}”不是日期。", where=option, remedy="写成 2026-03-31。") from error
    _require_sensible(day, text, option)
    return day


def _plainly(text: str) -> str:
    """A day as the standard writes it, also where people write 2026/3/31."""
    return _DAY.sub(lambda found: f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}", text.strip(), count=1)


def _require_sensible(day: date, text: str, option: str) -> None:
    if not _EARLIEST <= day <= _LATEST:
        raise UnreadableMoment(
            f"“{text}”不在 {_EARLIEST} 至 {_LATEST} 之间，平台没有那时的数据。",
            where=option,
            remedy="核对年份，写成 2026-03-31 这样的日期。",
        )


class WouldOverwrite(Refusal):
    """A file that somebody may have worked on stands where one is to be written."""

    code = "would_overwrite"


def require_new(path: Path) -> None:
    """Refuse a file that is there already, besides what `require_place` refuses.

    Raises:
        WouldOverwrite: It is there.
    """
    require_place(path)
    if path.exists():
        raise WouldOverwrite(
            "文件已经存在，其中可能有修正过的行，没有改动它。",
            where=str(path),
            remedy="换一个文件名；确实要覆盖时加 --force。",
        )


def require_place(path: Path) -> None:
    """Refuse a file that cannot be written because its folder is not there or it is a folder itself.

    Raises:
        FileNotFoundError: There is no such folder.
        IsADirectoryError: It is a folder.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))


@contextmanager
def steps(title: str) -> Iterator[Callable[[str], None]]:
    """Show the steps of long work with the time they take; nothing is shown when nobody watches."""
    if not _aside.is_terminal:
        yield lambda step: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=_aside, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda step: progress.update(task, description=f"{title} · {step}")


@contextmanager
def counted(title: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """Show how much of known work is done: call with how far it is and what comes now.

    In a file or a pipe it is a line at the beginning, one for each tenth, and one at the end with the time.
    """
    if not _aside.is_terminal:
        yield _lines(title, total)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_aside) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done, what: progress.update(task, completed=done, description=f"{title} {what}".rstrip())


def _lines(title: str, total: int) -> Callable[[int, str], None]:
    began = time.monotonic()
    said = 0
    note(f"{title}：共 {total:,} …")

    def progress(done: int, what: str) -> None:
        nonlocal said
        if done >= total:
            if said <= _TENTHS:
                said = _TENTHS + 1
                note(f"{title}：{done:,}/{total:,} 完成，用时 {time.monotonic() - began:.1f} 秒")
        elif done * _TENTHS // total > said:
            said = done * _TENTHS // total
            note(f"{title}：{done:,}/{total:,} {what}".rstrip())

    return progress


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(CITY_TIME).isoformat() if value.tzinfo else value.isoformat()
        case date() | Path():
            return str(value)
        case Mapping():
            return dict(value)
        case set() | frozenset() | tuple():
            return list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return str(value)
