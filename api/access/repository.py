"""What the chain says somebody is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.roles import Role
from indexer.ledger.models import Strategy, Vault


def chain_roles(session: Session, deployment_id: int, address: str) -> frozenset[Role]:
    """Return leader for who has a strategy, follower for who has a vault of another's; EIP-55 address."""
    led = select(Strategy.strategy_id).where(
        Strategy.deployment_id == deployment_id, Strategy.leader == address
    )
    owned = select(Vault.vault_id).where(
        Vault.deployment_id == deployment_id, Vault.owner == address, Vault.is_leader.is_(False)
    )
    found = {Role.LEADER: led, Role.FOLLOWER: owned}
    return frozenset(role for role, query in found.items() if session.scalars(query.limit(1)).first())
