"""Counts the times that leaders' metrics were made anew, so that answers with them can be kept until then."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the count."""
    op.add_column(
        "deployments", sa.Column("metrics_version", sa.BigInteger(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Take it away where it is: views read the table."""
    op.drop_column("deployments", "metrics_version")
