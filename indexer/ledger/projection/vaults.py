"""Rows of vaults: each change appends the vault's whole state; the vault's own row follows the last."""

from indexer.decode.events import Event, MemberMoved, PolicySet, VaultOpened, VaultStatus, VaultStatusSet
from indexer.ledger.context import Context, VaultNow
from indexer.ledger.models import Policy, Vault, VaultState
from indexer.ledger.rows import Place, Rows, contradiction

LEADER_POSITION = 2**32 - 1


def open_vault(rows: Rows, context: Context, place: Place, event: VaultOpened) -> None:
    """Post a new vault. Its changing columns are filled in from `rows.vaults` when the range is written."""
    now = VaultNow(VaultStatus.ACTIVE.label, 0, event.position)
    context.vaults[event.vault_id] = now
    rows.add(
        Vault,
        place,
        vault_id=event.vault_id,
        strategy_id=event.strategy_id,
        owner=event.owner,
        is_leader=event.position == LEADER_POSITION,
        copy_fee_bps=event.copy_fee_bps,
    )
    _record(rows, place, event.vault_id, now, event)


def change_vault(
    rows: Rows, context: Context, place: Place, event: PolicySet | VaultStatusSet | MemberMoved
) -> None:
    """Post a vault's new policy, status or position."""
    if event.vault_id == 0:
        return  # a hole at the end of the member list was cut off: no vault changed
    now = context.vaults.get(event.vault_id)
    if now is None:
        raise contradiction(place, f"vault {event.vault_id} changed before it was opened")
    match event:
        case PolicySet():
            now.policy_revision = event.revision
            rows.add(
                Policy,
                place,
                vault_id=event.vault_id,
                revision=event.revision,
                min_trade=event.min_trade,
                max_trade=event.max_trade,
            )
        case VaultStatusSet():
            now.status = event.status.label
        case MemberMoved():
            now.position = event.position
    _record(rows, place, event.vault_id, now, event)


def _record(rows: Rows, place: Place, vault_id: int, now: VaultNow, event: Event) -> None:
    rows.vaults[vault_id] = now
    rows.add(
        VaultState,
        place,
        vault_id=vault_id,
        event=type(event).__name__,
        status=now.status,
        policy_revision=now.policy_revision,
        position=now.position,
    )
