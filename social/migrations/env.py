"""Alembic's environment of social: its own version table, beside the ledger's."""

from alembic import context

from social.models import Base

VERSION_TABLE = "social_version"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
)
context.run_migrations()
