"""What people do in a story: each act is done on chain and by hand; the hub must say what the hand says."""

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from tests.e2e import events
from tests.e2e.by_hand import LEADERS_POSITION, SCALE, WAD, Batch, Books, Trade, Vault
from tests.e2e.stage import Event, Stage
from tests.e2e.witnesses import Witnesses

COPY_FEE_BPS = 30
SLIPPAGE_BPS = 300
DRIFT_BPS = 50
COPY_WINDOW_S = 600
MIN_DEPOSIT = 100 * 10**6


@dataclass
class Story:
    """A leader's strategy on USDC and WETH, followers, and the books that are kept of them by hand."""

    stage: Stage
    witnesses: Witnesses
    books: Books
    leader: LocalAccount

    @classmethod
    async def begin(cls, stage: Stage, witnesses: Witnesses, *, leaders_usdc: int) -> "Story":
        """The leader makes the offer and puts in a stake."""
        leader = stage.person("leader", usdc=leaders_usdc)
        base, asset = stage.usdc, stage.weth
        hub = stage.contracts.hub
        pool = stage.exchange.pool("USDC", "WETH").address
        books = Books(
            base.address,
            asset.address,
            {token.address: token.decimals for token in (base, asset)},
            {token.address: stage.tick.price(token.symbol) for token in (base, asset)},
            leader.address,
            stage.treasury.address,
            hub.functions.venueOf(pool).call(),
            COPY_FEE_BPS,
        )
        story = cls(stage, witnesses, books, leader)
        terms = (
            base.address,
            [asset.address],
            [pool],
            COPY_FEE_BPS,
            SLIPPAGE_BPS,
            DRIFT_BPS,
            COPY_WINDOW_S,
            MIN_DEPOSIT,
            "Golden",
        )
        stage.order(leader, stage.hub.deposit(base.address, leaders_usdc, leader.address))
        stage.order(leader, stage.hub.createStrategy(terms))
        stage.order(leader, stage.hub.allocate(1, leaders_usdc))
        books.deposit(leader.address, leaders_usdc)
        vault = books.open_vault(leader.address)
        books.allocate(vault, leaders_usdc)
        said = await story.told()
        money = [event for event in said if not event[0].startswith("Strategy")]
        assert money == [
            events.deposited(leader.address, base.address, leaders_usdc),
            *events.joined(vault, LEADERS_POSITION, base.address, 0),
            events.allocated(vault, base.address, leaders_usdc),
        ]
        return story

    async def told(self) -> list[Event]:
        """Mine; everybody must agree with the books now. Returns what the hub said."""
        _, said = self.stage.play()
        await self.witnesses.agree(self.books)
        return said

    async def says(self, *expected: Event) -> None:
        """Mine; everybody must agree, and the hub must have said exactly this."""
        assert await self.told() == list(expected)

    def join(
        self, who: LocalAccount, amount: int, *, min_trade: int = 0, max_trade: int = 0
    ) -> tuple[Vault, list[Event]]:
        """Queues a deposit and a vault opened with all of it. Returns the vault and what the hub must say."""
        stage, books = self.stage, self.books
        stage.order(who, stage.hub.deposit(books.base, amount, who.address))
        stage.order(who, stage.hub.openVault(1, (min_trade, max_trade), amount))
        books.deposit(who.address, amount)
        position = len(books.members)
        vault = books.open_vault(who.address, amount, min_trade=min_trade, max_trade=max_trade)
        return vault, [
            events.deposited(who.address, books.base, amount),
            *events.joined(vault, position, books.base, amount),
        ]

    def move_price(self, weth: int) -> None:
        self.stage.move_price(weth)
        self.books.prices[self.books.asset] = weth

    def limit(self, token_in: str, token_out: str) -> int:
        """The leader's limit: the oracle's price less one percent, in units out per unit in."""
        whole = 10 ** self.books.decimals[token_in]
        return self.books.quote(token_in, token_out, whole) * SCALE * 99 // (whole * 100)

    async def trade(self, token_in: str, token_out: str, portion: int, *, visits: int = 10**9) -> Trade:
        """The leader trades. The swap's output comes from the token's transfers, all else is by hand."""
        stage, books = self.stage, self.books
        limit = self.limit(token_in, token_out)
        pool = stage.exchange.pool("USDC", "WETH").address
        order = (1, pool, token_in, token_out, portion, limit, stage.time + 10_000)
        stage.order(self.leader, stage.hub.trade(order))
        receipts, said = stage.play()
        trade = books.begin(token_in, token_out, portion)
        batch = books.batch(trade, visits, self._received(token_out, receipts[0].block_number))
        done = [events.completed(trade)] if trade.cursor == len(trade.order) else []
        assert said == [
            events.opened(
                trade, leader=books.leader, pool=pool, limit=limit, deadline=stage.time + COPY_WINDOW_S
            ),
            *events.skipped(trade, trade.skips),
            *events.cleared(books, trade, batch),
            *done,
        ]
        one_price(batch)
        await self.witnesses.agree(books)
        return trade

    async def go_on(self, keeper: LocalAccount, trade: Trade, visits: int) -> Batch:
        """Anybody copies the trade into the next positions."""
        stage, books = self.stage, self.books
        stage.order(keeper, stage.hub.continueTrade(1, visits))
        receipts, said = stage.play()
        skips = len(trade.skips)
        batch = books.batch(trade, visits, self._received(trade.token_out, receipts[0].block_number))
        done = [events.completed(trade)] if trade.cursor == len(trade.order) else []
        new_skips = events.skipped(trade, trade.skips[skips:])
        assert said == [*new_skips, *events.cleared(books, trade, batch), *done]
        one_price(batch)
        await self.witnesses.agree(books)
        return batch

    def _received(self, token: str, block: int) -> int:
        found = self.stage.usdc if token == self.stage.usdc.address else self.stage.weth
        [amount] = self.stage.arrived(found, since=block)
        return amount


def one_price(batch: Batch) -> None:
    """Every two parts have one price but for rounding: a unit more for either would beat the other."""
    for one in batch.parts:
        for other in batch.parts:
            assert one.amount_out * other.amount_in < (other.amount_out + 1) * one.amount_in
    assert 0 <= batch.dust < len(batch.parts)


def percent(of_holding: int) -> int:
    """A portion as the hub takes it."""
    return of_holding * WAD // 100
