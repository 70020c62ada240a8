"""The caller of a request, as endpoints ask for it: who must be signed in, and with which role.

These are decided before a request's parameters are looked at: who may not learns nothing else.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPBearer

from access.audit import Actor
from access.roles import NEEDS_SECOND_FACTOR, Role, Scope
from api.access.door import COOKIE, SAFE, Caller, Door
from api.access.problems import (
    SIGN_IN,
    KeyRefusedError,
    NotSignedInError,
    RoleMissingError,
    SecondFactorNeededError,
)
from api.access.requests import request_id
from api.snapshot import keep_nowhere

__all__ = [
    "ADMINISTRATORS",
    "STAFF",
    "Acting",
    "ByAdministrator",
    "ByEither",
    "ByModerator",
    "ByOperator",
    "Caller",
    "InSession",
    "MaybeSignedIn",
    "Role",
    "Scope",
    "SignedIn",
    "TheDoor",
    "require",
]

_BEARER = HTTPBearer(auto_error=False, description="A session's token, or a key.")
_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, description="A session of a browser.")


def door(request: Request) -> Door:
    """The app's door."""
    found: Door = request.app.state.door
    return found


TheDoor = Annotated[Door, Depends(door)]


async def maybe_signed_in(
    request: Request,
    response: Response,
    door: TheDoor,
    bearer: Annotated[object, Depends(_BEARER)],
    cookie: Annotated[object, Depends(_COOKIE)],
) -> Caller | None:
    """Who asks, or None for nobody. A credential that is not valid is refused, not taken for none.

    What looks at its caller is kept nowhere.
    """
    del bearer, cookie  # they only tell the description how to sign in
    keep_nowhere(request, response)
    return await run_in_threadpool(door.caller, request)


MaybeSignedIn = Annotated[Caller | None, Depends(maybe_signed_in)]


async def signed_in(request: Request, caller: MaybeSignedIn) -> Caller:
    """Who asks: in a session, or to read with a key of the scope `private:read`.

    Raises `NotSignedInError` and `KeyRefusedError`.
    """
    if caller is None:
        raise NotSignedInError("Nobody is signed in.", remedy=SIGN_IN)
    if caller.session is None and (request.method not in SAFE or Scope.PRIVATE not in caller.scopes):
        raise KeyRefusedError(
            "A key changes nothing, and reads what is private with the scope private:read alone.",
            remedy="Sign in, or make a key with that scope.",
        )
    return caller


SignedIn = Annotated[Caller, Depends(signed_in)]


async def in_session(caller: SignedIn) -> Caller:
    """Who asks, in a session. Raises `KeyRefusedError` for a key."""
    if caller.session is None:
        raise KeyRefusedError("No key opens this.", remedy=SIGN_IN)
    return caller


InSession = Annotated[Caller, Depends(in_session)]


def require(*roles: Role) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that lets through who has one of the roles, in a session.

    Operators and administrators must have given a code in it. No role includes another.
    """

    async def allowed(caller: InSession) -> Caller:
        held = caller.roles & frozenset(roles)
        if not held:
            wanted = " or ".join(roles)
            raise RoleMissingError(
                f"This is for {wanted}; you are {', '.join(sorted(caller.roles)) or 'none of these'}.",
                remedy="An administrator grants roles; an address that has a vault here has none.",
            )
        if held <= NEEDS_SECOND_FACTOR and not caller.second_factor:
            raise SecondFactorNeededError(
                "No code was given in this session, or it was long ago.",
                remedy="POST /v1/session/second-factor/codes with a code of your authenticator.",
            )
        return caller

    return allowed


async def acting(caller: InSession, number: Annotated[str, Depends(request_id)]) -> Actor:
    """The caller as the audit log names it."""
    return Actor(caller.address, number)


def acting_as(*roles: Role) -> Callable[[Caller, str], Awaitable[Actor]]:
    """A dependency that lets through who has one of the roles, as the audit log names them."""

    async def actor(
        caller: Annotated[Caller, Depends(require(*roles))], number: Annotated[str, Depends(request_id)]
    ) -> Actor:
        return Actor(caller.address, number)

    return actor


Acting = Annotated[Actor, Depends(acting)]
ByOperator = Annotated[Actor, Depends(acting_as(Role.OPERATOR))]
ByAdministrator = Annotated[Actor, Depends(acting_as(Role.ADMIN))]
ByModerator = Annotated[Actor, Depends(acting_as(Role.SUPPORT, Role.OPERATOR))]
ByEither = Annotated[Actor, Depends(acting_as(Role.OPERATOR, Role.ADMIN))]

STAFF = [Depends(require(Role.SUPPORT, Role.OPERATOR, Role.ADMIN))]
ADMINISTRATORS = [Depends(require(Role.ADMIN))]
"""What a path depends on that is for them alone."""
