"""What a node can do wrong."""

from indexer.errors import IndexerError


class ChainError(IndexerError):
    """A failure of the chain's side."""


class NodeUnreachableError(ChainError):
    """The node does not answer, or not in time."""


class BusyNodeError(NodeUnreachableError):
    """The node does not answer now; asking again may help."""


class NoQuorumError(ChainError):
    """The endpoints do not agree on the chain's newest blocks."""


class NodeRefusedError(ChainError):
    """The node answered with a JSON-RPC error; `code` is its code, `data` what a reverted call returned."""

    def __init__(self, problem: str, *, remedy: str, code: int, data: bytes | None = None) -> None:
        super().__init__(problem, remedy=remedy)
        self.code = code
        self.data = data


class NotANodeError(ChainError):
    """What answers at the URL does not speak Ethereum's JSON-RPC."""


class LaggingNodeError(ChainError):
    """The node does not have a block that it, or another, has told of."""


class LyingNodeError(ChainError):
    """The node's answers contradict each other; they are not used."""


class TimelessLogsError(ChainError):
    """The node's logs do not say when their blocks were mined."""


class ChainMovedError(ChainError):
    """The chain reorganised between two questions; asking again helps."""


class WrongChainError(ChainError):
    """The node is on another chain."""


class NoContractError(ChainError):
    """There is no contract at an address."""
