"""A small chain of hub events, written through the ledger's own code: what the API's tests read.

Two strategies in USDC (6 decimals) with WETH (18). Strategy 1 has its leader's vault 1 and the followers'
vaults 2, 3 (its policy skips small entries), 4 (paused) and 6 (in the later batch); strategy 2 only its
leader's vault 5. Trade 1-1 clears in two batches at two prices, 1-2 sells everything, 1-3 is not complete.
Trade 1-2 completes a signed order, and 1-3 is the first part of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from sqlalchemy import Engine

from indexer.chain.types import BlockLogs, Header, Log
from indexer.decode import events as e
from indexer.decode.decoder import Decoder
from indexer.ledger.checkpoint import add_deployment, find_deployment
from indexer.ledger.ledger import Ledger
from indexer.ledger.migrations import upgrade
from indexer.ledger.projection import TokenFacts
from protocol.types import FeeTerms, Policy, Reason, StrategyLimits, TradeKind, VaultStatus
from tests.databases import holds
from tests.indexer.encoding import encode_event

DECODER = Decoder()

CHAIN_ID = 31337
START_TIME = 1_704_456_000  # 2024-01-05T12:00:00Z


def address(name: str) -> str:
    return to_checksum_address(keccak(text=name)[:20])


HUB, USDC, WETH, WBTC = (address(name) for name in ("hub", "USDC", "WETH", "WBTC"))
POOL, VENUE, TREASURY = (address(name) for name in ("pool", "venue", "treasury"))
LEADER, ALICE, BOB, CAROL, NOBODY = (address(n) for n in ("leader", "alice", "bob", "carol", "nobody"))
TOKENS = {USDC: TokenFacts("USDC", 6), WETH: TokenFacts("WETH", 18), WBTC: TokenFacts("WBTC", 8)}
USD, ETH = 10**6, 10**18
LEADER_POSITION = 2**32 - 1
NOWHERE = "0x" + "00" * 20
PROTOCOL_BPS = 2_000
TERMS = FeeTerms(10, 2_000, 100, 50, 3_000, 30 * 86_400, 30 * 86_400, USD)
LIMITS = StrategyLimits(300, 1_500, 9_000, 10_000, 100, 0, 60, 20, 100 * USD)
SOLD_OUT, HALF_DONE = "0x" + "5e" * 32, "0x" + "4d" * 32
BIG_NONCE = 2**255 + 41
"""Beyond 64 bits, as a nonce may be."""
LAST_BLOCK = 18


def trade_id(strategy: int, sequence: int) -> int:
    return strategy << 32 | sequence


def block_hash(number: int) -> str:
    return "0x" + keccak(text=f"block {number}").hex()


@dataclass
class Chain:
    """Writes blocks of events, twelve seconds apart and `late` more since the start, into a ledger."""

    ledger: Ledger
    number: int = 9
    hashes: dict[int, str] = field(default_factory=dict)
    late: int = 0

    def mine(self, *blocks: Sequence[e.Event]) -> None:
        mined = []
        for events in blocks:
            self.number += 1
            header = header_of(self.number)
            header = replace(header, time=header.time + self.late)
            logs = tuple(self._log(header, index, event) for index, event in enumerate(events))
            mined.append(BlockLogs(header, logs))
        self.ledger.append(DECODER.decode(mined), TOKENS, mined[-1].header)
        self.ledger.refresh_leaders(100)

    def _log(self, header: Header, index: int, event: e.Event) -> Log:
        tx = "0x" + keccak(text=f"transaction {header.number}").hex()
        return Log(b"", header.number, header.hash, tx, 0, index, *encode_event(event))


def header_of(number: int) -> Header:
    time = START_TIME + 12 * (number - 10)
    return Header(number, block_hash(number), block_hash(number - 1), time, 0, time * 1_000_000 + 5)


def empty_chain(engine: Engine) -> Chain:
    holds(engine, "a ledger's tables", upgrade)
    deployment_id = add_deployment(engine, CHAIN_ID, HUB, header_of(9))
    return Chain(Ledger(engine, deployment_id))


def strategy(number: int, leader: str, vault: int, name: str, token: str = WETH) -> list[e.Event]:
    return [
        e.StrategyCreated(number, leader, vault, USDC, 100, 50, 600, 100 * USD, PROTOCOL_BPS, name),
        e.StrategyLimitsSet(number, LIMITS),
        e.TermsSet(number, 1, TERMS),
        e.StrategyTokenAdded(number, USDC, 0),
        e.StrategyTokenAdded(number, token, 1),
        e.StrategyPoolAdded(number, POOL),
        e.VaultOpened(vault, number, leader, 0, LEADER_POSITION, 0, NOWHERE),
        e.Deposited(leader, USDC, 20_000 * USD, leader),
        e.Allocated(vault, leader, USDC, 10_000 * USD),
        e.VaultMarked(vault, 10_000 * USD, 10_000 * USD),
    ]


def cleared(
    trade: int,
    sold: tuple[str, int],
    bought: tuple[str, int],
    oracle_out: int,
    *,
    cursor: int,
    portion: int = ETH,
    dust_in: int = 0,
    dust: int = 0,
    fees: int = 0,
    keeper_fee: int = 0,
    keeper: str = NOWHERE,
) -> e.BatchCleared:
    """A batch: tokens and amounts are what the swap took and gave."""
    (token_in, amount_in), (token_out, amount_out) = sold, bought
    return e.BatchCleared(
        trade,
        VENUE,
        token_in,
        token_out,
        cursor,
        portion,
        amount_in,
        dust_in,
        amount_out,
        dust,
        fees,
        keeper_fee,
        keeper,
        oracle_out,
    )


def opened(trade: int, token_in: str, token_out: str, *terms: int) -> e.TradeOpened:
    """The leader's trade; terms are portion, limit price, start, count and deadline."""
    portion, limit, start, count, deadline = terms
    swap = (POOL, token_in, token_out, portion, limit, start, count, deadline)
    return e.TradeOpened(trade, LEADER, TradeKind.LEADER, *swap)


def joining(vault: int, owner: str, position: int, amount: int, minimum: int = 0) -> list[e.Event]:
    return [
        e.Deposited(owner, USDC, amount, owner),
        e.VaultOpened(vault, 1, owner, 10, position, 1, NOWHERE),
        e.PolicySet(vault, 1, Policy(min_trade=minimum)),
        e.Allocated(vault, owner, USDC, amount),
        e.VaultMarked(vault, amount, amount),
    ]


def fill_world(engine: Engine) -> Chain:
    """Blocks 10 to 18."""
    holds(engine, "the API's world", _write_world)
    return world_in(engine)


def world_in(engine: Engine) -> Chain:
    """The chain of a database that the world is in already."""
    deployment_id = find_deployment(engine, CHAIN_ID, HUB)
    assert deployment_id is not None
    return Chain(Ledger(engine, deployment_id), LAST_BLOCK)


def _write_world(engine: Engine) -> None:
    chain = empty_chain(engine)
    chain.mine(
        [
            e.TreasurySet(TREASURY),
            e.TokenListed(USDC, START_TIME),
            e.TokenListed(WETH, START_TIME),
            e.PoolListed(POOL, VENUE, USDC, WETH, START_TIME),
        ],
        [*strategy(1, LEADER, 1, "Momentum"), *strategy(2, CAROL, 5, "Patience")],
        [
            *joining(2, ALICE, 0, 5_000 * USD),
            *joining(3, BOB, 1, 150 * USD, minimum=1_000 * USD),
            *joining(4, BOB, 2, 700 * USD),
            e.VaultStatusSet(4, VaultStatus.PAUSED, Reason.NONE),
            *joining(6, CAROL, 3, 3_000 * USD),
        ],
    )
    first = trade_id(1, 1)
    # Leader and Alice: 5,000 + 2,500 - fee at 2,000 less a bit; oracle says 2,000. Two wei of dust.
    chain.mine(
        [
            e.TradeOpened(
                first,
                LEADER,
                TradeKind.LEADER,
                POOL,
                USDC,
                WETH,
                ETH // 2,
                4 * 10**44,
                0,
                4,
                START_TIME + 636,
            ),
            cleared(
                first,
                (USDC, 7_500 * USD),
                (WETH, 3_741 * 10**15 + 2),
                3_750 * 10**15,
                cursor=1,
                portion=ETH // 2,
                dust=2,
                fees=2_500000,
            ),
            e.TradeCopied(first, 1, 0, 5_000 * USD, 0, 2_494 * 10**15, Reason.NONE),
            e.TradeCopied(first, 2, 1, 2_500 * USD, 2_500000, 1_247 * 10**15, Reason.NONE),
        ],
        [
            e.CopySkipped(first, 3, 1, Reason.BELOW_MINIMUM_TRADE),
            e.CopySkipped(first, 4, 1, Reason.PAUSED),
            # A minute later the price is 50 bps worse for the last follower.
            cleared(
                first,
                (USDC, 1_500 * USD),
                (WETH, 744_459 * 10**12),
                748 * 10**15,
                cursor=4,
                portion=ETH // 2,
                fees=1_500000,
            ),
            e.TradeCopied(first, 6, 1, 1_500 * USD, 1_500000, 744_459 * 10**12, Reason.NONE),
            e.TradeCompleted(first),
        ],
    )
    # Alice takes a tenth of an ether out in kind.
    chain.mine([e.Deallocated(2, ALICE, WETH, 10**17), e.Withdrawn(ALICE, WETH, 10**17, ALICE)])
    second = trade_id(1, 2)
    # Everybody sells everything at 2,200: the fee stays in ether.
    sold = {1: 2_494 * 10**15, 2: 1_145_853 * 10**12, 6: 743_714_541 * 10**9}
    fees = {2: 1_147 * 10**12, 6: 744_459 * 10**9}
    got = {vault: amount * 2_200 * USD // ETH for vault, amount in sold.items()}
    total, paid = sum(sold.values()), sum(got.values())
    chain.mine(
        [
            opened(second, WETH, USDC, ETH, 0, 1, 4, START_TIME + 690),
            cleared(
                second,
                (WETH, total),
                (USDC, paid),
                total * 2_210 * USD // ETH,
                cursor=4,
                fees=sum(fees.values()),
            ),
            *(
                e.TradeCopied(
                    second, vault, min(vault - 1, 1), sold[vault], fees.get(vault, 0), got[vault], Reason.NONE
                )
                for vault in (1, 2, 6)
            ),
            e.CopySkipped(second, 3, 1, Reason.NOTHING_TO_SELL),
            e.CopySkipped(second, 4, 1, Reason.PAUSED),
            e.TradeCompleted(second),
            e.OrderFilled(SOLD_OUT, second, LEADER, 40, ETH, True, NOBODY),
        ]
    )
    third = trade_id(1, 3)
    chain.mine(
        [
            e.TradeOpened(
                third,
                LEADER,
                TradeKind.LEADER,
                POOL,
                USDC,
                WETH,
                ETH // 4,
                4 * 10**44,
                2,
                4,
                START_TIME + 702,
            ),
            cleared(
                third,
                (USDC, 1_000 * USD - 1),
                (WETH, 45 * 10**16),
                454 * 10**15,
                cursor=1,
                portion=ETH // 10,
                dust_in=1,
            ),
            e.TradeCopied(third, 1, 0, 1_000 * USD, 0, 45 * 10**16, Reason.NONE),
            e.OrderFilled(HALF_DONE, third, LEADER, BIG_NONCE, ETH // 10, False, BOB),
        ],
        [e.FeesClaimed(LEADER, USDC, 3_200000)],
    )
    assert chain.number == LAST_BLOCK
