"""Refusals about channels, rules and deliveries."""

from collections.abc import Iterator
from contextlib import contextmanager

from access.errors import NoSecretKeyError
from api.problems import ApiError
from notices.book import errors


class ChannelRefusedError(ApiError):
    """Nothing may be sent there."""

    status, slug, title = 422, "channel-refused", "Nothing can be sent there"


class RuleRefusedError(ApiError):
    """The rule contradicts itself, or is not the caller's to make."""

    status, slug, title = 422, "rule-refused", "The rule cannot be made"


class ChannelCodeError(ApiError):
    """The code does not confirm the channel."""

    status, slug, title = 422, "channel-code-refused", "The code does not confirm the channel"


class ChannelNotFoundError(ApiError):
    """The caller has no such channel."""

    status, slug, title = 404, "channel-not-found", "No such channel"


class RuleNotFoundError(ApiError):
    """The caller has no such rule."""

    status, slug, title = 404, "rule-not-found", "No such rule"


class DeliveryNotFoundError(ApiError):
    """The caller has no such delivery that could be tried again."""

    status, slug, title = 404, "delivery-not-found", "No such delivery"


class TooManyNotificationsError(ApiError):
    """The caller has as many channels or rules as one may, or asks for codes too often."""

    status, slug, title = 429, "too-many-notifications", "Too many channels, rules or codes"


class NotificationsUnavailableError(ApiError):
    """The server keeps no channels."""

    status, slug, title = 503, "notifications-unavailable", "No notifications can be had here"


_KINDS: dict[type[errors.NoticesError], type[ApiError]] = {
    errors.BadTargetError: ChannelRefusedError,
    errors.BadRuleError: RuleRefusedError,
    errors.WrongCodeError: ChannelCodeError,
    errors.UnknownChannelError: ChannelNotFoundError,
    errors.UnknownRuleError: RuleNotFoundError,
    errors.UnknownDeliveryError: DeliveryNotFoundError,
    errors.TooManyError: TooManyNotificationsError,
}


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the domain refuses into the API's problems."""
    try:
        yield
    except errors.NoticesError as error:
        kind = _KINDS.get(type(error))
        if kind is None:
            raise
        raise kind(str(error), remedy=error.remedy) from error
    except NoSecretKeyError as error:
        raise NotificationsUnavailableError(str(error), remedy=error.remedy) from error
