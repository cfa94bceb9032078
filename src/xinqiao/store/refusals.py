"""What can go wrong with the database; none of it ever shows an address or a password."""

from xinqiao.kernel.refusals import Fault, Refusal, Transient


class DatabaseUnreachable(Transient):
    """The database does not answer, or the connection to it broke."""

    code = "database_unreachable"


class DatabaseBusy(Transient):
    """Somebody else's transaction was in the way, or there are too many of them; this one took no effect."""

    code = "database_busy"


class DatabaseFull(Transient):
    """The disk under the database is full; the transaction took no effect."""

    code = "database_full"


class StoreFault(Fault):
    """The database refused a statement that the product wrote.

    Attributes:
        sqlstate: PostgreSQL's five-character error code; empty when the driver gave up before asking.
        constraint: Name of the violated constraint, if it was one.
    """

    code = "store_fault"
    sqlstate: str = ""
    constraint: str = ""


class UnusableDatabaseAddress(Refusal):
    """The given database address cannot be read as one."""

    code = "unusable_database_address"


class UnusableDatabase(Refusal):
    """The given database answers, but is not of the kind the product needs."""

    code = "unusable_database"


class UnusableHome(Refusal):
    """The home folder cannot hold the database."""

    code = "unusable_home"


class EmbeddedDatabaseFailed(Fault):
    """The embedded database could not be set up or started; its log says why."""

    code = "embedded_database_failed"


class NotMigrated(Refusal):
    """The database has no tables yet, or those of an older version of the product."""

    code = "not_migrated"


class SchemaTooNew(Refusal):
    """The database was migrated by a newer version of the product than this one."""

    code = "schema_too_new"
