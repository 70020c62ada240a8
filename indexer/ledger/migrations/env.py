"""Alembic's environment: runs the migrations on the connection that `upgrade` or `downgrade` hands over."""

from alembic import context

from indexer.ledger.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
)
context.run_migrations()
