"""Roles: who grants what to whom, how many it takes, and that all of it is in the audit log."""

import json

import pytest

from access.audit import Actor
from access.desk import Desk
from access.errors import BlockedError, RoleRefusedError
from access.roles import Role, Scope
from tests.access.conftest import PLACE
from tests.access.test_sessions import ME, sign_in
from tests.access.test_sign_in import message, signed

SHELL = Actor("shell:root", "1")
ANN, BEN, CARA = ("0x" + digit * 40 for digit in "123")
BY_ANN, BY_BEN = Actor(ANN, "2"), Actor(BEN, "3")


@pytest.fixture
def admins(desk: Desk) -> Desk:
    for address in (ANN, BEN):
        desk.users.allow(address, by=SHELL)
        desk.users.grant(address, Role.ADMIN, by=SHELL)
    return desk


def refused(desk: Desk, address: str, role: Role, by: Actor) -> str:
    with pytest.raises(RoleRefusedError) as found:
        desk.users.grant(address, role, by=by)
    return str(found.value)


def test_operator_needs_an_allowlisted_address_and_two_administrators(admins: Desk) -> None:
    assert "not on the allowlist" in refused(admins, CARA, Role.OPERATOR, BY_ANN)
    admins.users.allow(CARA, by=BY_ANN)
    assert "yourself" in refused(admins, CARA, Role.OPERATOR, BY_ANN)
    admins.users.grant(CARA, Role.OPERATOR, by=BY_BEN)
    assert admins.users.find(CARA).effective == {Role.OPERATOR}


def test_nobody_grants_to_themselves_and_nobody_is_made_leader(admins: Desk) -> None:
    assert "themselves" in refused(admins, ANN, Role.OPERATOR, BY_ANN)
    assert "made leader" in refused(admins, CARA, Role.LEADER, BY_ANN)
    assert "made follower" in refused(admins, CARA, Role.FOLLOWER, BY_ANN)


def test_support_needs_neither(admins: Desk) -> None:
    admins.users.grant(CARA, Role.SUPPORT, by=BY_ANN)
    assert admins.users.find(CARA).effective == {Role.SUPPORT}


def test_off_the_allowlist_the_role_counts_no_more_at_once(admins: Desk) -> None:
    admins.users.grant(BEN, Role.SUPPORT, by=BY_ANN)
    admins.users.disallow(BEN, by=BY_ANN, why="left the company")
    assert admins.users.find(BEN).granted == {Role.ADMIN, Role.SUPPORT}
    assert admins.users.find(BEN).effective == {Role.SUPPORT}


def test_last_administrator_stays(admins: Desk) -> None:
    admins.users.take(ANN, Role.ADMIN, by=BY_BEN, why="holidays")
    with pytest.raises(RoleRefusedError, match="last administrator"):
        admins.users.take(BEN, Role.ADMIN, by=BY_BEN, why="holidays")
    with pytest.raises(RoleRefusedError, match="yourself out"):
        admins.users.block(BEN, by=BY_BEN, why="tired")


def test_blocked_address_loses_sessions_and_keys_and_signs_in_no_more(desk: Desk) -> None:
    token, key = sign_in(desk), desk.keys.create(ME, "notebook", {Scope.PUBLIC}, days=1)
    desk.users.block(ME, by=SHELL, why="key reported stolen")
    assert desk.holder(token, PLACE) is None
    assert desk.keys.find(key.text) is None
    text = message(desk)
    with pytest.raises(BlockedError):
        desk.sign_in(text, signed(text), PLACE, agent="test")
    desk.users.unblock(ME, by=SHELL, why="all is well")
    assert desk.holder(token, PLACE) is None
    desk.sign_in(text, signed(text), PLACE, agent="test")


def test_every_act_is_in_the_audit_log_with_before_and_after_and_none_twice(desk: Desk) -> None:
    users = desk.users
    for _ in range(2):
        users.allow(CARA, by=SHELL, why="new colleague")
        users.grant(CARA, Role.OPERATOR, by=SHELL, why="on call")
        users.block(CARA, by=BY_ANN, why="stolen laptop")
    users.unblock(CARA, by=BY_ANN, why="found again")
    users.take(CARA, Role.OPERATOR, by=BY_BEN, why="moved on")
    users.disallow(CARA, by=BY_BEN, why="moved on")
    rows = [
        (row.actor, row.act, json.loads(row.before), json.loads(row.after), row.why, row.request_id)
        for row in reversed(desk.audit.newest(limit=100, subject=CARA))
    ]
    assert rows == [
        ("shell:root", "address.allowed", {"allowed": False}, {"allowed": True}, "new colleague", "1"),
        ("shell:root", "role.granted", {"roles": []}, {"roles": ["operator"]}, "on call", "1"),
        (ANN, "user.blocked", {"blocked": False}, {"blocked": True}, "stolen laptop", "2"),
        (ANN, "user.unblocked", {"blocked": True}, {"blocked": False}, "found again", "2"),
        (BEN, "role.taken", {"roles": ["operator"]}, {"roles": []}, "moved on", "3"),
        (BEN, "address.disallowed", {"allowed": True}, {"allowed": False}, "moved on", "3"),
    ]


def test_people_are_listed_by_address_and_staff_apart(admins: Desk) -> None:
    admins.users.block(CARA, by=BY_ANN, why="spam")
    assert [person.address for person in admins.users.list(limit=2)] == [ANN, BEN]
    assert [person.address for person in admins.users.list(limit=2, after=BEN)] == [CARA]
    assert [person.address for person in admins.users.list(limit=9, staff=True)] == [ANN, BEN]
    assert admins.users.count() == 3
