"""Brings a database to this version's tables, and refuses one that a newer version has changed."""

from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select

from indexer.derived.rebuild import rebuild
from indexer.ledger.errors import SchemaMismatchError
from indexer.ledger.models import Deployment

_LOCK = 0x10C5_7E9
"""PostgreSQL's advisory lock of whoever changes the tables; any number that no other program takes."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create or upgrade the tables in one transaction. Raises `SchemaMismatchError` for a newer database.

    Of two that come at once on PostgreSQL the second waits, and finds the work done. Read models are made
    anew when the tables have changed.
    """
    head, _ = _revisions()
    if _refuse_unknown(engine) == (head if revision == "head" else revision):
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(_config(connection), revision)
        if (
            before not in {None, head}
            and MigrationContext.configure(connection).get_current_revision() == head
        ):
            for deployment_id in connection.scalars(select(Deployment.id)).all():
                rebuild(connection, deployment_id)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to an older revision (`base`: none) in one transaction."""
    _refuse_unknown(engine)
    with engine.begin() as connection:
        command.downgrade(_config(connection), revision)


def ensure_current(engine: Engine) -> None:
    """Raise `SchemaMismatchError` unless the database has exactly this version's tables. Changes nothing."""
    found = _refuse_unknown(engine)
    if found != _revisions()[0]:
        raise SchemaMismatchError(
            "The database has no ledger yet."
            if found is None
            else f"The database is at old revision {found}.",
            remedy="Run `lockstep index` on it once: it creates and upgrades the tables.",
        )


def _refuse_unknown(engine: Engine) -> str | None:
    """The database's revision; None for one without tables."""
    found = _revision(engine)
    if found is not None and found not in _revisions()[1]:
        raise SchemaMismatchError(
            f"The database is at revision {found}, which this version of Lockstep does not know.",
            remedy="Install the newer Lockstep that wrote it, or give another --database-url.",
        )
    return found


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision, and all. Alembic would load every migration again each time it is asked."""
    scripts = ScriptDirectory.from_config(_config())
    return scripts.get_current_head(), frozenset(each.revision for each in scripts.walk_revisions())


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(connection: object | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(__name__)))
    config.attributes["connection"] = connection
    return config
