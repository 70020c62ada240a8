"""News: what was written, in the order in which it was committed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDRESS = sa.String(length=42)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What is there already is told in the order of its own clock.
FILL = """
INSERT INTO inbox_news (chain_id, hub, kind, subject, sequence)
SELECT chain_id, hub, kind, subject, sequence FROM (
    SELECT o.chain_id, o.hub, 'transition' AS kind, e.order_id AS subject, e.sequence, e.processed_us AS at
    FROM inbox_order_events e JOIN inbox_orders o ON o.id = e.order_id
    UNION ALL
    SELECT chain_id, hub, 'stop', id, 0, since_us FROM inbox_stops
    UNION ALL
    SELECT chain_id, hub, 'lift', id, 0, lifted_us FROM inbox_stops WHERE lifted_us IS NOT NULL
) AS written ORDER BY at, subject, sequence
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inbox_news",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_inbox_news_hub", "inbox_news", ["chain_id", "hub", "id"], unique=False)
    op.execute(FILL)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_inbox_news_hub", table_name="inbox_news")
    op.drop_table("inbox_news")
