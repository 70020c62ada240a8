"""What can go wrong between a chain and its ledger."""

from indexer.errors import IndexerError


class SyncError(IndexerError):
    """A failure of keeping the ledger at the chain's head."""


class DeploymentFileError(SyncError):
    """The deployment file is missing, unreadable, or contradicts the chain."""


class NoCommonBlockError(SyncError):
    """The chain and the ledger share no block that the ledger still knows."""


class EmptyLedgerError(SyncError):
    """There is nothing to reconcile yet."""
