"""Who of some authors counts as a verified follower of a strategy, by the ledger's rows at the snapshot."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from api.snapshot import Snapshot
from indexer.ledger.models import Strategy, Vault, VaultState
from social.badges import Held, badge_of, held_s, money_that_counts


def badges_of(snapshot: Snapshot, strategy: Strategy, authors: Collection[str]) -> dict[str, Held]:
    """Return author → badge, of those that have one. The vault that held money longest counts."""
    if not authors:
        return {}
    money = money_that_counts(strategy.min_deposit, snapshot.tokens.decimals(strategy.base_token))
    longest: defaultdict[str, int] = defaultdict(int)
    for owner, states in _states(snapshot, strategy.strategy_id, authors):
        longest[owner] = max(longest[owner], held_s(states, money, snapshot.time))
    found = {owner: badge_of(seconds) for owner, seconds in longest.items()}
    return {owner: badge for owner, badge in found.items() if badge is not None}


def _states(
    snapshot: Snapshot, strategy_id: int, owners: Collection[str]
) -> list[tuple[str, list[tuple[int, int]]]]:
    """Owner and states, (unix second, invested), of each vault of theirs."""
    query = (
        select(Vault.vault_id, Vault.owner, VaultState.block_time, VaultState.invested)
        .join(
            VaultState,
            (VaultState.deployment_id == Vault.deployment_id) & (VaultState.vault_id == Vault.vault_id),
        )
        .where(
            Vault.deployment_id == snapshot.deployment_id,
            Vault.strategy_id == strategy_id,
            Vault.owner.in_(owners),
            Vault.is_leader.is_(False),
        )
        .order_by(Vault.vault_id, VaultState.block_number, VaultState.log_index)
    )
    found: dict[int, tuple[str, list[tuple[int, int]]]] = {}
    for vault_id, owner, at, invested in snapshot.session.execute(query):
        found.setdefault(vault_id, (owner, []))[1].append((at, invested))
    return list(found.values())
