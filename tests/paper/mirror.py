"""The real hub on a real chain and the paper hub beside it, told the same: every answer is compared.

Whatever either says, the other must say too: the error with its arguments, or the events with theirs.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from eth_account.signers.local import LocalAccount

from orders.order import Order as Signed
from orders.order import OrderKind, sign
from orders.order import Trade as SignedTrade
from paper import hub as paper
from paper.price import SCALE
from paper.refused import RefusedError
from paper.state import WAD
from protocol.types import FeeTerms, Policy, StrategyLimits, StrategyParams
from tests.e2e.stage import BLOCK_S, Stage
from tests.paper.chain import ChainMarket

BATCH_SIZE = 3
USDC = 10**6
SYMBOLS = ("USDC", "WETH", "WBTC")
NOBODY = "0x" + "00" * 20
PROTOCOL_BPS = 1_000
MAX_DEVIATION_BPS = 1_000


class Mirror:
    """Both hubs with one strategy of one leader on USDC, WETH and WBTC."""

    def __init__(
        self, stage: Stage, *, terms: FeeTerms, limits: StrategyLimits, batch_size: int = BATCH_SIZE
    ) -> None:
        self.stage = stage
        self.market = ChainMarket(stage)
        self.paper = paper.Hub(
            self.market,
            treasury=stage.treasury.address,
            protocol_bps=PROTOCOL_BPS,
            batch_size=batch_size,
            max_deviation_bps=MAX_DEVIATION_BPS,
            venue=stage.venue,
            nobody=NOBODY,
        )
        self.tokens = [stage.exchange.tokens[symbol].address for symbol in SYMBOLS]
        self.pools = {
            frozenset(self.tokens.index(token) for token in (pool.token0, pool.token1)): pool.address
            for pool in stage.exchange.pools.values()
        }
        self.params = StrategyParams(
            self.tokens[0],
            tuple(self.tokens[1:]),
            tuple(self.pools.values()),
            "Mirrored",
            terms=terms,
            limits=limits,
            max_slippage_bps=300,
            max_drift_bps=50,
            copy_window=600,
            min_deposit=100 * USDC,
        )
        self.leader = stage.person("paper leader", usdc=200_000 * USDC)
        self.followers = [
            stage.person(f"paper follower {number}", usdc=100_000 * USDC) for number in range(5)
        ]
        self.keeper = stage.person("paper keeper")
        self.nonce = 0
        stage.play()
        stage.move_price(stage.tick.weth)
        for who in (self.leader, *self.followers):
            amount = (100_000 if who is self.leader else 50_000) * USDC
            self.both(
                who,
                stage.hub.deposit(self.tokens[0], amount, who.address),
                lambda who=who, amount=amount: self.paper.deposit(who.address, self.tokens[0], amount),
            )
        routes = {pool: pair for pair, pool in self.pools.items()}
        self.both(
            self.leader,
            stage.hub.createStrategy(self.params.struct()),
            lambda: self.paper.create_strategy(self.leader.address, self.params, routes),
        )
        self.allocate(self.leader, 1, 50_000 * USDC)

    # ---------------------------------------------------------------- both are told

    def both(self, who: LocalAccount, call: Any, on_paper: Callable[[], Any]) -> str | None:
        """A call in a block of its own, then the same on paper; the error of both, if one."""
        self.stage.order(who, call, may_fail=True)
        (receipt,), said = self.stage.play()
        self.market.block, self.paper.now = receipt.block_number, self.stage.time
        self.paper.told.clear()
        refused = None
        try:
            on_paper()
        except RefusedError as error:
            refused = error
        said_why = None if receipt.error is None else receipt.error.lower()
        assert (None if refused is None else str(refused).lower()) == said_why, call.fn_name
        told = [(type(each).__name__, _arguments(each)) for each in self.paper.told]
        assert told == [(name, _values(arguments)) for name, arguments in said], call.fn_name
        return None if refused is None else refused.name

    def open(self, who: LocalAccount, policy: Policy, amount: int, *, referrer: str = "") -> str | None:
        version = len(self.paper.strategies.look(1).terms)
        return self.both(
            who,
            self.stage.hub.openVault(1, policy.struct(), amount, version, referrer or NOBODY),
            lambda: self.paper.open_vault(
                who.address, 1, policy, amount, terms_version=version, referrer=referrer
            ),
        )

    def allocate(self, who: LocalAccount, vault_id: int, amount: int) -> str | None:
        return self.both(
            who,
            self.stage.hub.allocate(vault_id, amount),
            lambda: self.paper.allocate(who.address, vault_id, amount),
        )

    def deallocate(self, who: LocalAccount, vault_id: int, index: int, amount: int | None) -> str | None:
        token = self.tokens[index]
        return self.both(
            who,
            self.stage.hub.deallocate(vault_id, token, 2**256 - 1 if amount is None else amount),
            lambda: self.paper.deallocate(who.address, vault_id, token, amount),
        )

    def exit(self, who: LocalAccount, vault_id: int) -> str | None:
        return self.both(
            who,
            self.stage.hub.exit(vault_id, self.tokens, who.address),
            lambda: self.paper.exit(who.address, vault_id, self.tokens),
        )

    def set_policy(self, who: LocalAccount, vault_id: int, policy: Policy) -> str | None:
        return self.both(
            who,
            self.stage.hub.setPolicy(vault_id, policy.struct()),
            lambda: self.paper.set_policy(who.address, vault_id, policy),
        )

    def rule(self, name: str, who: LocalAccount, vault_id: int) -> str | None:
        """`pause`, `resume`, `requestExit` or `leaveStrategy`."""
        on_paper = {
            "pause": self.paper.pause,
            "resume": self.paper.resume,
            "requestExit": self.paper.request_exit,
            "leaveStrategy": self.paper.leave_strategy,
        }[name]
        call = getattr(self.stage.hub, name)(vault_id)
        return self.both(who, call, lambda: on_paper(who.address, vault_id))

    def anybody(self, name: str, number: int) -> str | None:
        """`settle`, `settleEscrow`, `evict`, or `prune` of a position."""
        on_paper: dict[str, Callable[[], None]] = {
            "settle": lambda: self.paper.settle(number),
            "settleEscrow": lambda: self.paper.settle_escrow(number),
            "evict": lambda: self.paper.evict(number),
            "prune": lambda: self.paper.prune(1, number),
        }
        call = getattr(self.stage.hub, name)
        return self.both(self.keeper, call(1, number) if name == "prune" else call(number), on_paper[name])

    def trade(
        self, index_in: int, index_out: int, portion: int, *, limit: int = 0, expected_bps: int = 0
    ) -> str | None:
        trade = self._trade(index_in, index_out, portion, limit)
        call = self.stage.hub.trade(_struct(trade))
        return self.both(
            self.leader,
            self._expecting(call, expected_bps),
            lambda: self.paper.trade(self.leader.address, trade, expected_bps=expected_bps),
        )

    def execute(self, trade: paper.Trade, *, nonce: int, **terms: int) -> str | None:
        """The leader's signed order, carried by the keeper."""
        kind, min_fill = terms.get("kind", 0), terms.get("min_fill", WAD)
        trigger = terms.get("trigger", 0)
        signed = Signed(SignedTrade(*_struct(trade)), nonce, OrderKind(kind), min_fill, trigger)
        place = {"chain_id": self.stage.deployment.chain_id, "hub": self.stage.contracts.hub.address}
        signature = sign(signed, self.leader, **place)
        digest = self.stage.hub.orderDigest(signed.struct()).call()
        order = paper.Order(trade, nonce, kind, min_fill, trigger, "0x" + bytes(digest).hex())
        return self.both(
            self.keeper,
            self.stage.hub.executeOrder(signed.struct(), signature),
            lambda: self.paper.execute_order(self.keeper.address, order),
        )

    def continue_trade(self, visits: int, *, expected_bps: int = 0) -> str | None:
        call = self.stage.hub.continueTrade(1, visits)
        return self.both(
            self.keeper,
            self._expecting(call, expected_bps),
            lambda: self.paper.continue_trade(self.keeper.address, 1, visits, expected_bps=expected_bps),
        )

    def close(self, index: int, vault_ids: list[int]) -> str | None:
        pool = self.pools[frozenset((0, index))]
        token = self.tokens[index]
        return self.both(
            self.keeper,
            self.stage.hub.closeVaults((1, pool, token, vault_ids)),
            lambda: self.paper.close_vaults(self.keeper.address, 1, pool, token, vault_ids),
        )

    def manual(self, who: LocalAccount, vault_id: int, indices: tuple[int, int], amount: int) -> str | None:
        pool, (token_in, token_out) = self.pools[frozenset(indices)], (self.tokens[at] for at in indices)
        params = (vault_id, pool, token_in, token_out, amount, 0, 2**40 - 1)
        return self.both(
            who,
            self.stage.hub.manualTrade(params),
            lambda: self.paper.manual_trade(who.address, vault_id, pool, (token_in, token_out), amount),
        )

    def new_terms(self, terms: FeeTerms) -> str | None:
        return self.both(
            self.leader,
            self.stage.hub.proposeTerms(1, terms.struct()),
            lambda: self.paper.propose_terms(self.leader.address, 1, terms),
        )

    def accept(self, who: LocalAccount, vault_id: int) -> str | None:
        version = len(self.paper.strategies.look(1).terms)
        return self.both(
            who,
            self.stage.hub.acceptTerms(vault_id, version),
            lambda: self.paper.accept_terms(who.address, vault_id, version),
        )

    # ---------------------------------------------------------------- the world moves

    def move_price(self, thousandths: int, *, wait: bool = True) -> None:
        """WETH is worth so many thousandths of what it was, to the feed and to the pools."""
        self.stage.move_price(self.stage.tick.weth * thousandths // 1_000)
        if wait:
            self.stage.settle()

    def let_pass(self, seconds: int, *, posted: bool = True) -> None:
        """Time; afterwards the feeds are posted anew, or are not."""
        self.stage.time += seconds
        if posted:
            self.stage.move_price(self.stage.tick.weth)

    # ---------------------------------------------------------------- both are asked

    def compare(self) -> None:
        """Every balance, mark and status of the paper hub is the contract's."""
        hub = self.stage.hub
        calls: list[Any] = []
        expected: list[Any] = []
        for vault in self.paper.vaults.all():
            calls += [hub.vaultBalance(vault.id, token) for token in self.tokens]
            expected += vault.balances
            calls.append(hub.marksOf(vault.id))
            expected.append((vault.marks.mark, vault.marks.invested))
        for (who, *rest), amount in self.paper.accounts.all().items():
            calls.append(hub.accountBalance(who, rest[0]))
            expected.append(amount)
        for (who, *rest), amount in self.paper.fee_balances.all().items():
            if who:
                calls.append(hub.feeBalance(who, rest[0]))
                expected.append(amount)
        found = self.stage.chain.read(calls)
        assert [_flat(each) for each in found] == [_flat(each) for each in expected]
        state = self.paper.strategies.look(1).state
        told = _state(hub.stateOf(1).call())
        assert (state.stake_equity, state.index, state.loss_used, state.last_trade_at) == told

    def price(self, index_in: int, index_out: int) -> int:
        """What the feeds have answered last, whether that is believed or not."""
        tick, tokens = self.stage.tick, self.stage.exchange.tokens
        sold, bought = (tokens[symbol] for symbol in (SYMBOLS[index_in], SYMBOLS[index_out]))
        worth = tick.price(sold.symbol) * 10**bought.decimals
        return SCALE * worth // (tick.price(bought.symbol) * 10**sold.decimals)

    def _trade(self, index_in: int, index_out: int, portion: int, limit: int) -> paper.Trade:
        pool = self.pools[frozenset((index_in, index_out))]
        pair = (self.tokens[index_in], self.tokens[index_out])
        return paper.Trade(1, pool, *pair, portion, limit, self.stage.time + 10 * BLOCK_S)

    def _expecting(self, call: Any, bps: int) -> Any:
        if not bps:
            return call
        expecting = self.stage.hub.expectSlippage(bps)._encode_transaction_data()
        return self.stage.hub.multicall([expecting, call._encode_transaction_data()])


def _struct(trade: paper.Trade) -> Any:
    return (
        trade.strategy_id,
        trade.pool,
        trade.token_in,
        trade.token_out,
        trade.portion,
        trade.limit_price,
        trade.deadline,
    )


def _arguments(event: Any) -> list[Any]:
    return [_flat(getattr(event, each.name)) for each in fields(event)]


def _values(arguments: dict[str, Any]) -> list[Any]:
    return [_flat(each) for each in arguments.values()]


def _flat(value: Any) -> Any:
    """Structs as tuples, hashes and addresses as lower-case text, enums and flags as numbers."""
    if is_dataclass(value):
        return tuple(_flat(getattr(value, each.name)) for each in fields(value))
    if isinstance(value, Mapping):
        return tuple(_flat(each) for each in value.values())
    if isinstance(value, list | tuple):
        return tuple(_flat(each) for each in value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value.lower() if isinstance(value, str) else int(value)


def _state(answer: Any) -> tuple[int, ...]:
    values = tuple(answer.values()) if isinstance(answer, dict) else tuple(answer)
    return values[0], values[1], values[4], values[5]
