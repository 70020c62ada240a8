"""Migrations make the tables of the models, go and come again, and refuse newer ones."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from social.book import Book
from social.errors import SocialSchemaError
from social.migrations import VERSION_TABLE, downgrade, upgrade
from social.models import Base
from tests.social.conftest import ANN


def test_migrations_make_the_tables_of_the_models(book: Book, engine: Engine) -> None:
    options = {
        "version_table": VERSION_TABLE,
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_newer_tables_are_refused_and_an_upgrade_twice_is_one(book: Book, engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE social_version SET version_num = '9999'"))
    with pytest.raises(SocialSchemaError, match="9999"):
        upgrade(engine)


def test_every_table_goes_and_comes_again_though_it_has_rows(book: Book, engine: Engine) -> None:
    book.follows.add(ANN, 1)
    downgrade(engine, "base")
    assert not [name for name in inspect(engine).get_table_names() if name in Base.metadata.tables]
    upgrade(engine)
    assert book.follows.count(1) == 0
