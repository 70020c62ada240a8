"""Refusals about what people say."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.access.problems import refusals as access_refusals
from api.problems import ApiError
from social import errors


class TextRefusedError(ApiError):
    """The text cannot be kept."""

    status, slug, title = 422, "text-refused", "The text cannot be kept"


class NameRefusedError(ApiError):
    """Nobody can be called so."""

    status, slug, title = 422, "name-refused", "Nobody can be called so"


class NameTakenError(ApiError):
    """The name, or one that looks like it, is taken."""

    status, slug, title = 409, "name-taken", "The name is taken"


class ClaimRefusedError(ApiError):
    """The signature does not claim the handle."""

    status, slug, title = 422, "claim-refused", "The signature does not claim the handle"


class NoHandleError(ApiError):
    """The caller has no handle yet."""

    status, slug, title = 409, "no-handle", "Claim a handle first"


class ProfileNotFoundError(ApiError):
    """Nobody has such a profile."""

    status, slug, title = 404, "profile-not-found", "No such profile"


class PostNotFoundError(ApiError):
    """There is no such text, or it is not the caller's to change."""

    status, slug, title = 404, "post-not-found", "No such text"


class AlreadyWrittenError(ApiError):
    """The caller has written one."""

    status, slug, title = 409, "already-written", "You have written one already"


class PostHiddenError(ApiError):
    """Staff has hidden it."""

    status, slug, title = 409, "post-hidden", "Staff has hidden the text"


class OwnStrategyError(ApiError):
    """Leaders do not review themselves."""

    status, slug, title = 409, "own-strategy", "It is your own strategy"


class TooManyPostsError(ApiError):
    """The caller writes too often, or has as many as one may."""

    status, slug, title = 429, "too-many-posts", "Too many of them"


class AlreadyReportedError(ApiError):
    """The caller has reported it."""

    status, slug, title = 409, "already-reported", "You have reported it already"


class ModerationRefusedError(ApiError):
    """There is nothing to do about it, or somebody else must."""

    status, slug, title = 409, "moderation-refused", "This cannot be done about it"


class FollowNotFoundError(ApiError):
    """The caller does not follow the strategy."""

    status, slug, title = 404, "follow-not-found", "You do not follow it"


class CampaignNotFoundError(ApiError):
    """There is no such campaign, or it is not the caller's."""

    status, slug, title = 404, "campaign-not-found", "No such campaign"


class CampaignRefusedError(ApiError):
    """The campaign cannot be so."""

    status, slug, title = 409, "campaign-refused", "The campaign cannot be so"


class NoteRefusedError(ApiError):
    """The vault was not opened by the campaign."""

    status, slug, title = 409, "note-refused", "The campaign did not bring the vault"


_KINDS: dict[type[errors.SocialError], type[ApiError]] = {
    errors.BadTextError: TextRefusedError,
    errors.BadNameError: NameRefusedError,
    errors.NameTakenError: NameTakenError,
    errors.BadClaimError: ClaimRefusedError,
    errors.NoProfileError: NoHandleError,
    errors.UnknownProfileError: ProfileNotFoundError,
    errors.UnknownPostError: PostNotFoundError,
    errors.AlreadyWrittenError: AlreadyWrittenError,
    errors.HiddenPostError: PostHiddenError,
    errors.OwnStrategyError: OwnStrategyError,
    errors.TooManyPostsError: TooManyPostsError,
    errors.AlreadyReportedError: AlreadyReportedError,
    errors.ModerationRefusedError: ModerationRefusedError,
    errors.UnknownFollowError: FollowNotFoundError,
    errors.UnknownCampaignError: CampaignNotFoundError,
    errors.CampaignRefusedError: CampaignRefusedError,
    errors.NoteRefusedError: NoteRefusedError,
}


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the domain refuses into the API's problems."""
    try:
        with access_refusals():
            yield
    except errors.SocialError as error:
        kind = _KINDS.get(type(error))
        if kind is None:
            raise
        raise kind(str(error), remedy=error.remedy) from error
