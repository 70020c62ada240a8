"""What can be wrong with channels and rules, and with the tables of notices."""

from indexer.errors import IndexerError


class NoticesError(IndexerError):
    """A failure of notices."""


class NoticesSchemaError(NoticesError):
    """The tables of notices are not this version's."""


class BadTargetError(NoticesError):
    """Nothing may be sent there; nothing was stored."""


class BadRuleError(NoticesError):
    """The rule contradicts itself, or is not the caller's to make; nothing was stored."""


class UnknownChannelError(NoticesError):
    """The owner has no such channel."""


class UnknownRuleError(NoticesError):
    """The owner has no such rule."""


class UnknownDeliveryError(NoticesError):
    """The owner has no such delivery, or it cannot be sent again."""


class WrongCodeError(NoticesError):
    """The code does not confirm the channel."""


class TooManyError(NoticesError):
    """The owner has as many as one may, or asks too often."""
