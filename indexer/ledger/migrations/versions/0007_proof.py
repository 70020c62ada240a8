"""Which blocks no header has proven yet; blocks without their parents, which logs do not tell.

What a ledger without these had was proven by headers as it was read.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_COLUMNS = ("unproven_from", "unproven_to")
_UNKNOWN = "0x" + "00" * 32


def upgrade() -> None:
    """Add the two ends of what is unproven, drop the parents."""
    with op.batch_alter_table("deployments") as batch:
        for name in _COLUMNS:
            batch.add_column(sa.Column(name, sa.BigInteger(), nullable=True))
    with op.batch_alter_table("blocks") as batch:
        batch.drop_column("parent_hash")


def downgrade() -> None:
    """Take the ends away. Parents come back as zeros, for nothing in a ledger tells them."""
    with op.batch_alter_table("blocks") as batch:
        batch.add_column(
            sa.Column("parent_hash", sa.String(length=66), nullable=False, server_default=_UNKNOWN)
        )
    with op.batch_alter_table("blocks") as batch:
        batch.alter_column("parent_hash", server_default=None)
    with op.batch_alter_table("deployments") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)
