"""What a page of a statement's lines did to the vault's book: replayed from the hour before, not from the
start.
"""

from collections.abc import Iterator, Sequence

from accounting.book import (
    COST_KINDS,
    Book,
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
from accounting.quotes import Quote, QuoteBoard
from api.snapshot import Snapshot
from api.statements import repository
from api.statements.repository import FlowRow
from api.trades.fills import keeper_part
from api.trades.repository import CopyRow, list_vault_copies, list_vault_copies_within
from api.vaults.repository import VaultCells
from indexer.derived.standing import Market, load_states
from indexer.derived.state import HOUR_S
from indexer.derived.store import read_average_book, read_prices
from indexer.ledger.models import Clearing, Vault
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
    snapshot: Snapshot,
    vault: Vault | VaultCells,
    market: Market,
    lines: Sequence[Line],
    older: int | None,
    *,
    method: CostMethod,
) -> dict[Place, Step]:
    """Return what each of ``lines``, newest first, did to the vault's book; a skip did nothing.

    ``older`` is the unix second of the line before the oldest of them, or any before the oldest one's hour;
    None where there is no such line. The book is taken as it was before the hour of the oldest line, and led
    from there to the newest.
    """
    if not lines:
        return {}
    oldest = lines[-1]
    hour = _hour_of(time_of(oldest))
    book = Book(market.base, method)
    if older is not None:
        book = _book_before(snapshot, vault.vault_id, market, method, hour)
    happened = list(lines)
    if older is not None and _hour_of(older) == hour:
        session, deployment_id, vault_id = snapshot.session, snapshot.deployment_id, vault.vault_id
        since = (repository.first_block_since(session, deployment_id, hour), 0)
        happened += repository.list_flows_within(session, deployment_id, vault_id, since, place_of(oldest))
        happened += list_vault_copies_within(session, deployment_id, vault_id, since, place_of(oldest))
    events = [(place_of(line), event) for line in happened if (event := _event(line))]
    quotes = _quotes(snapshot, vault, market, events)
    ordered = sorted([*events, *quotes], key=lambda item: item[0])
    places = sorted(place for place, _ in events)
    walked = walk(book, QuoteBoard(), (item for _, item in ordered))
    return {place: step for place, (step, _, _) in zip(places, walked, strict=True)}


def _book_before(snapshot: Snapshot, vault_id: int, market: Market, method: CostMethod, hour: int) -> Book:
    connection, deployment_id = snapshot.session.connection(), snapshot.deployment_id
    if method == "average_cost":
        return read_average_book(connection, deployment_id, vault_id, market.base, hour)
    states, _ = load_states(connection, deployment_id, [vault_id], before=hour, market=market)
    return states[vault_id].fifo


def _quotes(
    snapshot: Snapshot, vault: Vault | VaultCells, market: Market, events: Sequence[tuple[Place, Event]]
) -> Iterator[tuple[Place, Quote]]:
    """The prices that events need whose tokens have to be valued: of the hours before theirs, and within."""
    wanted: dict[int, int] = {}
    for (block, _), event in events:
        if isinstance(event, Withdrawal | Charge | Return) and event.token != market.base:
            hour = _hour_of(event.time)
            wanted[hour] = max(block, wanted.get(hour, 0))
    session, deployment_id = snapshot.session, snapshot.deployment_id
    for hour, last in wanted.items():
        first = repository.first_block_since(session, deployment_id, hour)
        for quote in read_prices(session.connection(), deployment_id, [market.strategy_id], hour):
            if quote.block >= vault.block_number:
                yield (first, -1), quote
        since = max(vault.block_number, first)
        for row in repository.list_clearings_between(session, deployment_id, market.tokens, since, last):
            yield (row.block_number, row.log_index), _quote(row)


def place_of(line: Line) -> Place:
    """Return block number and log index of a line's event."""
    row = line.entry if isinstance(line, FlowRow) else line.copy
    return row.block_number, row.log_index


def time_of(line: Line) -> int:
    """Return the unix second of a line's event."""
    return line.entry.block_time if isinstance(line, FlowRow) else line.copy.block_time


def fee_kind(purpose: str) -> CostKind | None:
    """Return the kind of cost that a posting's purpose stands for; None for what is no fee."""
    kind = purpose.removesuffix("_fee")
    return kind if kind in COST_KINDS else None


def _hour_of(time: int) -> int:
    return time - time % HOUR_S


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
    copy, clearing = line.copy, line.clearing
    tokens = (clearing.token_in, clearing.token_out)
    keeper = keeper_part(copy, clearing)
    return Fill(copy.block_time, *tokens, copy.amount_in, copy.fee, copy.amount_out, keeper)


def _quote(row: Clearing) -> Quote:
    return Quote(row.block_time, row.block_number, row.token_in, row.token_out, row.amount_in, row.oracle_out)
