"""Answers about vaults."""

from collections.abc import Mapping, Sequence
from typing import cast

from api.events import event_of
from api.paging import cut, decode_cursor
from api.problems import ApiError
from api.schemas import Amount, Answer, Page
from api.snapshot import Snapshot
from api.vaults import repository
from api.vaults.repository import VaultRow
from api.vaults.schemas import Policy, Vault, VaultStatus


class VaultNotFoundError(ApiError):
    """No such vault."""

    status, slug, title = 404, "vault-not-found", "No such vault"


def list_vaults(
    snapshot: Snapshot,
    *,
    owner: str | None,
    strategy_id: int | None,
    status: VaultStatus | None,
    limit: int,
    cursor: str | None,
) -> Page[Vault]:
    """Return a page of vaults by id."""
    after = decode_cursor("vaults", 1, cursor)
    rows = repository.list_vaults(
        snapshot.session,
        snapshot.deployment_id,
        owner=owner,
        strategy_id=strategy_id,
        status=status,
        after=None if after is None else after[0],
        limit=limit + 1,
    )
    page, next_cursor = cut("vaults", limit, rows, lambda row: (row.vault.vault_id,))
    return Page(as_of_block=snapshot.block, data=_present(snapshot, page), next_cursor=next_cursor)


def get_vault(snapshot: Snapshot, vault_id: int) -> Answer[Vault]:
    """Return a vault. Raises `VaultNotFoundError`."""
    row = require_vault(snapshot, vault_id)
    return Answer(as_of_block=snapshot.block, data=_present(snapshot, [row])[0])


def require_vault(snapshot: Snapshot, vault_id: int) -> VaultRow:
    """Return a vault with its strategy and policy. Raises `VaultNotFoundError`."""
    block = snapshot.block
    found = repository.list_vaults(snapshot.session, snapshot.deployment_id, vault_id=vault_id, limit=1)
    if not found:
        raise VaultNotFoundError(
            f"No vault {vault_id} is known at block {block.number}.",
            remedy="List the vaults of an owner with GET /v1/vaults?owner=0x…",
        )
    return found[0]


def _present(snapshot: Snapshot, rows: Sequence[VaultRow]) -> list[Vault]:
    ids = [row.vault.vault_id for row in rows]
    balances = repository.list_balances(snapshot.session, snapshot.deployment_id, ids)
    copies = repository.count_copies(snapshot.session, snapshot.deployment_id, ids)
    return [_vault(snapshot, row, balances.get(row.vault.vault_id, {}), copies) for row in rows]


def _vault(
    snapshot: Snapshot,
    row: VaultRow,
    balances: Mapping[str, int],
    copies: Mapping[tuple[int, str], int],
) -> Vault:
    vault = row.vault
    listed = snapshot.tokens.by_address
    return Vault(
        id=vault.vault_id,
        strategy_id=vault.strategy_id,
        owner=vault.owner,
        is_leader=vault.is_leader,
        status=cast(VaultStatus, vault.status),
        copy_fee_bps=vault.copy_fee_bps,
        policy=_policy(snapshot, row),
        balances=[Amount.of(token, balances[at]) for at, token in listed.items() if balances.get(at)],
        filled=copies.get((vault.vault_id, "filled"), 0),
        skipped=copies.get((vault.vault_id, "skipped"), 0),
        opened=event_of(vault),
    )


def _policy(snapshot: Snapshot, row: VaultRow) -> Policy | None:
    policy, base = row.policy, row.strategy.base_token
    if policy is None:
        return None
    return Policy(
        revision=policy.revision,
        min_trade=snapshot.tokens.amount(base, policy.min_trade) if policy.min_trade else None,
        max_trade=snapshot.tokens.amount(base, policy.max_trade) if policy.max_trade else None,
    )
