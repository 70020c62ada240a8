"""Answers about sessions."""

from eth_utils.address import to_checksum_address

from access.audit import Actor
from access.nonces import LIFE_US
from api.access.caller import Caller
from api.access.door import Door, place_of
from api.access.problems import SecondFactorNeededError, refusals
from api.schemas import utc_of_microseconds
from api.sessions import schemas
from api.snapshot import Snapshot
from inbox.clock import now_us


def message(door: Door, snapshot: Snapshot, address: str, *, host: str) -> schemas.ToSign:
    """Return a message to sign."""
    text = door.desk.message(address, place_of(snapshot), host=host)
    return schemas.ToSign(message=text, expires=utc_of_microseconds(now_us() + LIFE_US))


def sign_in(
    door: Door, snapshot: Snapshot, body: schemas.SignIn, *, agent: str
) -> tuple[str, schemas.Opened]:
    """Open a session; its token, and the answer. Raises `SignInRefusedError` or `BlockedError`."""
    with refusals():
        signed, opened = door.desk.sign_in(
            body.message, bytes.fromhex(body.signature[2:]), place_of(snapshot), agent=agent
        )
    answer = schemas.Opened(
        token=None if body.cookie else opened.secret.text,
        id=opened.secret.id,
        address=to_checksum_address(signed.address),
        expires=utc_of_microseconds(opened.expires_us),
    )
    return opened.secret.text, answer


def describe(door: Door, caller: Caller) -> schemas.Me:
    """Return who asks."""
    granted = door.desk.users.find(caller.address).effective
    enrolled = door.desk.second_factors.confirmed(caller.address)
    return schemas.Me(
        address=to_checksum_address(caller.address),
        roles=sorted(caller.roles),
        granted=sorted(granted),
        scopes=sorted(caller.scopes),
        session=caller.session,
        second_factor=schemas.SecondFactorState(enrolled=enrolled, given=caller.second_factor),
    )


def list_sessions(door: Door, caller: Caller) -> schemas.Sessions:
    """Return the caller's open sessions."""
    return schemas.Sessions(
        data=[
            schemas.Session(
                id=row.id,
                current=row.id == caller.session,
                agent=row.agent,
                chain_id=row.chain_id,
                hub=row.hub,
                opened=utc_of_microseconds(row.opened_us),
                seen=utc_of_microseconds(row.seen_us),
                expires=utc_of_microseconds(row.expires_us),
            )
            for row in door.desk.sessions.of(caller.address)
        ]
    )


def end(door: Door, caller: Caller, session_id: str) -> schemas.Ended:
    """End one of the caller's sessions. Raises `SessionNotFoundError`."""
    with refusals():
        door.desk.sessions.revoke(caller.address, session_id)
    return schemas.Ended(ended=1)


def enrol(door: Door, caller: Caller) -> schemas.Enrolment:
    """Begin a second factor. Raises `SecondFactorUnavailableError` or `CodeRefusedError`."""
    with refusals():
        begun = door.desk.second_factors.enrol(caller.address)
    return schemas.Enrolment(secret=begun.secret, uri=begun.uri)


def give_code(door: Door, caller: Caller, code: str, by: Actor) -> schemas.CodeTaken:
    """Take a code in the caller's session. Raises `CodeRefusedError` or `CodesLockedError`."""
    with refusals():
        made = door.desk.second_factors.give(caller.address, code, by=by)
    if caller.session is not None:
        door.desk.sessions.raise_to_second_factor(caller.session)
    return schemas.CodeTaken(second_factor=True, recovery_codes=made)


def remove_second_factor(door: Door, caller: Caller, by: Actor) -> schemas.Ended:
    """Take the caller's second factor off. Raises `SecondFactorNeededError`."""
    factors = door.desk.second_factors
    confirmed = factors.confirmed(caller.address)
    if confirmed and not caller.second_factor:
        raise SecondFactorNeededError(
            "No code was given in this session.",
            remedy="POST /v1/session/second-factor/codes with a code, or a recovery code.",
        )
    factors.remove(caller.address, by=by)
    return schemas.Ended(ended=int(confirmed))
