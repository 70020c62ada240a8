"""What people do in a story: each act is done on chain and by hand; the hub must say what the hand says."""

from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount

from demo.exchange import Token
from orders.order import Order as SignedOrder
from orders.order import OrderKind, digest, sign
from orders.order import Trade as SignedTrade
from protocol.types import FeeTerms, Policy, StrategyLimits, StrategyParams
from tests.e2e import events
from tests.e2e.by_hand import LEADER_CAP_BPS, SCALE, Books, least_money
from tests.e2e.records import WAD, Batch, Order, Outflow, Trade, Vault
from tests.e2e.stage import Event, Stage
from tests.e2e.witnesses import Witnesses

TERMS = FeeTerms(copy_bps=30, performance_bps=1_000, withdrawal_bps=25, referrer_bps=2_000)
PROTOCOL_BPS = 1_000
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
            TERMS,
            PROTOCOL_BPS,
        )
        story = cls(stage, witnesses, books, leader)
        params = StrategyParams(
            base.address,
            (asset.address,),
            (stage.pool,),
            "Golden",
            terms=TERMS,
            limits=StrategyLimits(min_stake=MIN_DEPOSIT),
            max_slippage_bps=SLIPPAGE_BPS,
            max_drift_bps=DRIFT_BPS,
            copy_window=COPY_WINDOW_S,
            min_deposit=MIN_DEPOSIT,
        )
        stage.order(leader, stage.hub.deposit(base.address, leaders_usdc, leader.address))
        stage.order(leader, stage.hub.createStrategy(params.struct()))
        stage.order(leader, stage.hub.allocate(1, leaders_usdc))
        books.deposit(leader.address, leaders_usdc)
        vault = books.open_vault(leader.address, leaders_usdc)
        await story.says(
            events.deposited(leader.address, base.address, leaders_usdc),
            *events.offered(params, leader=leader.address, protocol_bps=PROTOCOL_BPS),
            *events.allocated(vault, base.address, leaders_usdc),
        )
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
        self,
        name: str,
        amount: int,
        *,
        policy: Policy | None = None,
        referrer: str | None = None,
        cap_bps: int | None = None,
    ) -> tuple[Vault, list[Event]]:
        """Somebody comes with no more money than it takes to put `amount` with one leader, and does so.

        Queues it. Returns the vault and what the hub must say.
        """
        stage, books = self.stage, self.books
        money = least_money(amount, cap_bps or LEADER_CAP_BPS)
        who = stage.person(name, usdc=money)
        said = [events.deposited(who.address, books.base, money)]
        stage.order(who, stage.hub.deposit(books.base, money, who.address))
        if cap_bps is not None:
            stage.order(who, stage.hub.setLeaderCap(cap_bps))
            said.append(("LeaderCapSet", {"owner": who.address, "capBps": cap_bps}))
        rules = (policy or Policy()).struct()
        stage.order(who, stage.hub.openVault(1, rules, amount, 1, referrer or events.NOBODY))
        books.deposit(who.address, money)
        position = len(books.members)
        vault = books.open_vault(who.address, amount, policy=policy, referrer=referrer)
        return vault, [*said, *events.joined(vault, position, books.base, amount)]

    async def take_out(self, who: LocalAccount, vault: Vault, *amounts: tuple[str, int]) -> list[Outflow]:
        """The owner moves tokens to the account, each in a call of its own."""
        said, outflows = [], []
        for token, amount in amounts:
            self.stage.order(who, self.stage.hub.deallocate(vault.id, token, amount))
            [outflow] = self.books.take_out(vault, (token, amount))
            said += [
                *events.charged(vault, outflow),
                events.marked(vault),
                events.deallocated(vault, outflow),
            ]
            outflows.append(outflow)
        await self.says(*said)
        return outflows

    async def leave(self, who: LocalAccount, vault: Vault) -> list[Outflow]:
        """The owner leaves with all that the vault holds, in kind: one look at the vault, one call."""
        stage, books = self.stage, self.books
        stage.order(who, stage.hub.exit(vault.id, [books.base, books.asset], who.address))
        moved, place = books.leave(vault)
        member = {"strategyId": 1, "vaultId": moved, "position": place}
        said = [events.status_set(vault), ("MemberMoved", member)]
        held = {token: books.held(vault, token) for token in (books.base, books.asset)}
        outflows = books.take_out(vault, *[(token, amount) for token, amount in held.items() if amount])
        for outflow in outflows:
            said += [*events.charged(vault, outflow), events.deallocated(vault, outflow)]
        said.append(events.marked(vault))
        for outflow in outflows:
            books.withdraw(who.address, outflow.token, outflow.paid)
            said.append(events.withdrawn(who.address, outflow.token, outflow.paid))
        await self.says(*said)
        assert books.equity_now(vault) == 0
        return outflows

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
        books.batch(trade, visits, self._received(terms.token_out, block), taken, keeper=keeper.address)
        fill = books.fill(order, trade, keeper.address)
        assert said == [*self._traded(trade, terms.limit_price), events.order_filled(books, order, fill)]
        await self.witnesses.agree(books)
        return trade

    async def refused(self, keeper: LocalAccount, carried: Signed, why: str) -> None:
        """Somebody carries an order in vain."""
        signed, signature = carried
        await self.fails(keeper, self.stage.hub.executeOrder(signed.struct(), signature), why)

    async def fails(self, who: LocalAccount, call: Any, why: str) -> None:
        """The hub refuses a call: nothing is said, nothing moves."""
        self.stage.order(who, call, may_fail=True)
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

    async def close(self, keeper: LocalAccount, vaults: list[Vault]) -> Trade:
        """Somebody sells out vaults whose stop is reached."""
        stage, books = self.stage, self.books
        stage.order(keeper, self.closing(vaults))
        receipts, said = stage.play()
        received = self._received(books.base, receipts[0].block_number)
        trade = books.close(keeper.address, books.asset, vaults, received)
        [batch] = trade.batches
        one_price(batch)
        assert said == [
            events.opened(trade, pool=stage.pool, limit=0, deadline=0),
            *[events.status_set(vault) for vault in vaults],
            *events.cleared(books, trade, batch),
        ]
        await self.witnesses.agree(books)
        return trade

    def closing(self, vaults: list[Vault]) -> Any:
        """The call that sells out vaults."""
        return self.stage.hub.closeVaults(
            (1, self.stage.pool, self.books.asset, [vault.id for vault in vaults])
        )

    def _traded(self, trade: Trade, limit: int) -> list[Event]:
        """What the hub says of a trade and its first batch."""
        stage, books = self.stage, self.books
        [batch] = trade.batches
        one_price(batch)
        done = [events.completed(trade)] if trade.cursor == len(trade.order) else []
        return [
            events.opened(trade, pool=stage.pool, limit=limit, deadline=stage.time + COPY_WINDOW_S),
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
        received = self._received(trade.token_out, receipts[0].block_number)
        batch = books.batch(trade, visits, received, keeper=keeper.address)
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
