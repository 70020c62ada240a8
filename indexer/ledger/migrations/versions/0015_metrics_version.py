"""Counts the times that leaders' metrics were made anew, so that answers with them can be kept until then."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the count."""
    with op.batch_alter_table("deployments") as batch:
        batch.add_column(sa.Column("metrics_version", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("deployments") as batch:
        batch.drop_column("metrics_version")
