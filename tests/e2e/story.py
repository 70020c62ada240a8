"""What people do in a story: each act is done on chain and by hand; the hub must say what the hand says."""

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from demo.exchange import Token
from orders.order import Order as SignedOrder
from orders.order import OrderKind, digest, sign
from orders.order import Trade as SignedTrade
from tests.e2e import events
from tests.e2e.by_hand import LEADERS_POSITION, SCALE, WAD, Batch, Books, Order, Trade, Vault
from tests.e2e.stage import Event, Stage
from tests.e2e.witnesses import Witnesses

COPY_FEE_BPS = 30
SLIPPAGE_BPS = 300
DRIFT_BPS = 50
COPY_WINDOW_S = 600
MIN_DEPOSIT = 100 * 10**6

Signed = tuple[SignedOrder, bytes]
"""An order and its signature: what a keeper needs."""


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
        books = Books(
            base.address,
            asset.address,
            {token.address: token.decimals for token in (base, asset)},
            {token.address: stage.tick.price(token.symbol) for token in (base, asset)},
            leader.address,
            stage.treasury.address,
            stage.venue,
            COPY_FEE_BPS,
        )
        story = cls(stage, witnesses, books, leader)
        terms = (
            base.address,
            [asset.address],
            [stage.pool],
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
        order = (1, stage.pool, token_in, token_out, portion, limit, stage.time + 10_000)
        stage.order(self.leader, stage.hub.trade(order))
        receipts, said = stage.play()
        trade = books.begin(token_in, token_out, portion)
        books.batch(trade, visits, self._received(token_out, receipts[0].block_number))
        assert said == self._traded(trade, limit)
        await self.witnesses.agree(books)
        return trade

    def sign(self, trade: SignedTrade, nonce: int, *, min_fill: int) -> tuple[Order, Signed]:
        """The leader signs a limit order. Returns it by hand, and what somebody carries."""
        stage = self.stage
        signed = SignedOrder(trade, nonce, OrderKind.LIMIT, min_fill)
        chain_id, hub = stage.deployment.chain_id, stage.contracts.hub.address
        order = Order("0x" + digest(signed, chain_id=chain_id, hub=hub).hex(), nonce, trade.portion)
        assert stage.hub.orderDigest(signed.struct()).call().hex() == order.hash[2:]
        self.books.orders.append(order)
        return order, (signed, sign(signed, self.leader, chain_id=chain_id, hub=hub))

    async def carry(
        self, keeper: LocalAccount, order: Order, carried: Signed, *, visits: int = 10**9
    ) -> Trade:
        """Somebody carries the order to the hub; the swap sells what the limit price lets it sell."""
        stage, books = self.stage, self.books
        signed, signature = carried
        stage.order(keeper, stage.hub.executeOrder(signed.struct(), signature))
        receipts, said = stage.play()
        block = receipts[0].block_number
        terms = signed.trade
        trade = books.begin(terms.token_in, terms.token_out, order.left)
        [taken] = stage.taken(self._token(terms.token_in), since=block)
        books.batch(trade, visits, self._received(terms.token_out, block), taken)
        fill = books.fill(order, trade, keeper.address)
        assert said == [*self._traded(trade, terms.limit_price), events.order_filled(books, order, fill)]
        await self.witnesses.agree(books)
        return trade

    async def refused(self, keeper: LocalAccount, carried: Signed, why: str) -> None:
        """Somebody carries an order in vain: nothing is said, nothing moves."""
        signed, signature = carried
        self.stage.order(keeper, self.stage.hub.executeOrder(signed.struct(), signature), may_fail=True)
        [receipt], said = self.stage.play()
        assert receipt.error is not None
        assert receipt.error.startswith(why), receipt.error
        assert said == []
        await self.witnesses.agree(self.books)

    async def cancel(self, order: Order) -> None:
        """The leader closes the order's nonce."""
        word, mask = order.nonce >> 8, 1 << (order.nonce & 255)
        self.stage.order(self.leader, self.stage.hub.cancelOrders(word, mask))
        order.cancelled = True
        await self.says(("OrdersCancelled", {"leader": self.leader.address, "word": word, "mask": mask}))

    def _traded(self, trade: Trade, limit: int) -> list[Event]:
        """What the hub says of a trade and its first batch."""
        stage, books = self.stage, self.books
        [batch] = trade.batches
        one_price(batch)
        done = [events.completed(trade)] if trade.cursor == len(trade.order) else []
        return [
            events.opened(
                trade, leader=books.leader, pool=stage.pool, limit=limit, deadline=stage.time + COPY_WINDOW_S
            ),
            *events.skipped(trade, trade.skips),
            *events.cleared(books, trade, batch),
            *done,
        ]

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
        [amount] = self.stage.given(self._token(token), since=block)
        return amount

    def _token(self, address: str) -> Token:
        return self.stage.usdc if address == self.stage.usdc.address else self.stage.weth


def one_price(batch: Batch) -> None:
    """Every two parts have one price but for rounding: a unit more out, or in a partial fill one less in, for
    either would beat the other.
    """
    rounded_up = 1 if batch.dust_in else 0
    for one in batch.parts:
        for other in batch.parts:
            assert one.amount_out * (other.amount_in - rounded_up) < (other.amount_out + 1) * one.amount_in
    assert 0 <= batch.dust < len(batch.parts)
    assert 0 <= batch.dust_in < len(batch.parts)


def percent(of_holding: int) -> int:
    """A portion as the hub takes it."""
    return of_holding * WAD // 100
