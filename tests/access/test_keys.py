import pytest
from sqlalchemy import Engine, select

from access.desk import Desk
from access.errors import TooManyKeysError, UnknownKeyError
from access.keys import MOST_KEYS, scopes_of
from access.models import Key
from access.roles import Scope
from tests.access.conftest import Moved

ME, OTHER = "0x" + "aa" * 20, "0x" + "bb" * 20


def test_key_is_found_by_its_text_until_it_expires_and_the_database_has_only_its_hash(
    desk: Desk, clock: Moved, engine: Engine
) -> None:
    made = desk.keys.create(ME, "notebook", {Scope.PRIVATE}, days=2)
    with engine.connect() as connection:
        row = dict(connection.execute(select(Key.__table__)).mappings().one())
    assert made.text.startswith(f"lsk_{row['id']}_")
    assert made.text.split("_", 2)[2] not in str(row)
    found = desk.keys.find(made.text)
    assert found is not None
    assert (found.address, scopes_of(found)) == (ME, {Scope.PRIVATE})
    assert desk.keys.of(ME)[0].used_us == clock.now
    assert desk.keys.find(made.text + "x") is None
    clock.pass_s(2 * 86_400)
    assert desk.keys.find(made.text) is None


def test_key_is_revoked_by_its_owner_alone(desk: Desk) -> None:
    made = desk.keys.create(ME, "notebook", {Scope.PUBLIC, Scope.PRIVATE}, days=1)
    with pytest.raises(UnknownKeyError):
        desk.keys.revoke(OTHER, made.id)
    assert desk.keys.find(made.text)
    desk.keys.revoke(ME, made.id)
    assert desk.keys.find(made.text) is None
    with pytest.raises(UnknownKeyError):
        desk.keys.revoke(ME, made.id)
    assert [key.revoked_us is None for key in desk.keys.of(ME)] == [False]
    assert desk.keys.of(OTHER) == []


def test_number_of_keys_that_are_good_is_bounded(desk: Desk, clock: Moved) -> None:
    for number in range(MOST_KEYS):
        last = desk.keys.create(ME, str(number), {Scope.PUBLIC}, days=1)
    with pytest.raises(TooManyKeysError):
        desk.keys.create(ME, "more", {Scope.PUBLIC}, days=1)
    desk.keys.create(OTHER, "theirs", {Scope.PUBLIC}, days=1)
    desk.keys.revoke(ME, last.id)
    desk.keys.create(ME, "instead", {Scope.PUBLIC}, days=1)
    clock.pass_s(86_400)
    desk.keys.create(ME, "later", {Scope.PUBLIC}, days=1)
