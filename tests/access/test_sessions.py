import pytest
from sqlalchemy import Engine, select

from access.audit import Actor
from access.desk import Desk
from access.errors import UnknownSessionError
from access.models import Session
from access.roles import Role
from access.sessions import LIFE_US, MOST_OPEN, SECOND_FACTOR_US, STAFF_LIFE_US
from tests.access.conftest import PLACE, Moved
from tests.access.test_sign_in import ALICE, message, signed

ME = ALICE.address.lower()
ROOT = Actor("shell:root", "1")


def sign_in(desk: Desk) -> str:
    text = message(desk)
    return desk.sign_in(text, signed(text), PLACE, agent="firefox " * 50)[1].secret.text


def held(desk: Desk, token: str) -> Session | None:
    found = desk.holder(token, PLACE)
    return None if found is None else found[0]


def test_database_holds_no_token(desk: Desk, engine: Engine) -> None:
    token = sign_in(desk)
    with engine.connect() as connection:
        row = connection.execute(select(Session.__table__)).mappings().one()
    assert token.split("_")[1] == row["id"]
    assert token.split("_", 2)[2] not in str(dict(row))
    assert len(row["agent"]) == 200
    assert held(desk, token[:-1]) is None
    assert held(desk, row["id"]) is None
    assert held(desk, row["token_hash"]) is None


def test_session_lasts_a_week_and_that_of_staff_half_a_day(desk: Desk, clock: Moved) -> None:
    token = sign_in(desk)
    clock.now += LIFE_US - 1
    assert held(desk, token)
    clock.now += 1
    assert held(desk, token) is None
    desk.users.grant(ME, Role.SUPPORT, by=ROOT)
    token = sign_in(desk)
    clock.now += STAFF_LIFE_US
    assert held(desk, token) is None


def test_sessions_are_listed_and_end_one_by_one_or_all_at_once(desk: Desk, clock: Moved) -> None:
    tokens = []
    for _ in range(3):
        tokens.append(sign_in(desk))
        clock.pass_s(1)
    assert [each.id for each in desk.sessions.of(ME)] == [token.split("_")[1] for token in reversed(tokens)]
    desk.sessions.revoke(ME, tokens[1].split("_")[1])
    assert [held(desk, token) is None for token in tokens] == [False, True, False]
    for strange in (tokens[1].split("_")[1], "000000000000"):
        with pytest.raises(UnknownSessionError):
            desk.sessions.revoke(ME, strange)
    with pytest.raises(UnknownSessionError):
        desk.sessions.revoke("0x" + "00" * 20, tokens[0].split("_")[1])
    assert desk.sign_out_everywhere(ME) == 2
    assert desk.sessions.of(ME) == []
    assert desk.sessions.count_open() == 0


def test_oldest_session_ends_when_there_are_too_many(desk: Desk, clock: Moved) -> None:
    tokens = []
    for _ in range(MOST_OPEN + 1):
        tokens.append(sign_in(desk))
        clock.pass_s(1)
    assert held(desk, tokens[0]) is None
    assert held(desk, tokens[1])
    assert len(desk.sessions.of(ME)) == MOST_OPEN


def test_use_is_noted_to_the_minute(desk: Desk, clock: Moved) -> None:
    token, opened = sign_in(desk), clock.now
    clock.pass_s(59)
    held(desk, token)
    assert desk.sessions.of(ME)[0].seen_us == opened
    clock.pass_s(2)
    held(desk, token)
    assert desk.sessions.of(ME)[0].seen_us == clock.now


def test_code_counts_in_its_session_for_a_working_day(desk: Desk, clock: Moved) -> None:
    token, other = sign_in(desk), sign_in(desk)
    desk.sessions.raise_to_second_factor(token.split("_")[1])
    raised = [desk.sessions.has_second_factor(held(desk, each)) for each in (token, other)]  # type: ignore[arg-type]
    assert raised == [True, False]
    clock.now += SECOND_FACTOR_US
    assert not desk.sessions.has_second_factor(held(desk, token))  # type: ignore[arg-type]
