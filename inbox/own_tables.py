"""Tables beside the ledger's, with a schema version of their own: brought to this version, or refused."""

from dataclasses import dataclass
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
        scripts = ScriptDirectory.from_config(self._config())
        target = scripts.get_current_head() if revision == "head" else revision
        with engine.connect() as connection:
            found = self._revision(connection)
        if found == target:
            return
        known = {script.revision for script in scripts.walk_revisions()}
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

    def _config(self, connection: Connection | None = None) -> Config:
        config = Config()
        config.set_main_option("script_location", str(files(self.scripts)))
        config.attributes["connection"] = connection
        return config
