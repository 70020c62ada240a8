"""Tables beside the ledger's, with a schema version of their own: brought to this version, or refused."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from inbox.writing import writing
from indexer.errors import IndexerError


@dataclass(frozen=True, slots=True)
class OwnTables:
    """Tables of one package: `scripts` is its migrations' package, `error` what a newer schema raises."""

    name: str
    scripts: str
    error: type[IndexerError]

    @property
    def version_table(self) -> str:
        """Where the database keeps the revision."""
        return f"{self.name}_version"

    def upgrade(self, engine: Engine, revision: str = "head") -> None:
        """Create or upgrade the tables in one transaction, if they are not this version's already.

        Raises `error` for newer ones.
        """
        head, known = _revisions(self.scripts)
        target = head if revision == "head" else revision
        with engine.connect() as connection:
            found = self._revision(connection)
        if found == target:
            return
        if found is not None and found not in known:
            raise self.error(
                f"The database's {self.name} is at revision {found}, which this version of Lockstep "
                "does not know.",
                remedy="Install the newer Lockstep that wrote it, or give another --database-url.",
            )
        with writing(engine) as connection:
            # Several processes may start at once: the second finds the work done.
            if self._revision(connection) == found:
                command.upgrade(self._config(connection), revision)

    def downgrade(self, engine: Engine, revision: str) -> None:
        """Take migrations back, in one transaction."""
        with writing(engine) as connection:
            command.downgrade(self._config(connection), revision)

    def _revision(self, connection: Connection) -> str | None:
        options = {"version_table": self.version_table}
        return MigrationContext.configure(connection, opts=options).get_current_revision()

    def _config(self, connection: Connection) -> Config:
        config = _config(self.scripts)
        config.attributes["connection"] = connection
        return config


def _config(scripts: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(scripts)))
    return config


@cache
def _revisions(scripts: str) -> tuple[str | None, frozenset[str]]:
    """A package's newest revision, and all. Alembic would load every migration again whenever it is asked."""
    directory = ScriptDirectory.from_config(_config(scripts))
    return directory.get_current_head(), frozenset(each.revision for each in directory.walk_revisions())
