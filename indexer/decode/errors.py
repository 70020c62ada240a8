"""What can be wrong between the ABI of this package and a deployment."""

from indexer.errors import IndexerError


class AbiMismatchError(IndexerError):
    """The deployment's events are not those of the ABI that this package was built with."""
