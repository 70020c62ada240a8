"""What a page of a statement's lines did to the vault's book: replayed from the hour before, not from the
start.
"""

from collections.abc import Sequence

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
from accounting.history import Step, walk
from accounting.quotes import Quote
from api.snapshot import Snapshot
from api.statements import repository
from api.statements.repository import FlowRow
from api.trades.fills import keeper_part
from api.trades.repository import CopyRow, list_vault_copies, list_vault_copies_within
from indexer.derived.standing import load_states
from indexer.derived.state import HOUR_S
from indexer.ledger.models import Clearing, Strategy, Vault
from indexer.ledger.models.places import Place

Line = FlowRow | CopyRow


def list_lines(
    snapshot: Snapshot, vault_id: int, *, since: Place | None = None, before: Place | None, limit: int
) -> Sequence[Line]:
    """Return what happened in a vault, skips included, newest first, since and before places if given."""
    session, deployment_id = snapshot.session, snapshot.deployment_id
    lines: list[Line] = [
        *repository.list_flows(session, deployment_id, vault_id, since=since, before=before, limit=limit),
        *list_vault_copies(session, deployment_id, vault_id, since=since, before=before, limit=limit),
    ]
    return sorted(lines, key=place_of, reverse=True)[:limit]


def steps_of(
    snapshot: Snapshot, vault: Vault, strategy: Strategy, method: CostMethod, lines: Sequence[Line]
) -> dict[Place, Step]:
    """Return what each of ``lines``, newest first, did to the vault's book; a skip did nothing.

    The book is taken as it was before the hour of the oldest line, and led from there to the newest.
    """
    if not lines:
        return {}
    session, deployment_id = snapshot.session, snapshot.deployment_id
    oldest, newest = lines[-1], place_of(lines[0])
    hour = _time_of(oldest) - _time_of(oldest) % HOUR_S
    states, board = load_states(session.connection(), deployment_id, [vault.vault_id], before=hour)
    state = states[vault.vault_id]
    board.forget_before(vault.block_number)
    first = (max(vault.block_number, repository.first_block_since(session, deployment_id, hour)), 0)
    happened: list[Line] = [
        *repository.list_flows_within(session, deployment_id, vault.vault_id, first, newest),
        *list_vault_copies_within(session, deployment_id, vault.vault_id, first, newest),
    ]
    tokens = repository.list_strategy_tokens(session, deployment_id, strategy.strategy_id)
    clearings = repository.list_clearings_between(session, deployment_id, tokens, first[0], newest[0])
    events = [(place_of(line), event) for line in happened if (event := _event(line))]
    quotes = [((row.block_number, row.log_index), _quote(row)) for row in clearings]
    ordered = sorted([*events, *quotes], key=lambda item: item[0])
    places = sorted(place for place, _ in events)
    book = state.average if method == "average_cost" else state.fifo
    walked = walk(book, board, (item for _, item in ordered))
    return {place: step for place, (step, _, _) in zip(places, walked, strict=True)}


def place_of(line: Line) -> Place:
    """Return block number and log index of a line's event."""
    row = line.entry if isinstance(line, FlowRow) else line.copy
    return row.block_number, row.log_index


def fee_kind(purpose: str) -> CostKind | None:
    """Return the kind of cost that a posting's purpose stands for; None for what is no fee."""
    kind = purpose.removesuffix("_fee")
    return kind if kind in COST_KINDS else None


def _time_of(line: Line) -> int:
    return line.entry.block_time if isinstance(line, FlowRow) else line.copy.block_time


def _event(line: Line) -> Event | None:
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
