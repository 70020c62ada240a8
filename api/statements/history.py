"""Turns the ledger's rows of one vault into what `accounting` replays."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounting.book import (
    COST_KINDS,
    Charge,
    CostKind,
    CostMethod,
    Deposit,
    Event,
    Fill,
    Return,
    Withdrawal,
)
from accounting.history import History, replay
from accounting.quotes import Quote
from api.snapshot import Snapshot
from api.statements import repository
from api.statements.repository import FlowRow
from api.trades.fills import keeper_part
from api.trades.repository import CopyRow, list_vault_copies
from indexer.ledger.models import Clearing, Strategy, Vault


@dataclass(frozen=True, slots=True)
class VaultHistory:
    """A vault's rows in chain order, and what they come to.

    ``lines`` holds flows, fees and copies, skips included; ``history.steps`` has one step for each line but
    the skips.
    """

    lines: Sequence[FlowRow | CopyRow]
    history: History


def vault_history(snapshot: Snapshot, vault: Vault, strategy: Strategy, method: CostMethod) -> VaultHistory:
    """Replay a vault under a cost method up to the snapshot's block."""
    session, deployment_id = snapshot.session, snapshot.deployment_id
    tokens = repository.list_strategy_tokens(session, deployment_id, strategy.strategy_id)
    lines: list[FlowRow | CopyRow] = [
        *repository.list_flows(session, deployment_id, vault.vault_id),
        *list_vault_copies(session, deployment_id, vault.vault_id),
    ]
    lines.sort(key=place_of)
    clearings = repository.list_clearings_between(session, deployment_id, tokens, since=vault.block_number)
    happenings = [(place_of(line), event) for line in lines if (event := _event(line))]
    quotes = [((row.block_number, row.log_index), _quote(row)) for row in clearings]
    ordered = sorted([*happenings, *quotes], key=lambda item: item[0])
    history = replay(strategy.base_token, method, (item for _, item in ordered), snapshot.time)
    return VaultHistory(lines, history)


def place_of(line: FlowRow | CopyRow) -> tuple[int, int]:
    """Return block number and log index of a line's event."""
    row = line.entry if isinstance(line, FlowRow) else line.copy
    return row.block_number, row.log_index


def fee_kind(purpose: str) -> CostKind | None:
    """Return the kind of cost that a posting's purpose stands for; None for what is no fee."""
    kind = purpose.removesuffix("_fee")
    return kind if kind in COST_KINDS else None


def _event(line: FlowRow | CopyRow) -> Event | None:
    if isinstance(line, CopyRow):
        return _fill(line)
    time, units = line.entry.block_time, abs(line.amount)
    kind = fee_kind(line.purpose)
    if kind is not None:
        return Charge(time, kind, line.token, units, None)
    match line.purpose:
        case "allocation":  # only base token can come in: the hub's `allocate` takes no other
            return Deposit(time, units)
        case "escrow_fee":
            return Return(time, line.token, units, None)
        case _:
            return Withdrawal(time, line.token, units, None)


def _fill(line: CopyRow) -> Fill | None:
    if line.clearing is None:
        return None
    copy, trade = line.copy, line.trade
    tokens = (trade.token_in, trade.token_out)
    keeper = keeper_part(copy, line.clearing)
    return Fill(copy.block_time, *tokens, copy.amount_in, copy.fee, copy.amount_out, keeper)


def _quote(row: Clearing) -> Quote:
    return Quote(row.block_time, row.block_number, row.token_in, row.token_out, row.amount_in, row.oracle_out)
