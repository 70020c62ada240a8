"""Nothing leaves the audit log, and what somebody takes out of it by force shows."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from access.audit import START, Actor
from access.desk import Desk
from access.roles import Role

SHELL = Actor("shell:root", "1")
PEOPLE = ["0x" + digit * 40 for digit in "12345"]


@pytest.fixture
def log(desk: Desk) -> Desk:
    for address in PEOPLE:
        desk.users.grant(address, Role.SUPPORT, by=SHELL)
    return desk


def by_force(engine: Engine, statement: str) -> None:
    """As somebody who owns the database can."""
    off = {
        "sqlite": ["DROP TRIGGER access_audit_update", "DROP TRIGGER access_audit_delete"],
        "postgresql": ["ALTER TABLE access_audit DISABLE TRIGGER ALL"],
    }[engine.dialect.name]
    with engine.begin() as connection:
        for each in [*off, statement]:
            connection.execute(text(each))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_audit SET actor = 'nobody' WHERE id = 3",
        "DELETE FROM access_audit WHERE id = 3",
        "DELETE FROM access_audit",
    ],
)
def test_database_refuses_changes_and_a_forced_one_shows(log: Desk, engine: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
        connection.execute(text(statement))
    intact = log.audit.verify()
    assert (intact.rows, intact.broken) == (5, None)
    by_force(engine, statement)
    found = log.audit.verify()
    if "WHERE" in statement:
        assert found.broken == 3
    else:
        # A log that ends too early shows by the hash that somebody noted before.
        assert (found.rows, found.head, found.broken) == (0, START, None)
        assert found.head != intact.head


def test_database_refuses_to_empty_the_log(log: Desk, engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
        connection.execute(text("TRUNCATE access_audit"))


def test_head_is_the_last_rows_hash_and_moves_with_every_act(log: Desk) -> None:
    number, head = log.audit.head()
    assert (number, head) == (5, log.audit.verify().head)
    log.users.take(PEOPLE[0], Role.SUPPORT, by=SHELL, why="moved on")
    assert log.audit.head()[0] == 6
    assert log.audit.head()[1] != head


def test_newest_rows_come_first_page_by_page(log: Desk) -> None:
    first = log.audit.newest(limit=2)
    assert [row.id for row in first] == [5, 4]
    assert [row.id for row in log.audit.newest(limit=9, before=4)] == [3, 2, 1]
    assert [row.subject for row in log.audit.newest(limit=9, subject=PEOPLE[1])] == [PEOPLE[1]]
    assert log.audit.newest(limit=9, actor="0x" + "9" * 40) == []
