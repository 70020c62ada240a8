import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from inbox.errors import InboxSchemaError
from inbox.migrations import VERSION_TABLE, upgrade
from inbox.models import Base


def test_migrations_make_the_tables_of_the_models(store: Engine) -> None:
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
    }
    with store.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_newer_inbox_is_refused_and_an_upgrade_twice_is_one(store: Engine) -> None:
    upgrade(store)
    with store.begin() as connection:
        connection.execute(text("UPDATE inbox_version SET version_num = '9999'"))
    with pytest.raises(InboxSchemaError, match="9999"):
        upgrade(store)
