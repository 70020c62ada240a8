"""People, roles, sessions, keys, second factors, and the audit log that nobody changes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ADDRESS = sa.String(length=42)
DIGEST = sa.String(length=64)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

REFUSAL = "the audit log is only ever added to"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "access_allowed",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "access_audit",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("hash", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_audit_subject", "access_audit", ["subject", "id"], unique=False)
    op.create_table(
        "access_grants",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", "role"),
    )
    op.create_table(
        "access_keyring",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("secret", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "access_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("token_hash", DIGEST, nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=64), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_keys_address", "access_keys", ["address"], unique=False)
    op.create_index("ix_access_keys_token", "access_keys", ["token_hash"], unique=True)
    op.create_table(
        "access_nonces",
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_index("ix_access_nonces_expires", "access_nonces", ["expires_us"], unique=False)
    op.create_table(
        "access_recovery_codes",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("code_hash", DIGEST, nullable=False),
        sa.Column("used_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("address", "code_hash"),
    )
    op.create_table(
        "access_second_factors",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("confirmed_us", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "access_sessions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("token_hash", DIGEST, nullable=False),
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("hub", ADDRESS, nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.Column("second_factor_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_access_sessions_address", "access_sessions", ["address", "expires_us"], unique=False)
    op.create_index("ix_access_sessions_token", "access_sessions", ["token_hash"], unique=True)
    op.create_table(
        "access_users",
        sa.Column("address", ADDRESS, nullable=False),
        sa.Column("first_us", sa.BigInteger(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=True),
        sa.Column("blocked_us", sa.BigInteger(), nullable=True),
        sa.Column("blocked_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("address"),
    )
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER access_audit_rows ON access_audit")
        op.execute("DROP TRIGGER access_audit_whole ON access_audit")
        op.execute("DROP FUNCTION access_audit_refuse()")
    op.drop_table("access_users")
    op.drop_index("ix_access_sessions_token", table_name="access_sessions")
    op.drop_index("ix_access_sessions_address", table_name="access_sessions")
    op.drop_table("access_sessions")
    op.drop_table("access_second_factors")
    op.drop_table("access_recovery_codes")
    op.drop_index("ix_access_nonces_expires", table_name="access_nonces")
    op.drop_table("access_nonces")
    op.drop_index("ix_access_keys_token", table_name="access_keys")
    op.drop_index("ix_access_keys_address", table_name="access_keys")
    op.drop_table("access_keys")
    op.drop_table("access_keyring")
    op.drop_table("access_grants")
    op.drop_index("ix_access_audit_subject", table_name="access_audit")
    op.drop_table("access_audit")
    op.drop_table("access_allowed")


def _guards() -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER access_audit_{what.lower()} BEFORE {what} ON access_audit "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            for what in ("UPDATE", "DELETE")
        ]
    refuse = "EXECUTE FUNCTION access_audit_refuse()"
    return [
        "CREATE FUNCTION access_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER access_audit_rows BEFORE UPDATE OR DELETE ON access_audit FOR EACH ROW {refuse}",
        f"CREATE TRIGGER access_audit_whole BEFORE TRUNCATE ON access_audit FOR EACH STATEMENT {refuse}",
    ]
