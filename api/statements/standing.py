"""A vault's present from its read models: figures over its whole life, without its life."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from accounting.book import Book, CostMethod, Profit
from accounting.execution import Executed
from accounting.position import Lot
from accounting.quotes import QuoteBoard, RecordedPrice
from accounting.rates import InternalRate, internal_rate
from accounting.tracking import TrackingDifference
from api.snapshot import Snapshot
from api.statements import repository
from api.vaults.repository import OfferCells, VaultCells
from indexer.derived.standing import Market, load_prices, load_states
from indexer.derived.state import VaultState
from indexer.ledger.models import Strategy, Vault

ENOUGH_S = 90 * 86_400
"""Below this span no figure is scaled to a year."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a vault comes to at the snapshot, under one cost method.

    The returns are None where money moved, or is held, without a price; ``tracking`` is None for a leader's
    own vault, too, and ``lots`` (token → open lots) but by FIFO. ``skips`` is reason → trades skipped for it.
    """

    book: Book
    profit: Profit
    prices: Mapping[str, RecordedPrice]
    time_weighted_return: Decimal | None
    max_drawdown: Decimal | None
    rate: InternalRate | None
    tracking: TrackingDifference | None
    sync_score: int | None
    is_follower: bool
    lots: Mapping[str, Sequence[Lot]] | None
    executed: Executed = field(default_factory=Executed)
    skips: Mapping[str, int] = field(default_factory=dict)


def market_of(
    snapshot: Snapshot, strategy: Strategy | OfferCells, tokens: frozenset[str] | None = None
) -> Market:
    """Return what a strategy's vaults may hold, with the prices of it: those of the same tokens are kept.

    ``tokens`` are the strategy's, where somebody has read them already.
    """
    session, deployment_id, strategy_id = snapshot.session, snapshot.deployment_id, strategy.strategy_id
    if tokens is None:
        tokens = frozenset(repository.list_strategy_tokens(session, deployment_id, strategy_id))

    def prices() -> QuoteBoard:
        return load_prices(session.connection(), deployment_id, strategy_id)

    board = snapshot.kept(("prices", tokens), prices)
    return Market(strategy_id, strategy.base_token, tokens, board)


def standing_of(
    snapshot: Snapshot,
    vault: Vault | VaultCells,
    method: CostMethod,
    strategy: Strategy | OfferCells,
    market: Market,
) -> Standing:
    """Return the standing of a vault of a strategy."""
    connection, wanted = snapshot.session.connection(), [vault.vault_id, strategy.leader_vault_id]
    states, board = load_states(connection, snapshot.deployment_id, wanted, market=market)
    return _standing(snapshot, vault, method, states, board)


def standings_of(snapshot: Snapshot, vaults: Sequence[Vault], method: CostMethod) -> dict[int, Standing]:
    """Return vault id → standing, of vaults that are read together."""
    connection = snapshot.session.connection()
    wanted = [vault.vault_id for vault in vaults]
    states, board = load_states(connection, snapshot.deployment_id, wanted)
    return {each.vault_id: _standing(snapshot, each, method, states, board) for each in vaults}


def _standing(
    snapshot: Snapshot,
    vault: Vault | VaultCells,
    method: CostMethod,
    states: Mapping[int, VaultState],
    board: QuoteBoard,
) -> Standing:
    state = states[vault.vault_id]
    book = state.average if method == "average_cost" else state.fifo
    prices = {
        token: price
        for token in (*book.positions, *state.tracking.held)
        if token != state.base and (price := state.price(token, board))
    }
    rates = {token: found.price for token, found in prices.items()}
    profit = book.profit(rates)
    defined = state.returns_defined and profit.equity is not None
    if profit.equity is not None:
        state.growth.observe(profit.equity)
    if state.leader is not None:
        state.value(board)
        state.compare(states[state.leader], board)
    growth = state.growth
    return Standing(
        book,
        profit,
        prices,
        growth.time_weighted_return if defined else None,
        growth.drawdown if defined else None,
        _rate(snapshot, vault, profit.equity) if defined else None,
        None if state.leader is None else state.tracking.difference(profit.net, rates),
        state.score,
        state.leader is not None,
        _lots(state) if method == "fifo" else None,
        state.executed,
        state.skips,
    )


def _lots(state: VaultState) -> dict[str, list[Lot]]:
    """What each holding is made of, oldest lot first."""
    return {token: held.open_lots() for token, held in state.stored_lots() if held.quantity}


def _rate(snapshot: Snapshot, vault: Vault | VaultCells, equity: int | None) -> InternalRate:
    moved = repository.list_flow_values(snapshot.session, snapshot.deployment_id, vault.vault_id)
    flows = [(time, value) for time, value in moved if value]
    return internal_rate([*flows, (snapshot.time, -equity)] if equity else flows)
