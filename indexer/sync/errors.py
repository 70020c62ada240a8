"""What can go wrong between a chain and its ledger."""

from indexer.errors import IndexerError


class SyncError(IndexerError):
    """A failure of keeping the ledger at the chain's head."""


class DeploymentFileError(SyncError):
    """The deployment file is missing, unreadable, or contradicts the chain."""


class NoCommonBlockError(SyncError):
    """The chain and the ledger share no block that the ledger still knows."""


class FinalityError(SyncError):
    """The chain contradicts a block that counts as final."""


class LeaseHeldError(SyncError):
    """Another indexer writes this ledger."""


class LeaseLostError(SyncError):
    """Another indexer took this ledger over."""


class MetricsPortError(SyncError):
    """The metrics cannot be served where they should be."""


class EmptyLedgerError(SyncError):
    """There is nothing to reconcile yet."""
