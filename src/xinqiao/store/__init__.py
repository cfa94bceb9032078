"""The city's database: transactions for every capability, and the tables' versions.

Invariants: a transaction takes effect whole or not at all; SQL is fixed text and values are parameters; the
driver's exceptions never leave this package; no message or `repr` shows an address or a password.
"""

from xinqiao.store.database import Json, Store, open_store
from xinqiao.store.documents import canonical_json
from xinqiao.store.refusals import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseUnreachable,
    EmbeddedDatabaseFailed,
    NotMigrated,
    SchemaTooNew,
    StoreFault,
    UnusableDatabase,
    UnusableDatabaseAddress,
    UnusableHome,
)
from xinqiao.store.schema import current, migrate, require_current
from xinqiao.store.transaction import Transaction

__all__ = [
    "DatabaseBusy",
    "DatabaseFull",
    "DatabaseUnreachable",
    "EmbeddedDatabaseFailed",
    "Json",
    "NotMigrated",
    "SchemaTooNew",
    "Store",
    "StoreFault",
    "Transaction",
    "UnusableDatabase",
    "UnusableDatabaseAddress",
    "UnusableHome",
    "canonical_json",
    "current",
    "migrate",
    "open_store",
    "require_current",
]
