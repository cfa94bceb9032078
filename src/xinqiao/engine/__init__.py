"""SQL on records: one small port, DuckDB behind it.

Everything that touches many records is SQL run through a `Session`: register a table version as a named
view, run a query, write a result as one Parquet file with its statistics. SQL is written once in DuckDB's
dialect; `dialect` parses it and can render it for other engines.

Invariants: values reach SQL as parameters or as literals made by `dialect.literal`, never by pasting text;
a failure of the engine becomes a product error, never a driver's exception.
"""

from xinqiao.engine.duck import DuckDBEngine
from xinqiao.engine.port import Engine, Session, WrittenFile

__all__ = ["DuckDBEngine", "Engine", "Session", "WrittenFile"]
