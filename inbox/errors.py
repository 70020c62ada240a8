"""What can be wrong with an order before the chain is asked, and with the inbox's own tables."""

from indexer.errors import IndexerError


class InboxError(IndexerError):
    """A failure of the inbox."""


class BadOrderError(InboxError):
    """The order contradicts itself, or is not for this hub; nothing was stored."""


class BadSignatureError(InboxError):
    """The leader did not sign this; nothing was stored."""


class WalletAwayError(InboxError):
    """Whether a contract wallet signed cannot be asked now; nothing was stored."""


class FloodError(InboxError):
    """The leader has more open orders, or sends them faster, than an inbox takes; nothing was stored."""


class UnknownOrderError(InboxError):
    """The inbox holds no such order."""


class InboxSchemaError(InboxError):
    """The inbox's tables are not this version's."""
