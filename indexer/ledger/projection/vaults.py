"""Rows of vaults: each change appends the vault's whole state; the vault's own row follows the last."""

from dataclasses import fields

from indexer.decode.events import (
    Event,
    LeaderCapSet,
    MemberMoved,
    PolicySet,
    TermsAccepted,
    VaultMarked,
    VaultOpened,
    VaultStatusSet,
)
from indexer.ledger.context import Context, VaultNow
from indexer.ledger.models import LeaderCap, Policy, VaultState
from indexer.ledger.rows import Place, Row, Rows, contradiction
from protocol.types import Policy as Rules
from protocol.types import Reason, VaultStatus

LEADER_POSITION = 2**32 - 1
_NOBODY = "0x" + "00" * 20

VaultChange = PolicySet | VaultStatusSet | MemberMoved | TermsAccepted | VaultMarked


def open_vault(rows: Rows, context: Context, place: Place, event: VaultOpened) -> None:
    """Post a new vault. Its changing columns are filled in from `rows.vaults` when the range is written."""
    referrer = None if event.referrer == _NOBODY else event.referrer
    now = VaultNow(
        strategy_id=event.strategy_id,
        owner=event.owner,
        referrer=referrer,
        status=VaultStatus.ACTIVE.label,
        status_reason=None,
        policy_revision=0,
        position=event.position,
        terms_version=event.terms_version,
        copy_fee_bps=event.copy_fee_bps,
        mark=0,
        invested=0,
    )
    context.vaults[event.vault_id] = now
    if event.vault_id in rows.opened_vaults:
        raise contradiction(place, f"vault {event.vault_id} was opened twice")
    rows.opened_vaults[event.vault_id] = place._asdict() | {
        "vault_id": event.vault_id,
        "strategy_id": event.strategy_id,
        "owner": event.owner,
        "is_leader": event.position == LEADER_POSITION,
        "referrer": referrer,
    }
    _record(rows, place, event.vault_id, now, event)


def change_vault(rows: Rows, context: Context, place: Place, event: VaultChange) -> None:
    """Post a vault's new policy, status, position, terms or marks."""
    if event.vault_id == 0:
        return  # a hole at the end of the member list was cut off: no vault changed
    now = context.vaults.get(event.vault_id)
    if now is None:
        raise contradiction(place, f"vault {event.vault_id} changed before it was opened")
    match event:
        case PolicySet():
            now.policy_revision = event.revision
            rules = _columns(event.policy)
            rows.add(Policy, place, vault_id=event.vault_id, revision=event.revision, **rules)
        case VaultStatusSet():
            now.status = event.status.label
            now.status_reason = None if event.reason is Reason.NONE else event.reason.snake
        case MemberMoved():
            now.position = event.position
        case TermsAccepted():
            now.terms_version = event.version
            now.copy_fee_bps = event.copy_fee_bps
        case VaultMarked():
            now.mark = event.mark
            now.invested = event.invested
    _record(rows, place, event.vault_id, now, event)


def post_cap(rows: Rows, place: Place, event: LeaderCapSet) -> None:
    """Post how much of an owner's money may be with one leader from now on."""
    rows.add(LeaderCap, place, owner=event.owner, cap_bps=event.cap_bps)


def _columns(policy: Rules) -> Row:
    values = {field.name: getattr(policy, field.name) for field in fields(policy)}
    names = {name: values[name].snake for name in ("sizing", "on_breach", "on_stop")}
    return values | names


def _record(rows: Rows, place: Place, vault_id: int, now: VaultNow, event: Event) -> None:
    rows.vaults[vault_id] = now
    deployment_id, block_number, log_index, block_time, tx_hash = place
    rows.new[VaultState].append(
        (
            deployment_id,
            block_number,
            log_index,
            vault_id,
            type(event).__name__,
            block_time,
            tx_hash,
            *now.changing(),
        )
    )
