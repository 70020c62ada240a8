"""A large ledger, written by COPY: leaders who buy and sell ether all year, and their followers.

Amounts follow from each other as on chain, so every read model and statement is computed from them by the
product's own code. That is done for some leaders; the others are repetitions of them with ids, places and
addresses of their own (`benchmarks.api.repeat`). Left out is what no read looks at: raw logs, the entries of
trades, and vaults' past states.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, select, text, update

from benchmarks.api.repeat import repeat
from indexer.chain.types import Header
from indexer.derived.rebuild import rebuild
from indexer.ledger.bulk import write_rows
from indexer.ledger.checkpoint import Checkpoint, add_deployment
from indexer.ledger.migrations import upgrade
from indexer.ledger.models import (
    Balance,
    Block,
    Clearing,
    Copy,
    Deployment,
    Entry,
    Pool,
    Posting,
    Strategy,
    StrategyLimits,
    StrategyPool,
    StrategyToken,
    Terms,
    Token,
    Trade,
    Vault,
    VaultHour,
)
from indexer.ledger.partitions import Partitions

CHAIN_ID = 31_337
START = 1_735_689_600
YEAR_S = 365 * 86_400
USD, ETH = 10**6, 10**18
LONG_TRADES = 10_000
_FEE_BPS = 10
_VENUE = "0x" + "e" * 40
_TX = "0x" + "7" * 64


def address(kind: int, number: int) -> str:
    """Return an address for a thing; what spells it is not asked anywhere."""
    return f"0x{kind:08x}{number:032x}"


HUB, USDC, WETH, POOL, TREASURY = (address(1, number) for number in range(5))


@dataclass(frozen=True, slots=True)
class Size:
    """How large the ledger is; one more leader has traded 10,000 times, with one follower.

    ``leaders`` are `times` repetitions of some of them, which it divides.
    """

    leaders: int
    followers: int
    trades: int
    times: int = 1

    @property
    def first_leaders(self) -> int:
        """Leaders that are written; all others repeat them."""
        return self.leaders // self.times

    @property
    def first_vaults(self) -> int:
        """Vaults of these leaders and their followers."""
        return self.first_leaders * (1 + self.followers)

    @property
    def strategies(self) -> list[int]:
        """The strategies that are written."""
        return [*range(1, self.first_leaders + 1), self.long_leader]

    @property
    def written(self) -> list[int]:
        """The vaults that are written."""
        return [vault for strategy in self.strategies for vault in self.vaults_of(strategy)]

    @property
    def long_leader(self) -> int:
        """The strategy with the long history; its follower's is the vault of the long statement."""
        return self.leaders + 1

    @property
    def vaults(self) -> int:
        """All vaults, leaders' own included."""
        return self.leaders * (1 + self.followers) + 2

    def vaults_of(self, strategy: int) -> range:
        """Return a strategy's vaults, the leader's first."""
        each = 1 + self.followers
        first = (strategy - 1) * each + 1
        return range(first, first + (2 if strategy == self.long_leader else each))


class Traded(NamedTuple):
    """A trade in one block: what each vault put in, paid and got; amounts of 0 are skips."""

    block: int
    time: int
    strategy: int
    sequence: int
    buys: bool
    portion: int
    copies: list[tuple[int, int, int, int, str | None]]


def build(engine: Engine, size: Size) -> int:
    """Write the ledger and its read models, but leaders' metrics. Returns the number of copies."""
    upgrade(engine)
    deployment_id = add_deployment(engine, CHAIN_ID, HUB, Header(0, _hash(0), _hash(0), START, 0, 0))
    with engine.begin() as connection:
        last = _write(connection, deployment_id, size)
        connection.execute(
            update(Deployment).values(
                checkpoint_number=last, checkpoint_hash=_hash(last), checkpoint_time=START + YEAR_S
            )
        )
    with engine.begin() as connection:
        rebuild(connection, deployment_id)
    repeat(engine, size)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
        assert connection.scalar(select(func.count()).select_from(VaultHour))  # noqa: S101 (a benchmark of nothing)
        return connection.scalar(select(func.count()).select_from(Copy)) or 0


def trades(size: Size) -> Iterator[Traded]:
    """Give the year's trades that are written, in order; the same ones each time.

    Between their blocks there is room for those of the repetitions.
    """
    chance = random.Random(size.first_leaders)
    cash = dict.fromkeys(size.written, 10_000 * USD)
    held = dict.fromkeys(size.written, 0)
    whole = size.first_leaders * size.trades
    every = max(1, whole // LONG_TRADES)
    long_left, price, block = LONG_TRADES, 2_000 * USD, 1
    sequences = dict.fromkeys(size.strategies, 0)
    blocks = _blocks(size)
    for at in range(whole):
        turn = [at % size.first_leaders + 1]
        if at % every == 0 and long_left:
            turn.append(size.long_leader)
            long_left -= 1
        for strategy in turn:
            block += 1
            price = max(500 * USD, min(8_000 * USD, price * chance.randint(9_990, 10_010) // 10_000))
            sequences[strategy] += 1
            sequence = sequences[strategy]
            buys, portion = sequence % 2 == 1, ETH
            if buys:
                portion = chance.randint(20, 80) * ETH // 100
            books = (cash, held) if buys else (held, cash)
            copies = [_copy(vault, sequence, portion, price, books) for vault in size.vaults_of(strategy)]
            time = _time(block, blocks)
            yield Traded(block * size.times, time, strategy, sequence, buys, portion, copies)


def _copy(
    vault: int, sequence: int, portion: int, price: int, books: tuple[dict[int, int], dict[int, int]]
) -> tuple[int, int, int, int, str | None]:
    """What one vault does: uneven trades buy, even ones sell all; ``books``: what is paid, what is got."""
    paid, got = books
    buys = sequence % 2 == 1
    if buys and (vault * 31 + sequence) % 33 == 0:
        return vault, 0, 0, 0, "below_minimum_trade"
    gross = paid[vault] * portion // ETH
    if not gross:
        return vault, 0, 0, 0, "nothing_to_sell"
    fee = gross * _FEE_BPS // 10_000
    rate = (ETH, price) if buys else (price, ETH)
    bought = (gross - fee) * rate[0] // rate[1]
    paid[vault] -= gross
    got[vault] += bought
    return vault, gross - fee, fee, bought, None


def _time(block: int, blocks: int) -> int:
    return START + 3_600 + (YEAR_S - 3_600) * block // (blocks + 1)


def _blocks(size: Size) -> int:
    """Blocks that are written, the last one's number but for the room between them."""
    return size.first_leaders * size.trades + LONG_TRADES + 1


def _days(size: Size) -> Iterator[Checkpoint]:
    blocks = _blocks(size)
    for block in (*range(1, blocks, max(1, blocks // 365)), blocks):
        number = block * size.times
        yield Checkpoint(number, _hash(number), _time(block, blocks))


def _hash(number: int) -> str:
    return f"0x{number:064x}"


def _write(connection: Connection, one: int, size: Size) -> int:
    opened = size.times
    place = (opened, 0, START, _TX)
    listed = (START, None, None, None, None)
    write_rows(
        connection,
        Token,
        [
            (one, opened, at, token, symbol, decimals, START, _TX, *listed)
            for at, (token, symbol, decimals) in enumerate(((USDC, "USDC", 6), (WETH, "WETH", 18)))
        ],
    )
    write_rows(connection, Pool, [(one, opened, 2, POOL, _VENUE, USDC, WETH, START, _TX, *listed)])
    strategies = size.strategies
    offer = (100, 50, 600, USD, 1_000)
    write_rows(
        connection,
        Strategy,
        (
            (
                one,
                s,
                address(2, s),
                size.vaults_of(s)[0],
                USDC,
                *offer,
                f"Strategy {s}",
                *place,
            )
            for s in strategies
        ),
    )
    write_rows(
        connection,
        StrategyToken,
        ((one, s, at, token, *place) for s in strategies for at, token in enumerate((USDC, WETH))),
    )
    write_rows(connection, StrategyPool, ((one, s, POOL, *place) for s in strategies))
    limits = (300, 1_500, 9_000, 10_000, 100, 0, 60, 20, 100 * USD)
    write_rows(connection, StrategyLimits, ((one, s, *limits, *place) for s in strategies))
    terms = (_FEE_BPS, 2_000, 100, 50, 3_000, 30 * 86_400, 0, 0)
    write_rows(connection, Terms, ((one, s, 1, *place, *terms) for s in strategies))
    write_rows(connection, Vault, _vaults(one, size))
    Partitions(one).cover(connection, list(_days(size)))
    write_rows(connection, Entry, _entries(one, size))
    write_rows(connection, Posting, _postings(one, size))
    write_rows(connection, Trade, (_trade(one, each, size) for each in trades(size)))
    write_rows(connection, Clearing, (_clearing(one, each) for each in trades(size)))
    write_rows(connection, Copy, (row for each in trades(size) for row in _copies(one, each)))
    last = opened
    blocks: list[tuple[Any, ...]] = [(one, opened, _hash(opened), START, len(size.written), 0, 0)]
    for each in trades(size):
        last = each.block
        blocks.append((one, last, _hash(last), each.time, len(each.copies) + 2, 0, 0))
    write_rows(connection, Block, blocks)
    write_rows(connection, Balance, _balances(one, size))
    return last + size.times - 1


def _vaults(one: int, size: Size) -> Iterator[tuple[Any, ...]]:
    for strategy in size.strategies:
        for at, vault in enumerate(size.vaults_of(strategy)):
            owner = address(2, strategy) if at == 0 else address(3, vault)
            facts = ("Active", None, 0 if at == 0 else 1, at, 0 if at == 0 else 1, _FEE_BPS)
            opened = (size.times, vault, START, _TX)
            yield one, vault, strategy, owner, at == 0, None, *opened, *facts, 10_000 * USD, 10_000 * USD


def _entries(one: int, size: Size) -> Iterator[tuple[Any, ...]]:
    for vault in size.written:
        yield one, size.times, vault, "Allocated", None, vault, address(3, vault), None, START, _TX


def _postings(one: int, size: Size) -> Iterator[tuple[Any, ...]]:
    """A vault's accounts are numbered after it: base token, then ether."""
    for vault in size.written:
        yield one, size.times, vault, 0, vault, 2 * vault - 1, 10_000 * USD, "allocation"


def _balances(one: int, size: Size) -> Iterator[tuple[Any, ...]]:
    cash = dict.fromkeys(size.written, 10_000 * USD)
    held = dict.fromkeys(size.written, 0)
    for each in trades(size):
        for vault, amount_in, fee, amount_out, _ in each.copies:
            paid, got = (cash, held) if each.buys else (held, cash)
            paid[vault] -= amount_in + fee
            got[vault] += amount_out
    for vault in size.written:
        yield one, 2 * vault - 1, "vault", str(vault), USDC, cash[vault], 1
        yield one, 2 * vault, "vault", str(vault), WETH, held[vault], 1


def _id(each: Traded) -> int:
    return each.strategy << 32 | each.sequence


def _tokens(each: Traded) -> tuple[str, str]:
    return (USDC, WETH) if each.buys else (WETH, USDC)


def _trade(one: int, each: Traded, size: Size) -> tuple[Any, ...]:
    terms = (POOL, *_tokens(each), each.portion, 0, 0, len(size.vaults_of(each.strategy)), each.time + 600)
    done = (each.block, each.time, _TX)
    by = address(2, each.strategy)
    opened = (each.block, 0, each.time, _TX)
    return (one, _id(each), each.strategy, each.sequence, "leader", by, *terms, *done, *opened)


def _clearing(one: int, each: Traded) -> tuple[Any, ...]:
    amount_in = sum(copy[1] for copy in each.copies)
    fees = sum(copy[2] for copy in each.copies)
    got = sum(copy[3] for copy in each.copies)
    amounts = (amount_in, 0, got, 0, fees, fees // 10, 0, None, got * 10_005 // 10_000)
    swap = (_id(each), 0, _VENUE, *_tokens(each), len(each.copies), each.portion)
    return (one, each.block, 1, *swap, *amounts, each.time, _TX)


def _copies(one: int, each: Traded) -> Iterator[tuple[Any, ...]]:
    for at, (vault, amount_in, fee, amount_out, reason) in enumerate(each.copies):
        status = ("filled", None, None) if reason is None else ("skipped", reason, None)
        amounts = (amount_in, fee, amount_out, 1 if reason is None else None)
        place = (each.block, at + 2, each.time, _TX)
        yield one, _id(each), vault, each.strategy, 1, *status, *amounts, *place
