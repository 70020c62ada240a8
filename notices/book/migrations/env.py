"""Alembic's environment of notices: its own version table, beside the ledger's."""

from alembic import context

from notices.book.models import Base

VERSION_TABLE = "notices_version"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
)
context.run_migrations()
