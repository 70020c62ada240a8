"""What can be wrong with a database, and with events that contradict each other."""

from indexer.errors import IndexerError


class LedgerError(IndexerError):
    """A failure of the ledger."""


class DatabaseUnavailableError(LedgerError):
    """The database cannot be opened."""


class SchemaMismatchError(LedgerError):
    """The database was made by another version of Lockstep."""


class WrongDeploymentError(LedgerError):
    """The database holds the ledger of another chain or hub."""


class NoSuchBlockError(LedgerError):
    """The ledger does not have the block that is asked for."""


class RecordingError(LedgerError):
    """A file of raw logs cannot be written, or is not what it should be."""


class InvariantError(LedgerError):
    """The events contradict the protocol's own rules, so nothing of this range was written."""


class ConcurrentWriterError(LedgerError):
    """Another process writes to the same ledger."""
