"""What can be wrong with a profile, a text, a report or a campaign."""

from indexer.errors import IndexerError


class SocialError(IndexerError):
    """A failure of what people say."""


class SocialSchemaError(SocialError):
    """The tables are not this version's."""


class BadTextError(SocialError):
    """The text is too long, empty, or has characters that deceive; nothing was stored."""


class BadNameError(SocialError):
    """No handle and no code can be called so."""


class NameTakenError(SocialError):
    """Somebody else has the name, or one that looks like it."""


class BadClaimError(SocialError):
    """The signature does not claim the handle here and now."""


class NoProfileError(SocialError):
    """The address has no handle."""


class UnknownProfileError(SocialError):
    """Nobody has such a profile."""


class UnknownPostError(SocialError):
    """There is no such text, or it is not the caller's to change."""


class AlreadyWrittenError(SocialError):
    """The caller has written one already, and may change it."""


class HiddenPostError(SocialError):
    """Staff has hidden the text: its author cannot change it."""


class OwnStrategyError(SocialError):
    """Leaders do not review themselves."""


class TooManyPostsError(SocialError):
    """The caller has as many as one may, or writes too often."""


class AlreadyReportedError(SocialError):
    """The caller has reported it before."""


class ModerationRefusedError(SocialError):
    """There is nothing to do about it, or it is not this person's to do."""


class UnknownFollowError(SocialError):
    """The caller does not follow the strategy."""


class UnknownCampaignError(SocialError):
    """There is no such campaign, or it is not the caller's."""


class CampaignRefusedError(SocialError):
    """The campaign cannot be so, or is over."""


class NoteRefusedError(SocialError):
    """The vault was not opened by the campaign."""
