"""Several files written at once, each by a query of its own."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from xinqiao.engine import Session, WrittenFile, together
from xinqiao.lake.tables import Lake


@contextmanager
def written(
    session: Session,
    lake: Lake,
    queries: Sequence[tuple[str, str]],
    *,
    group_rows: int | None = None,
) -> Iterator[list[WrittenFile | None]]:
    """Write what each query gives as a file of its table; the files are removed again if the block fails.

    Args:
        session: Where the queries can be run.
        lake: The lake.
        queries: Tables, and the query for the rows of one file of each, sorted.
        group_rows: Rows of a group in the files; the engine's own choice when None.

    Yields:
        The file of each query, None where it gave no rows. They are not yet part of the tables.
    """
    files: list[WrittenFile | None] = [None] * len(queries)

    def write(place: int, fork: Session, path: Path) -> Iterator[int]:
        files[place] = fork.write(queries[place][1], path, group_rows=group_rows)
        yield place

    with ExitStack() as opened:
        paths = [opened.enter_context(lake.draft(table)) for table, _ in queries]
        with ExitStack() as forked:
            forks = [forked.enter_context(session.fork()) for _ in queries]
            tasks = [
                (fork, write(place, fork, path))
                for place, (fork, path) in enumerate(zip(forks, paths, strict=True))
            ]
            together(tasks, at_once=session.cores)
        yield files
