"""What can be wrong with a sign-in, a session or an administrative act."""

from indexer.errors import IndexerError


class AccessError(IndexerError):
    """A failure of who may do what."""


class SignInRefusedError(AccessError):
    """The message is not one that signs in here and now; nothing was stored."""


class NodeAwayError(AccessError):
    """A contract wallet cannot be asked whether it signed."""


class BlockedError(AccessError):
    """An administrator has shut the address out."""


class UnknownSessionError(AccessError):
    """The address has no such session."""


class UnknownKeyError(AccessError):
    """The address has no such key."""


class TooManyKeysError(AccessError):
    """The address has as many keys as it may."""


class SecondFactorError(AccessError):
    """The code is wrong, was used before, or there is no second factor."""


class SecondFactorLockedError(AccessError):
    """Too many wrong codes came in a row."""


class NoSecretKeyError(AccessError):
    """There is no key to keep secrets unreadable with."""


class RoleRefusedError(AccessError):
    """The role cannot be granted or taken so."""


class UnknownIncidentError(AccessError):
    """There is no such incident, or it is over."""


class UnknownProposalError(AccessError):
    """There is no such proposal."""


class ProposalClosedError(AccessError):
    """The proposal does not wait any more."""


class SamePersonError(AccessError):
    """Two people are needed."""


class BadProposalError(AccessError):
    """The hub would never take this, or the server was not told where it is sent."""


class AccessSchemaError(AccessError):
    """The access tables are not this version's."""
