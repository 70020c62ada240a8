"""Paths of signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.access.caller import Acting, InSession, SignedIn, TheDoor
from api.access.door import COOKIE
from api.problems import responses
from api.sessions import schemas, service
from api.snapshot import OpenSnapshot

router = APIRouter(prefix="/v1", tags=["access"])


@router.post(
    "/session/nonce",
    operation_id="prepareSignIn",
    summary="A message to sign in with",
    responses=responses(),
)
def prepare_sign_in(
    request: Request, door: TheDoor, snapshot: OpenSnapshot, body: schemas.Signer
) -> schemas.ToSign:
    """A message of EIP-4361 with a nonce of this server, for this hub: good once, for ten minutes.

    Nothing is stored, and nobody is signed in by asking.
    """
    return service.message(door, snapshot, body.address, host=request.headers.get("host", ""))


@router.post("/session", operation_id="signIn", summary="Sign in", responses=responses(401, 403))
def sign_in(
    request: Request, response: Response, door: TheDoor, snapshot: OpenSnapshot, body: schemas.SignIn
) -> schemas.Opened:
    """Opens a session on this hub for whoever signed the message of `/v1/session/nonce`, by key or contract.

    Seven days, twelve hours for staff, or until the message's own expiration. The nonce is used up.
    """
    if "origin" in request.headers:
        door.check_origin(request)
    agent = request.headers.get("user-agent", "")
    token, opened = service.sign_in(door, snapshot, body, agent=agent)
    response.headers["Cache-Control"] = "no-store"
    if body.cookie:
        response.set_cookie(
            COOKIE,
            token,
            expires=opened.expires,
            path=_cookie_path(request),
            secure=door.site.secure,
            httponly=True,
            samesite="strict",
        )
    return opened


@router.get("/session", operation_id="getSession", summary="Who is signed in", responses=responses(401, 403))
def get_session(door: TheDoor, caller: SignedIn) -> schemas.Me:
    """The caller's address, roles on this hub, and what of the second factor is done."""
    return service.describe(door, caller)


@router.delete("/session", operation_id="signOut", summary="Sign out", responses=responses(401, 403))
def sign_out(request: Request, response: Response, door: TheDoor, caller: InSession) -> schemas.Ended:
    """Ends this session, at once, and takes its cookie away."""
    response.delete_cookie(COOKIE, path=_cookie_path(request))
    return service.end(door, caller, str(caller.session))


@router.get("/sessions", operation_id="listSessions", summary="Your sessions", responses=responses(401, 403))
def list_sessions(door: TheDoor, caller: InSession) -> schemas.Sessions:
    """Every open session of the caller's address, on every hub of this server."""
    return service.list_sessions(door, caller)


@router.delete(
    "/sessions", operation_id="endAllSessions", summary="Sign out everywhere", responses=responses(401, 403)
)
def end_all_sessions(door: TheDoor, caller: InSession) -> schemas.Ended:
    """Ends every session of the caller's address, this one too. Keys go on: revoke them one by one."""
    return schemas.Ended(ended=door.desk.sign_out_everywhere(caller.address))


@router.delete(
    "/sessions/{session_id}",
    operation_id="endSession",
    summary="End one of your sessions",
    responses=responses(401, 403, 404),
)
def end_session(
    door: TheDoor,
    caller: InSession,
    session_id: Annotated[schemas.SessionId, Path(description="The session's name, from the list.")],
) -> schemas.Ended:
    """Ends one session of the caller's address, at once. Nobody else's is found."""
    return service.end(door, caller, session_id)


@router.post(
    "/session/second-factor",
    operation_id="beginSecondFactor",
    summary="Begin a second factor",
    responses=responses(401, 403),
)
def begin_second_factor(door: TheDoor, caller: InSession) -> schemas.Enrolment:
    """A secret for an authenticator (TOTP, RFC 6238): it counts once a first code of it was given."""
    return service.enrol(door, caller)


@router.post(
    "/session/second-factor/codes",
    operation_id="giveCode",
    summary="Give a code in this session",
    responses=responses(401, 403, 429),
)
def give_code(door: TheDoor, caller: InSession, by: Acting, body: schemas.Code) -> schemas.CodeTaken:
    """Takes a code of the authenticator, or a recovery code; for eight hours this session has both factors.

    Each code counts once. After five wrong ones none is taken for a quarter of an hour.
    """
    return service.give_code(door, caller, body.code, by)


@router.delete(
    "/session/second-factor",
    operation_id="removeSecondFactor",
    summary="Take the second factor off",
    responses=responses(401, 403),
)
def remove_second_factor(door: TheDoor, caller: InSession, by: Acting) -> schemas.Ended:
    """Removes secret and recovery codes, in a session in which a code was given."""
    return service.remove_second_factor(door, caller, by)


def _cookie_path(request: Request) -> str:
    """A hub's cookie goes to that hub's paths alone."""
    return str(request.scope.get("root_path") or "/")
