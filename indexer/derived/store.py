"""Reads the running states that a range changes, and writes them back, in the caller's transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Connection, and_, bindparam, delete, func, select
from sqlalchemy.orm import aliased

from accounting.book import COST_KINDS, Book
from accounting.position import AveragePosition
from accounting.position import Lot as Bought
from accounting.quotes import Quote, QuoteBoard
from accounting.returns import Growth
from indexer.derived.state import StoredLots, VaultState
from indexer.ledger.bulk import write_rows
from indexer.ledger.models import (
    Lot,
    PriceHour,
    Strategy,
    StrategyToken,
    ValuedFlow,
    Vault,
    VaultHour,
    VaultPosition,
)

FOR_EVER = 2**62
"""Later than any hour."""

PAPERS = ("ideal", "chosen", "sized", "timed", "priced")
_CHUNK = 500
_AHEAD = 4
"""Lots of each position that are read before any is asked for."""

_VAULT_KEYS = {"deployment_id", "vault_id"}
T = TypeVar("T")
Row = tuple[Any, ...]


def _same(one: Any, other: Any, name: str) -> Any:
    return and_(one.deployment_id == other.deployment_id, getattr(one, name) == getattr(other, name))


def _latest_hour() -> Any:
    """A vault's latest hour before one."""
    newest = aliased(VaultHour)
    return (
        select(func.max(newest.hour))
        .where(
            newest.deployment_id == Vault.deployment_id,
            newest.vault_id == Vault.vault_id,
            newest.hour < bindparam("before", type_=BigInteger),
        )
        .correlate(Vault)
        .scalar_subquery()
    )


# Statements are made once: to make one takes longer than to run it for a block.
_OF_VAULTS = (Vault.deployment_id == bindparam("deployment")) & Vault.vault_id.in_(
    bindparam("vaults", expanding=True)
)
_LEADERS = (
    select(Strategy.leader_vault_id)
    .distinct()
    .join(Vault, _same(Vault, Strategy, "strategy_id"))
    .where(_OF_VAULTS)
)
_PRESENT = (
    select(
        *(each for each in VaultHour.__table__.columns if each.name not in _VAULT_KEYS),
        Vault.vault_id,
        Vault.strategy_id,
        Vault.is_leader,
        Vault.block_number.label("opened_block"),
        Strategy.leader_vault_id,
        Strategy.base_token,
    )
    .select_from(Vault)
    .join(Strategy, _same(Strategy, Vault, "strategy_id"))
    .outerjoin(VaultHour, and_(_same(VaultHour, Vault, "vault_id"), VaultHour.hour == _latest_hour()))
    .where(_OF_VAULTS)
)
_POSITIONS = (
    select(VaultPosition.__table__)
    .select_from(Vault)
    .join(VaultPosition, and_(_same(VaultPosition, Vault, "vault_id"), VaultPosition.hour == _latest_hour()))
    .where(_OF_VAULTS)
)
_OLDEST_LOTS = (
    select(Lot.vault_id, Lot.token, Lot.quantity, Lot.cost, Lot.block_time)
    .join(Vault, _same(Vault, Lot, "vault_id"))
    .join(
        VaultPosition,
        and_(
            _same(VaultPosition, Lot, "vault_id"),
            VaultPosition.hour == _latest_hour(),
            VaultPosition.token == Lot.token,
            Lot.number >= VaultPosition.lots_closed,
            Lot.number < VaultPosition.lots_closed + _AHEAD,
        ),
    )
    .where(_OF_VAULTS)
    .order_by(Lot.vault_id, Lot.token, Lot.number)
)
_TOKENS = select(StrategyToken.strategy_id, StrategyToken.token).where(
    StrategyToken.deployment_id == bindparam("deployment"),
    StrategyToken.strategy_id.in_(bindparam("strategies", expanding=True)),
)


def _latest_prices() -> Any:
    """The latest price before an hour of every pair of tokens of strategies, as a `Quote` has it.

    The pairs come first: many strategies have the same tokens.
    """
    one, other, newest = aliased(StrategyToken), aliased(StrategyToken), aliased(PriceHour)
    pairs = (
        select(one.deployment_id, one.token.label("token_a"), other.token.label("token_b"))
        .distinct()
        .join(other, _same(other, one, "strategy_id"))
        .where(
            one.deployment_id == bindparam("deployment"),
            one.strategy_id.in_(bindparam("strategies", expanding=True)),
            one.token != other.token,  # stored in the order of code points, which a database may not sort by
        )
        .subquery()
    )
    latest = (
        select(func.max(newest.hour))
        .where(
            newest.deployment_id == pairs.c.deployment_id,
            newest.token_a == pairs.c.token_a,
            newest.token_b == pairs.c.token_b,
            newest.hour < bindparam("before", type_=BigInteger),
        )
        .correlate(pairs)
        .scalar_subquery()
    )
    return (
        select(
            PriceHour.recorded_time,
            PriceHour.recorded_block,
            PriceHour.token_a,
            PriceHour.token_b,
            PriceHour.amount_a,
            PriceHour.amount_b,
        )
        .select_from(pairs)
        .join(
            PriceHour,
            and_(
                PriceHour.deployment_id == pairs.c.deployment_id,
                PriceHour.token_a == pairs.c.token_a,
                PriceHour.token_b == pairs.c.token_b,
                PriceHour.hour == latest,
            ),
        )
    )


_PRICES = _latest_prices()


def load_states(
    connection: Connection, deployment_id: int, vault_ids: Iterable[int], *, before: int = FOR_EVER
) -> tuple[dict[int, VaultState], QuoteBoard]:
    """Return the states of vaults and of their leaders' vaults, and the prices of their strategies' tokens,
    as of the hours `before` one.

    A vault that was never opened has none.
    """
    wanted = set(vault_ids)
    known = {"deployment": deployment_id, "before": before}
    for ids in _chunks(sorted(wanted)):
        wanted.update(connection.scalars(_LEADERS, {"deployment": deployment_id, "vaults": ids}))
    rows = [
        row
        for ids in _chunks(sorted(wanted))
        for row in connection.execute(_PRESENT, {**known, "vaults": ids}).mappings()
    ]
    strategy_ids = sorted({row["strategy_id"] for row in rows})
    among = _tokens(connection, deployment_id, strategy_ids)
    states = {row["vault_id"]: _state(row, among[row["strategy_id"]]) for row in rows}
    for ids in _chunks(sorted(states)):
        for row in connection.execute(_POSITIONS, {**known, "vaults": ids}).mappings():
            state = states[row["vault_id"]]
            held = _restore_position(state, row)
            held.fetch = partial(_read_lots, connection, deployment_id, (state.vault_id, row["token"]))
    board = QuoteBoard()
    for ids in _chunks(strategy_ids):
        for quote in connection.execute(_PRICES, {**known, "strategies": ids}):
            board.record(Quote(*quote))
    return states, board


def offer_lots(
    connection: Connection, deployment_id: int, states: dict[int, VaultState], sellers: Collection[int]
) -> None:
    """Read the oldest open lots of vaults that are about to sell, all at once."""
    for ids in _chunks(sorted(sellers & states.keys())):
        found: defaultdict[tuple[int, str], list[Bought]] = defaultdict(list)
        values = {"deployment": deployment_id, "vaults": ids, "before": FOR_EVER}
        for vault_id, token, *lot in connection.execute(_OLDEST_LOTS, values):
            found[vault_id, token].append(Bought(*lot))
        for (vault_id, token), lots in found.items():
            held = states[vault_id].fifo.position(token)
            assert isinstance(held, StoredLots)  # noqa: S101 (all of a state's are)
            held.offer(lots)


class Pending:
    """Rows to write, in the order of their tables' columns, and rows that they replace."""

    def __init__(self, deployment_id: int) -> None:
        self.flows: list[Row] = []
        self.prices: dict[tuple[str, str, int], Row] = {}
        self._deployment_id = deployment_id
        self._hours: list[Row] = []
        self._positions: list[Row] = []
        self._lots: list[Row] = []
        self._replaced: defaultdict[int, list[int]] = defaultdict(list)

    def keep(self, state: VaultState) -> None:
        """Write the state as that of its hour."""
        if state.stored_hour == state.hour:
            self._replaced[state.hour].append(state.vault_id)
        state.stored_hour = None
        state.changed = False
        self._hours.append(_hour_row(self._deployment_id, state))
        self._positions += _position_rows(self._deployment_id, state)
        for token, number, fact, lot in state.lots:
            place = (fact.block_number, fact.log_index, fact.block_time)
            bought = (lot.quantity, lot.cost)
            self._lots.append((self._deployment_id, state.vault_id, token, number, *place, *bought))
        state.lots.clear()

    def write(self, connection: Connection) -> None:
        """Write all rows."""
        for hour, vault_ids in self._replaced.items():
            for ids in _chunks(vault_ids):
                for table in (VaultHour, VaultPosition):
                    connection.execute(
                        delete(table).where(
                            table.deployment_id == self._deployment_id,
                            table.hour == hour,
                            table.vault_id.in_(ids),
                        )
                    )
        hours = {hour for *_, hour in self.prices}
        if hours:
            first = min(hours)
            stale = [row[1:4] for row in self.prices.values() if row[3] == first]
            for token_a, token_b, hour in stale:
                connection.execute(
                    delete(PriceHour).where(
                        PriceHour.deployment_id == self._deployment_id,
                        PriceHour.token_a == token_a,
                        PriceHour.token_b == token_b,
                        PriceHour.hour == hour,
                    )
                )
        write_rows(connection, VaultHour, self._hours)
        write_rows(connection, VaultPosition, self._positions)
        write_rows(connection, Lot, self._lots)
        write_rows(connection, ValuedFlow, self.flows)
        write_rows(connection, PriceHour, self.prices.values())


def _tokens(connection: Connection, deployment_id: int, strategy_ids: Sequence[int]) -> dict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for ids in _chunks(strategy_ids):
        rows = connection.execute(_TOKENS, {"deployment": deployment_id, "strategies": ids})
        for strategy_id, token in rows:
            found[strategy_id].add(token)
    return found


def _read_lots(
    connection: Connection, deployment_id: int, position: tuple[int, str], first: int, end: int
) -> Iterator[Bought]:
    rows = connection.execute(
        select(Lot.quantity, Lot.cost, Lot.block_time)
        .where(
            Lot.deployment_id == deployment_id,
            Lot.vault_id == position[0],
            Lot.token == position[1],
            Lot.number >= first,
            Lot.number < end,
        )
        .order_by(Lot.number)
    )
    return (Bought(*row) for row in rows)


def _state(row: Any, among: Collection[str]) -> VaultState:
    leader = None if row["is_leader"] else row["leader_vault_id"]
    base = row["base_token"]
    state = VaultState(row["vault_id"], base, leader, since=row["opened_block"], among=among)
    if row["hour"] is None:
        return state
    state.hour = state.stored_hour = row["hour"]
    state.last = (row["last_block"], row["last_log_index"], row["last_time"])
    for book, prefix in ((state.average, "average"), (state.fifo, "fifo")):
        book.cash, book.deposited = row["cash"], row["deposited"]
        book.withdrawn = row[f"{prefix}_withdrawn"]
        book.costs = {kind: row[f"{prefix}_{kind}"] for kind in COST_KINDS}
    state.returns_defined = row["returns_defined"]
    state.growth = Growth(
        Decimal(row["growth"]),
        Decimal(row["growth_peak"]),
        Decimal(row["drawdown"]),
        row["invested"],
        begun=row["begun"],
    )
    state.score = row["sync_score"]
    tracking = state.tracking
    tracking.defined, tracking.deposited = row["tracking_defined"], row["deposited"] if leader else 0
    tracking.held[base] = [row[f"{paper}_cash"] for paper in PAPERS]
    tracking.withdrawn = [row[f"{paper}_withdrawn"] for paper in PAPERS]
    return state


def _restore_position(state: VaultState, row: Any) -> StoredLots:
    token = row["token"]
    state.average.positions[token] = AveragePosition(
        row["quantity"], row["average_cost"], row["average_realized"]
    )
    held = StoredLots()
    held.quantity, held.cost, held.realized = row["quantity"], row["fifo_cost"], row["fifo_realized"]
    held.opened, held.closed = row["lots_opened"], row["lots_closed"]
    held.taken_quantity, held.taken_cost = row["taken_quantity"], row["taken_cost"]
    state.fifo.positions[token] = held
    papers = [row[paper] for paper in PAPERS]
    if state.leader is not None:
        state.tracking.held[token] = papers
    return held


def _hour_row(deployment_id: int, state: VaultState) -> Row:
    average, fifo, growth, tracking = state.average, state.fifo, state.growth, state.tracking
    return (
        deployment_id,
        state.vault_id,
        state.hour,
        *state.last,
        average.cash,
        average.deposited,
        state.equity,
        *_of_book(average),
        *_of_book(fifo),
        state.returns_defined,
        growth.begun,
        str(growth.level),
        str(growth.peak),
        str(growth.drawdown),
        growth.invested,
        state.score,
        tracking.defined,
        *tracking.held[state.base],
        *tracking.withdrawn,
    )


def _of_book(book: Book) -> tuple[int, ...]:
    return (book.withdrawn, *(book.costs[kind] for kind in COST_KINDS))


def _position_rows(deployment_id: int, state: VaultState) -> Iterator[Row]:
    nothing = [0] * len(PAPERS)
    tokens = {**state.average.positions, **state.tracking.held}
    for token in tokens:
        if token == state.base:
            continue
        average, fifo = state.average.position(token), state.fifo.position(token)
        assert isinstance(fifo, StoredLots)  # noqa: S101 (all of a state's are)
        yield (
            deployment_id,
            state.vault_id,
            state.hour,
            token,
            average.quantity,
            average.cost,
            average.realized,
            fifo.cost,
            fifo.realized,
            fifo.opened,
            fifo.closed,
            fifo.taken_quantity,
            fifo.taken_cost,
            *state.tracking.held.get(token, nothing),
        )


def _chunks(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
