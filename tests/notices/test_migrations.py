import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from notices.book.errors import NoticesSchemaError
from notices.book.kinds import Kind
from notices.book.migrations import VERSION_TABLE, downgrade, upgrade
from notices.book.models import Base
from tests.notices.conftest import Office


def test_migrations_make_the_tables_of_the_models_and_take_them_back_with_data_in_them(
    office: Office,
) -> None:
    office.wish(office.confirmed(), Kind.TRADE_COPIED)
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
    }
    with office.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    downgrade(office.engine, "base")
    left = inspect(office.engine).get_table_names()
    assert not [name for name in left if name.startswith("notice_")]
    assert {"vaults", "inbox_orders"} <= set(left)
    upgrade(office.engine)
    assert office.channels.all("") == []


def test_newer_tables_are_refused(office: Office) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE notices_version SET version_num = '9999'"))
    with pytest.raises(NoticesSchemaError, match="9999"):
        upgrade(office.engine)
