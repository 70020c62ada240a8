"""What can be wrong with what a backtest is given."""

from indexer.errors import IndexerError


class BacktestError(IndexerError):
    """A history, a policy or a setting that cannot be used, and what to do about it."""
