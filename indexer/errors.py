"""The base of every error that the indexer knows: one sentence on what is wrong, one on what to do."""


class IndexerError(Exception):
    """A known failure. `str()` says what is wrong; `remedy` tells the operator what to do about it."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy
