"""The lake: Delta tables of records, quarantine, indicators and ratings.

Parquet files are written by an engine, sorted by subject, and committed here with their statistics.
PostgreSQL says which version of each table readers see (`lake_version`): a command commits its Delta
versions first and its PostgreSQL transaction last, so all its tables change together or not at all. A Delta
version beyond the recorded one is the leaving of a crash; the next writer rolls it back before it writes.

Invariants: a committed version never changes; no log entry and no file expires by itself, so that a grade can be
replayed from the versions it was made of. Only what `Lake.unneeded` finds is deleted: files that no version named to
it needs.
"""

from xinqiao.lake.delta import DataFile
from xinqiao.lake.tables import POINT_ROWS, Lake, TableVersion, UnknownTable
from xinqiao.lake.vacuuming import Unneeded, Vacuumed

__all__ = ["POINT_ROWS", "DataFile", "Lake", "TableVersion", "UnknownTable", "Unneeded", "Vacuumed"]
