import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from access.audit import Actor
from access.calls import Act
from access.desk import Desk
from access.errors import AccessSchemaError
from access.incidents import Severity
from access.leaders import LeaderAct
from access.migrations import VERSION_TABLE, downgrade, upgrade
from access.models import Base
from access.roles import Role, Scope
from tests.access.conftest import PLACE, SITE
from tests.access.test_sessions import ME, sign_in
from tests.access.test_sign_in import ALICE

BY = Actor("shell:root", "1")


def test_migrations_make_the_tables_of_the_models(desk: Desk, engine: Engine) -> None:
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_newer_tables_are_refused_and_an_upgrade_twice_is_one(desk: Desk, engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE access_version SET version_num = '9999'"))
    with pytest.raises(AccessSchemaError, match="9999"):
        upgrade(engine)


def test_every_table_goes_and_comes_again_though_it_has_rows(desk: Desk, engine: Engine) -> None:
    sign_in(desk)
    desk.keys.create(ME, "notebook", {Scope.PUBLIC}, days=1)
    desk.users.grant(ME, Role.SUPPORT, by=BY)
    office = desk.office(PLACE)
    office.incidents.open(Severity.NOTICE, "Works", "Slow for an hour.", by=BY)
    office.leaders.act(ALICE.address, LeaderAct.VERIFY, by=BY, why="known")
    office.proposals.propose(Act.HALT_TRADING, [0], by=BY, why="drill")
    downgrade(engine, "0001")
    assert desk.users.count() == 1
    downgrade(engine, "base")
    assert not [name for name in inspect(engine).get_table_names() if name in Base.metadata.tables]
    upgrade(engine)
    assert Desk(engine, SITE).users.count() == 0
