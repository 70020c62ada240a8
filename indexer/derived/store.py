"""The rows of running states: how they are read, and how those that a range changes are written."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Connection, RowMapping, and_, bindparam, delete, func, select, text
from sqlalchemy.orm import aliased

from accounting.book import COST_KINDS, Book
from accounting.execution import Executed
from accounting.position import AveragePosition
from accounting.quotes import Quote
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
        *(each for each in VaultPosition.__table__.columns if each.name not in {*_VAULT_KEYS, "hour"}),
    )
    .select_from(Vault)
    .join(Strategy, _same(Strategy, Vault, "strategy_id"))
    .outerjoin(VaultHour, and_(_same(VaultHour, Vault, "vault_id"), VaultHour.hour == _latest_hour()))
    .outerjoin(
        VaultPosition, and_(_same(VaultPosition, VaultHour, "vault_id"), VaultPosition.hour == VaultHour.hour)
    )
    .where(_OF_VAULTS)
)
_OF_VAULT = and_(
    VaultHour.deployment_id == bindparam("deployment"),
    VaultHour.vault_id == bindparam("vault", type_=BigInteger),
)
_BOOK = (
    select(
        VaultHour.cash,
        VaultHour.deposited,
        VaultHour.average_withdrawn,
        *(getattr(VaultHour, f"average_{kind}") for kind in COST_KINDS),
        VaultPosition.token,
        VaultPosition.quantity,
        VaultPosition.average_cost,
        VaultPosition.average_realized,
    )
    .outerjoin(
        VaultPosition, and_(_same(VaultPosition, VaultHour, "vault_id"), VaultPosition.hour == VaultHour.hour)
    )
    .where(
        _OF_VAULT,
        VaultHour.hour
        == select(func.max(VaultHour.hour))
        .where(_OF_VAULT, VaultHour.hour < bindparam("before", type_=BigInteger))
        .correlate(None)
        .scalar_subquery(),
    )
)
_TOKENS = select(StrategyToken.strategy_id, StrategyToken.token).where(
    StrategyToken.deployment_id == bindparam("deployment"),
    StrategyToken.strategy_id.in_(bindparam("strategies", expanding=True)),
    StrategyToken.block_number < bindparam("below", type_=BigInteger),
)

_REPLACED = {
    dialect: [
        text(
            f"DELETE FROM {name} "  # noqa: S608 - our own text
            f"WHERE deployment_id = :deployment AND hour = :hour AND vault_id {of_vaults}"
        )
        for name in (VaultHour.__tablename__, VaultPosition.__tablename__)
    ]
    for dialect, of_vaults in (
        ("postgresql", "= ANY (CAST(:vaults AS bigint[]))"),
        ("sqlite", "IN (SELECT value FROM json_each(:vaults))"),
    )
}
"""With one parameter for all vaults: a list of them would be another statement for each length."""
_OLD_PRICE = delete(PriceHour).where(
    PriceHour.deployment_id == bindparam("deployment"),
    PriceHour.token_a == bindparam("a"),
    PriceHour.token_b == bindparam("b"),
    PriceHour.hour == bindparam("hour"),
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


def read_leaders(connection: Connection, deployment_id: int, vault_ids: Sequence[int]) -> set[int]:
    """Return the leaders' vaults of vaults."""
    return {
        vault_id
        for ids in _chunks(vault_ids)
        for vault_id in connection.scalars(_LEADERS, {"deployment": deployment_id, "vaults": ids})
    }


def read_present(
    connection: Connection, deployment_id: int, vault_ids: Sequence[int], before: int
) -> list[RowMapping]:
    """Return the rows of vaults, with what is known of their latest hours before one: a row for each position
    then, and one for a vault without any.
    """
    return [
        row
        for ids in _chunks(vault_ids)
        for row in connection.execute(
            _PRESENT, {"deployment": deployment_id, "before": before, "vaults": ids}
        )
        .mappings()
        .all()
    ]


def read_average_book(
    connection: Connection, deployment_id: int, vault_id: int, base: str, before: int
) -> Book:
    """Return a vault's book by average cost after its latest hour before one."""
    book = Book(base, "average_cost")
    known = {"deployment": deployment_id, "vault": vault_id, "before": before}
    for cash, deposited, withdrawn, *rest in connection.execute(_BOOK, known).all():
        book.cash, book.deposited, book.withdrawn = cash, deposited, withdrawn
        book.costs = dict(zip(COST_KINDS, rest, strict=False))
        token, *held = rest[len(COST_KINDS) :]
        if token is not None:
            book.positions[token] = AveragePosition(*held)
    return book


def read_prices(
    connection: Connection, deployment_id: int, strategy_ids: Collection[int], before: int
) -> Iterator[Quote]:
    """Return the latest price before an hour of every pair of strategies' tokens."""
    for ids in _chunks(sorted(strategy_ids)):
        known = {"deployment": deployment_id, "before": before, "strategies": ids}
        yield from (Quote(*row) for row in connection.execute(_PRICES, known))


def read_tokens(
    connection: Connection, deployment_id: int, strategy_ids: Collection[int], below: int
) -> dict[int, set[str]]:
    """Return strategy → the tokens that it traded below a block."""
    found: dict[int, set[str]] = {strategy_id: set() for strategy_id in strategy_ids}
    for ids in _chunks(sorted(strategy_ids)):
        known = {"deployment": deployment_id, "below": below, "strategies": ids}
        for strategy_id, token in connection.execute(_TOKENS, known):
            found[strategy_id].add(token)
    return found


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
        state.stored_hour = state.hour
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
            dialect = connection.dialect.name
            ids = vault_ids if dialect == "postgresql" else json.dumps(vault_ids)
            for statement in _REPLACED[dialect]:
                known = {"deployment": self._deployment_id, "hour": hour, "vaults": ids}
                connection.execute(statement, known)
        hours = {hour for *_, hour in self.prices}
        if hours:
            first = min(hours)
            stale = [row[1:4] for row in self.prices.values() if row[3] == first]
            for token_a, token_b, hour in stale:
                known = {"deployment": self._deployment_id, "a": token_a, "b": token_b, "hour": hour}
                connection.execute(_OLD_PRICE, known)
        write_rows(connection, VaultHour, self._hours)
        write_rows(connection, VaultPosition, self._positions)
        write_rows(connection, Lot, self._lots)
        write_rows(connection, ValuedFlow, self.flows)
        write_rows(connection, PriceHour, self.prices.values())


def restore_state(row: Any, among: Collection[str]) -> VaultState:
    """Make a state of its row, but for its positions; `among` are its strategy's tokens."""
    leader = None if row["is_leader"] else row["leader_vault_id"]
    base, opened = row["base_token"], row["opened_block"]
    state = VaultState(
        row["vault_id"], base, leader, strategy_id=row["strategy_id"], since=opened, among=among
    )
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
    sums = (row["against_leader"], row["against_oracle"])
    state.executed = Executed(row["filled"], row["filled_left_out"], *sums)
    state.skips = _counts(row["skipped"])
    state.copied, state.missed = row["copied"], row["missed"]
    return state


def restore_position(state: VaultState, row: Any) -> StoredLots:
    """Put a position back into a state, and return it without its lots."""
    token = row["token"]
    state.average.positions[token] = AveragePosition(
        row["quantity"], row["average_cost"], row["average_realized"]
    )
    held = StoredLots()
    held.quantity, held.cost, held.realized = row["quantity"], row["fifo_cost"], row["fifo_realized"]
    held.opened, held.closed = row["lots_opened"], row["lots_closed"]
    held.taken_quantity, held.taken_cost = row["taken_quantity"], row["taken_cost"]
    state.fifo.positions[token] = held
    if row["bought"]:
        state.bought[token] = row["bought"]
    papers = [row[paper] for paper in PAPERS]
    if state.leader is not None:
        state.tracking.held[token] = papers
    return held


def _hour_row(deployment_id: int, state: VaultState) -> Row:
    average, fifo, growth, tracking = state.average, state.fifo, state.growth, state.tracking
    executed = state.executed
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
        executed.fills,
        executed.left_out,
        executed.against_leader,
        executed.against_oracle,
        ",".join(f"{reason}:{count}" for reason, count in sorted(state.skips.items())),
        state.copied,
        state.missed,
    )


def _counts(text: str) -> dict[str, int]:
    """Reason → count, of text as `VaultHour` keeps it."""
    pairs = (each.rpartition(":") for each in text.split(",") if each)
    return {reason: int(count) for reason, _, count in pairs}


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
            state.bought.get(token, 0),
        )


def _chunks(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
