"""Handles, profiles, posts with their revisions, campaigns, follows, reports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDRESS = sa.String(length=42)
HASH = sa.String(length=66)
NAME = sa.String(length=20)
WORD = sa.String(length=16)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    _people()
    _posts()
    _campaigns()
    _cases()


def downgrade() -> None:
    """Take back."""
    for table in (
        "social_reports",
        "social_cases",
        "social_follows",
        "social_campaign_notes",
        "social_campaigns",
        "social_revisions",
        "social_posts",
        "social_profiles",
        "social_handles",
    ):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "social_handles",
        sa.Column("skeleton", NAME, nullable=False),
        sa.Column("handle", NAME, nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("skeleton"),
    )
    op.create_index("ix_social_handles_address", "social_handles", ["address", "since_us"])
    op.create_table(
        "social_profiles",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("skeleton", NAME, nullable=False),
        sa.Column("handle", NAME, nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("signed_us", sa.BigInteger(), nullable=False),
        sa.Column("outside_site", WORD, nullable=True),
        sa.Column("outside_name", sa.String(length=40), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.Column("removed_us", sa.BigInteger(), nullable=True),
        sa.Column("hidden_us", sa.BigInteger(), nullable=True),
        sa.Column("hidden_code", WORD, nullable=True),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index("ix_social_profiles_skeleton", "social_profiles", ["skeleton"])


def _posts() -> None:
    op.create_table(
        "social_posts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=False),
        sa.Column("author", ADDRESS, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_us", sa.BigInteger(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_us", sa.BigInteger(), nullable=True),
        sa.Column("hidden_us", sa.BigInteger(), nullable=True),
        sa.Column("hidden_code", WORD, nullable=True),
        sa.Column("trade_id", sa.BigInteger(), nullable=True),
        sa.Column("trade_tx", HASH, nullable=True),
        sa.Column("reply_to", ID, nullable=True),
        sa.Column("show_as", WORD, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("with_badge", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for name, columns in (
        ("strategy", ["chain_id", "hub", "kind", "strategy_id", "id"]),
        ("author", ["author", "kind", "id"]),
        ("reply", ["reply_to", "id"]),
        ("trade", ["chain_id", "hub", "trade_id"]),
    ):
        op.create_index(f"ix_social_posts_{name}", "social_posts", columns)
    op.create_table(
        "social_revisions",
        sa.Column("post_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("written_us", sa.BigInteger(), nullable=False),
        sa.Column("chain_s", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("post_id", "number"),
    )
    op.create_index("ix_social_revisions_written", "social_revisions", ["written_us"])


def _campaigns() -> None:
    op.create_table(
        "social_campaigns",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("skeleton", NAME, nullable=False),
        sa.Column("code", NAME, nullable=False),
        sa.Column("referrer", ADDRESS, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_us", sa.BigInteger(), nullable=False),
        sa.Column("ends_us", sa.BigInteger(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub", "skeleton"),
    )
    op.create_index("ix_social_campaigns_referrer", "social_campaigns", ["referrer"])
    op.create_table(
        "social_campaign_notes",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("vault_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tx_hash", HASH, nullable=False),
        sa.Column("skeleton", NAME, nullable=False),
        sa.Column("noted_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub", "vault_id", "tx_hash"),
    )


def _cases() -> None:
    op.create_table(
        "social_follows",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("strategy_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "hub", "address", "strategy_id"),
    )
    op.create_index("ix_social_follows_strategy", "social_follows", ["chain_id", "hub", "strategy_id"])
    op.create_table(
        "social_cases",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("subject_id", ADDRESS, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_social_cases_subject", "social_cases", ["chain_id", "hub", "subject", "subject_id"], unique=True
    )
    op.create_index("ix_social_cases_open", "social_cases", ["chain_id", "hub", "is_open", "id"])
    op.create_table(
        "social_reports",
        sa.Column("case_id", ID, autoincrement=False, nullable=False),
        sa.Column("reporter", ADDRESS, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reported_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "reporter"),
    )
    op.create_index("ix_social_reports_reporter", "social_reports", ["reporter", "reported_us"])
