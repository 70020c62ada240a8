"""Refusals of who may not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from access import errors
from api.problems import ApiError

SIGN_IN = "Sign in: POST /v1/session/nonce, sign its message, send both to POST /v1/session."


class NotSignedInError(ApiError):
    """The request says not who asks, or says it with something that is not, or no longer, valid."""

    status, slug, title = 401, "not-signed-in", "Sign in first"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="lockstep"'}


class SignInRefusedError(ApiError):
    """The signed message opens no session."""

    status, slug, title = 401, "sign-in-refused", "This does not sign in"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="lockstep"'}


class NodeAwayError(ApiError):
    """A contract wallet cannot be asked."""

    status, slug, title = 503, "wallet-not-asked", "The contract wallet cannot be asked now"


class BlockedError(ApiError):
    """The address is shut out."""

    status, slug, title = 403, "address-blocked", "This address is shut out"


class RoleMissingError(ApiError):
    """The caller has not the role."""

    status, slug, title = 403, "role-missing", "Your roles do not allow this"


class SecondFactorNeededError(ApiError):
    """The caller has the role, but gave no code in this session."""

    status, slug, title = 403, "second-factor-needed", "A code of the second factor is needed"


class KeyRefusedError(ApiError):
    """Not with this key."""

    status, slug, title = 403, "key-refused", "The key does not open this"


class ForeignOriginError(ApiError):
    """A page of another origin sent the request with this browser's cookie."""

    status, slug, title = 403, "foreign-origin", "The request came from another site's page"


class SessionNotFoundError(ApiError):
    """The caller has no such session."""

    status, slug, title = 404, "session-not-found", "No such session"


class KeyNotFoundError(ApiError):
    """The caller has no such key."""

    status, slug, title = 404, "key-not-found", "No such key"


class TooManyKeysError(ApiError):
    """The caller has as many keys as one may."""

    status, slug, title = 429, "too-many-keys", "Too many keys"


class CodeRefusedError(ApiError):
    """The code does not count."""

    status, slug, title = 422, "code-refused", "The code does not count"


class CodesLockedError(ApiError):
    """Too many wrong codes."""

    status, slug, title = 429, "codes-locked", "Too many wrong codes"


class SecondFactorUnavailableError(ApiError):
    """The server keeps no second factors, or cannot read this one."""

    status, slug, title = 503, "second-factor-unavailable", "No second factor can be had here"


class RoleRefusedError(ApiError):
    """The role cannot be granted or taken so."""

    status, slug, title = 409, "role-refused", "The role cannot be granted or taken so"


class IncidentNotFoundError(ApiError):
    """No such incident is open."""

    status, slug, title = 404, "incident-not-found", "No such incident"


class ProposalNotFoundError(ApiError):
    """No such proposal."""

    status, slug, title = 404, "proposal-not-found", "No such proposal"


class ProposalClosedError(ApiError):
    """The proposal is confirmed, withdrawn or expired."""

    status, slug, title = 409, "proposal-closed", "The proposal waits no more"


class SamePersonError(ApiError):
    """It takes two."""

    status, slug, title = 403, "same-person", "Somebody else must do this"


class BadProposalError(ApiError):
    """The call cannot be drawn up."""

    status, slug, title = 422, "bad-proposal", "This cannot be proposed here"


_KINDS: dict[type[errors.AccessError], type[ApiError]] = {
    errors.SignInRefusedError: SignInRefusedError,
    errors.NodeAwayError: NodeAwayError,
    errors.BlockedError: BlockedError,
    errors.UnknownSessionError: SessionNotFoundError,
    errors.UnknownKeyError: KeyNotFoundError,
    errors.TooManyKeysError: TooManyKeysError,
    errors.SecondFactorError: CodeRefusedError,
    errors.SecondFactorLockedError: CodesLockedError,
    errors.NoSecretKeyError: SecondFactorUnavailableError,
    errors.RoleRefusedError: RoleRefusedError,
    errors.UnknownIncidentError: IncidentNotFoundError,
    errors.UnknownProposalError: ProposalNotFoundError,
    errors.ProposalClosedError: ProposalClosedError,
    errors.SamePersonError: SamePersonError,
    errors.BadProposalError: BadProposalError,
}


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the domain refuses into the API's problems."""
    try:
        yield
    except errors.AccessError as error:
        kind = _KINDS.get(type(error))
        if kind is None:
            raise
        raise kind(str(error), remedy=error.remedy) from error
