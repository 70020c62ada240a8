"""Brings a database to this version's inbox, and refuses one that a newer version has changed."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from inbox.errors import InboxSchemaError
from inbox.writing import writing

VERSION_TABLE = "inbox_version"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create or upgrade the inbox's tables in one transaction, if they are not this version's already.

    Raises `InboxSchemaError` for a newer inbox.
    """
    scripts = ScriptDirectory.from_config(_config())
    target = scripts.get_current_head() if revision == "head" else revision
    with engine.connect() as connection:
        found = _revision(connection)
    if found == target:
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise InboxSchemaError(
            f"The database's inbox is at revision {found}, which this version of Lockstep does not know.",
            remedy="Install the newer Lockstep that wrote it, or give another --database-url.",
        )
    with writing(engine) as connection:
        # Several keepers may start at once: the second finds the work done.
        if _revision(connection) == found:
            command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to an older revision (`base`: none) in one transaction."""
    with writing(engine) as connection:
        command.downgrade(_config(connection), revision)


def _revision(connection: Connection) -> str | None:
    options = {"version_table": VERSION_TABLE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(__name__)))
    config.attributes["connection"] = connection
    return config
