"""Migrations make exactly the tables of the models, on both databases, and refuse what they do not know."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from indexer.ledger.database import open_engine
from indexer.ledger.errors import DatabaseUnavailableError, SchemaMismatchError
from indexer.ledger.migrations import downgrade, ensure_current, upgrade
from indexer.ledger.models import Base
from indexer.ledger.rollback import BLOCK_TABLES


def test_migrated_tables_are_those_of_the_models(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_twice_changes_nothing_and_downgrade_removes_every_table(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)
    ensure_current(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}


def test_newer_database_is_refused_and_left_alone(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for check in (upgrade, ensure_current):
        with pytest.raises(SchemaMismatchError, match="9999") as caught:
            check(engine)
        assert "newer" in caught.value.remedy
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_empty_database_is_not_current(engine: Engine) -> None:
    with pytest.raises(SchemaMismatchError, match="no ledger yet") as caught:
        ensure_current(engine)
    assert "lockstep index" in caught.value.remedy
    assert inspect(engine).get_table_names() == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://somewhere/db", "mysql"),
        ("://", "not a database URL"),
        ("sqlite:////no/such/folder/x.db", "cannot be opened"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be opened"),
    ],
)
def test_unusable_database_url_says_what_to_do(url: str, problem: str) -> None:
    with pytest.raises(DatabaseUnavailableError, match=problem) as caught:
        open_engine(url)
    assert caught.value.remedy


def test_rollback_covers_every_table_that_lives_and_dies_with_a_block() -> None:
    kept_on_purpose = {"orphaned_logs", "reconciliations"}
    by_block = {table.name for table in Base.metadata.tables.values() if "block_number" in table.columns}
    assert {table.__tablename__ for table in BLOCK_TABLES} == by_block - kept_on_purpose
