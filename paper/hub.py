"""The whole hub: trades, orders, their copies, closes and manual trades on top of vaults.

`contracts/core/Trades.sol`, `Orders.sol`, `Fanouts.sol`, `Continuations.sol` and `Closes.sol`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounting.rounding import mul_div_down
from indexer.decode.events import (
    CopySkipped,
    OrderFilled,
    OrdersCancelled,
    TradeCompleted,
    TradeOpened,
    VaultStatusSet,
)
from paper import leader, policies, price
from paper.batch import Batch, Part
from paper.budget import capacity
from paper.clearing import Bounds, clear, clear_for
from paper.refused import RefusedError
from paper.settlement import ChargedVaults
from paper.state import WAD, Fanout, Strategy, Vault
from protocol.types import OnBreach, Reason, TradeKind, VaultStatus

_START_STEP = 2_654_435_769
"""2^32 divided by the golden ratio: successive multiples spread starts evenly."""
_SOLO = 1 << 31
_MAX_IMPACT_BPS = 2**16 - 1
MARKET, LIMIT, STOP_LIMIT, STOP_LOSS, TAKE_PROFIT = range(5)


@dataclass(frozen=True, slots=True)
class Trade:
    """One instruction of a leader: `TradeParams`."""

    strategy_id: int
    pool: str
    token_in: str
    token_out: str
    portion: int
    limit_price: int = 0
    deadline: int = 2**40 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """A trade that waits for its moment; that its leader signed it is taken for granted."""

    trade: Trade
    nonce: int
    kind: int = MARKET
    min_fill: int = WAD
    trigger_price: int = 0
    digest: str = ""


class Hub(ChargedVaults):
    """See `ChargedVaults`. ``expected_bps`` is what the contract is told by `expectSlippage` beforehand."""

    _filled: dict[tuple[str, int], int]
    _closed: set[tuple[str, int]]

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]
        self._filled = {}
        self._closed = set()

    def trade(self, by: str, trade: Trade, *, expected_bps: int = 0) -> int:
        """Fill the leader and the first copies in one swap; the trade's id."""
        with self._transaction():
            strategy = self.strategies.get(trade.strategy_id)
            if strategy is None or by != strategy.leader:
                raise RefusedError("NotLeader")
            trade_id, _ = self._trade(
                strategy, trade, trade.portion, min_fill=WAD, keeper="", expected_bps=expected_bps
            )
        return trade_id

    def execute_order(self, by: str, order: Order, *, expected_bps: int = 0) -> int:
        """Carry a signed order; the id of the trade that it became."""
        with self._transaction():
            strategy = self._strategy(order.trade.strategy_id)
            self._check_order(order)
            key = (strategy.leader, order.nonce)
            before = self._filled.get(key, 0)
            if key in self._closed or before >= order.trade.portion:
                raise RefusedError("OrderClosed", *key)
            portion = (order.trade.portion - before) * WAD // (WAD - before)
            keeper = "" if by == strategy.leader else by
            trade_id, sold = self._trade(
                strategy,
                order.trade,
                portion,
                min_fill=order.min_fill,
                keeper=keeper,
                expected_bps=expected_bps,
            )
            complete = sold == portion
            filled = order.trade.portion if complete else before + mul_div_down(WAD - before, sold, WAD)
            self._filled[key] = filled
            if complete:
                self._closed.add(key)
                del self._filled[key]
            self.told.append(OrderFilled(order.digest, trade_id, *key, filled, complete, by))
        return trade_id

    def cancel_orders(self, by: str, word: int, mask: int) -> None:
        """Close nonces, 256 a word."""
        self._closed |= {(by, word * 256 + bit) for bit in range(256) if mask >> bit & 1}
        self.told.append(OrdersCancelled(by, word, mask))

    def continue_trade(self, by: str, strategy_id: int, visits: int, *, expected_bps: int = 0) -> int:
        """Clear the next batch of the open trade, or expire it; how many positions were visited."""
        with self._transaction():
            strategy = self.strategies.get(strategy_id)
            if strategy is None or strategy.fanout is None:
                raise RefusedError("NoFanout", strategy_id)
            if not visits:
                raise RefusedError("ZeroAmount")
            fanout = strategy.fanout
            before, visits = fanout.cursor, min(visits, self.batch_size)
            batch = self._new_copies(strategy, fanout, by, expected_bps)
            if self.now > fanout.deadline:
                self._expire(batch, fanout, visits)
            else:
                self._visit(batch, fanout, visits)
                if batch.parts:
                    bounds = Bounds(fanout.floor_price, strategy.params.max_slippage_bps, WAD, 1)
                    cleared = clear(batch, bounds, self._books())
                    if cleared.loss_rate > fanout.loss_rate:
                        leader.charge_more(batch, fanout.loss_rate, cleared.loss_rate)
                        fanout.loss_rate = cleared.loss_rate
            if fanout.cursor == fanout.count:
                strategy.fanout = None
                self.told.append(TradeCompleted(batch.trade_id))
            return fanout.cursor - before

    def close_vaults(
        self, by: str, strategy_id: int, pool: str, token_in: str, vault_ids: Sequence[int]
    ) -> int:
        """Sell what exiting and stopped vaults hold of a token for base token; the clearing's id."""
        with self._transaction():
            strategy = self._strategy(strategy_id)
            batch = self._solo(
                strategy, by, pool, (token_in, strategy.tokens[0]), kind=TradeKind.CLOSE, portion=WAD
            )
            batch.keeper = by
            stopped, last = False, 0
            for vault_id in vault_ids:
                if vault_id <= last:
                    raise RefusedError("NotAscending", vault_id)
                last = vault_id
                sells, stopped_now = self._close(batch, vault_id)
                stopped = stopped or stopped_now
                if sells:
                    self._gather_all(batch, vault_id)
            if batch.parts:
                clear(batch, Bounds(0, strategy.params.max_slippage_bps, WAD, 1), self._books())
            elif not stopped:
                raise RefusedError("NothingToSell")
        return batch.trade_id

    def manual_trade(
        self, by: str, vault_id: int, pool: str, tokens: tuple[str, str], amount_in: int, *, min_out: int = 0
    ) -> int:
        """Trade in one's own vault, the first token for the second; what came of it."""
        with self._transaction():
            vault = self._owned(by, vault_id)
            strategy = self._strategy(vault.strategy_id)
            if vault_id == strategy.leader_vault:
                raise RefusedError("LeaderVault")
            if not amount_in:
                raise RefusedError("ZeroAmount")
            balance = vault.balances[strategy.index_of(tokens[0])]
            if amount_in > balance:
                raise RefusedError("InsufficientBalance", balance, amount_in)
            portion = mul_div_down(amount_in, WAD, balance)
            batch = self._solo(strategy, by, pool, tokens, kind=TradeKind.MANUAL, portion=portion)
            part = Part(vault, amount_in)
            batch.parts.append(part)
            if not strategy.terms_of(vault).performance_bps:
                return clear_for(batch, min_out, self._books())
            equity = batch.equity_down(vault.balances)
            value = batch.value_down(batch.index_in, amount_in) if equity else 0
            part.equity_share_bps = policies.share_bps_up(value, equity)
            return self._clear_measured(batch, vault, min_out)

    def stop_of(self, vault_id: int) -> Reason:
        """The stop that a vault has reached now, if one; Exiting where it is for sale already."""
        vault = self.vaults.look(vault_id)
        if vault.status is VaultStatus.EXITING:
            return Reason.EXITING
        if vault.status in {VaultStatus.NONE, VaultStatus.LEFT}:
            return Reason.NONE
        seen = vault.__copy__()
        equity = self.equity_down(seen)
        policies.look_at(seen, equity, self.now)
        return policies.stop_reached(seen, equity)

    def _trade(
        self, strategy: Strategy, trade: Trade, portion: int, *, min_fill: int, keeper: str, expected_bps: int
    ) -> tuple[int, int]:
        """The leader's own fill and its first copies: the trade's id, and the portion that was sold."""
        if self.now > trade.deadline:
            raise RefusedError("DeadlinePassed", trade.deadline)
        if not 0 < portion <= WAD:
            raise RefusedError("BadPortion", portion)
        if strategy.fanout:
            raise RefusedError("FanoutOpen", strategy.trade_id(strategy.sequence))
        fanout = self._open_fanout(strategy, trade, portion)
        trade_id = strategy.trade_id(fanout.sequence)
        batch = self._new_copies(strategy, fanout, keeper, expected_bps)
        batch.leads = True
        self._gather_leader(batch, portion)
        self._visit(batch, fanout, self.batch_size)
        max_slippage = strategy.params.max_slippage_bps
        cleared = clear(batch, Bounds(trade.limit_price, max_slippage, min_fill, 0), self._books())
        leader.charge_strategy(batch, cleared.portion, cleared.loss_rate)
        if fanout.cursor == fanout.count:
            self.told.append(TradeCompleted(trade_id))
        else:
            # Later batches copy what the leader got, not what the leader asked for.
            fanout.portion, fanout.loss_rate = cleared.portion, cleared.loss_rate
            fanout.floor_price = price.less_bps_up(cleared.price, strategy.params.max_drift_bps)
            strategy.fanout = fanout
        return trade_id, cleared.portion

    def _open_fanout(self, strategy: Strategy, trade: Trade, portion: int) -> Fanout:
        index_in, index_out = _route(strategy, trade.pool, trade.token_in, trade.token_out)
        strategy.sequence += 1
        count = len(strategy.members)
        start = (strategy.sequence * _START_STEP) % 2**32 * count >> 32
        deadline = self.now + strategy.params.copy_window
        self.told.append(
            TradeOpened(
                strategy.trade_id(strategy.sequence),
                strategy.leader,
                TradeKind.LEADER,
                trade.pool,
                trade.token_in,
                trade.token_out,
                portion,
                trade.limit_price,
                start,
                count,
                deadline,
            )
        )
        return Fanout(strategy.sequence, start, count, 0, deadline, index_in, index_out, trade.pool, portion)

    def _new_copies(self, strategy: Strategy, fanout: Fanout, keeper: str, expected_bps: int) -> Batch:
        return Batch(
            strategy,
            self.market,
            self.now,
            strategy.trade_id(fanout.sequence),
            fanout.pool,
            fanout.index_in,
            fanout.index_out,
            fanout.portion,
            strategy.limits,
            expected_bps,
            keeper=keeper,
        )

    def _gather_leader(self, batch: Batch, portion: int) -> None:
        """The leader fills in the same swap as the first followers, pays no copy fee and knows no limits."""
        vault = self.vaults.touch(batch.strategy.leader_vault)
        gross = mul_div_down(vault.balances[batch.index_in], portion, WAD)
        if not gross:
            raise RefusedError("NothingToSell")
        if batch.index_out:
            leader.require_entry(batch, vault, gross)
        batch.parts.append(Part(vault, gross))

    def _visit(self, batch: Batch, fanout: Fanout, visits: int) -> None:
        for vault in self._next_members(batch.strategy, fanout, visits):
            part, stop = policies.size(batch, vault)
            if stop is not None:
                self._set_status(vault, stop, part.reason)
            if part.gross:
                batch.parts.append(part)
            else:
                self._skip(batch, vault, part.reason)
        batch.cursor = fanout.cursor

    def _expire(self, batch: Batch, fanout: Fanout, visits: int) -> None:
        for vault in self._next_members(batch.strategy, fanout, visits):
            self._skip(batch, vault, Reason.EXPIRED)

    def _next_members(self, strategy: Strategy, fanout: Fanout, visits: int) -> list[Vault]:
        """The members at the next positions, wrapping at the count; the cursor moves past them."""
        end = min(fanout.cursor + visits, fanout.count)
        ids = [strategy.members[(fanout.start + at) % fanout.count] for at in range(fanout.cursor, end)]
        fanout.cursor = end
        return [self.vaults.touch(vault_id) for vault_id in ids if vault_id]

    def _skip(self, batch: Batch, vault: Vault, reason: Reason) -> None:
        self.told.append(CopySkipped(batch.trade_id, vault.id, vault.policy_revision, reason))

    def _check_order(self, order: Order) -> None:
        """Terms that contradict each other are refused; a trigger is the oracle's to pull."""
        trade, kind, waits = order.trade, order.kind, order.kind > LIMIT
        if not 0 < trade.portion <= WAD:
            raise RefusedError("BadPortion", trade.portion)
        bad = not 0 < order.min_fill <= WAD or waits != bool(order.trigger_price)
        needs_limit = kind in {LIMIT, STOP_LIMIT} or order.min_fill != WAD
        if bad or (needs_limit and not trade.limit_price):
            raise RefusedError("BadOrder")
        if not waits:
            return
        now = self.market.price_down(trade.token_in, trade.token_out)
        reached = now >= order.trigger_price if kind == TAKE_PROFIT else now <= order.trigger_price
        if not reached:
            raise RefusedError("NotTriggered", now, order.trigger_price)

    def _solo(
        self,
        strategy: Strategy,
        by: str,
        pool: str,
        tokens: tuple[str, str],
        *,
        kind: TradeKind,
        portion: int,
    ) -> Batch:
        """A clearing that copies nobody."""
        index_in, index_out = _route(strategy, pool, *tokens)
        strategy.solo_count += 1
        trade_id = strategy.trade_id(_SOLO | strategy.solo_count)
        self.told.append(TradeOpened(trade_id, by, kind, pool, *tokens, portion, 0, 0, 0, 0))
        return Batch(
            strategy, self.market, self.now, trade_id, pool, index_in, index_out, portion, strategy.limits
        )

    def _clear_measured(self, batch: Batch, vault: Vault, min_out: int) -> int:
        """Where gains are charged, a trade at a made-up price would take them out uncharged."""
        before = vault.balances[batch.index_out]
        batch.limits = replace(batch.limits, max_impact_bps=_MAX_IMPACT_BPS)
        clear(batch, Bounds(0, batch.strategy.params.max_slippage_bps, WAD, 1), self._books())
        amount_out = vault.balances[batch.index_out] - before
        if amount_out < min_out:
            raise RefusedError("BelowMinimumOut", amount_out, min_out)
        most = capacity(policies.vault_budget_bps(batch, vault.policy.loss_budget_bps))
        if vault.loss_used > most:
            raise RefusedError("LossBudgetUsedUp", vault.loss_used, most)
        return amount_out

    def _close(self, batch: Batch, vault_id: int) -> tuple[bool, bool]:
        """Carry out the stop that the vault has reached: whether it sells, and whether it stopped now."""
        vault = self.vaults.get(vault_id)
        closable = vault is not None and vault.strategy_id == batch.strategy.id
        if vault is None or not closable or vault.status is VaultStatus.LEFT:
            raise RefusedError("NotClosable", vault_id)
        if vault.status is VaultStatus.EXITING:
            return True, False
        on_stop = vault.policy.on_stop
        sells, status = on_stop is OnBreach.EXIT, policies.status_of(on_stop)
        if status is None or (vault.status is VaultStatus.SUSPENDED and not sells):
            raise RefusedError("NotClosable", vault_id)
        equity = batch.equity_down(vault.balances)
        policies.look_at(vault, equity, self.now)
        reason = policies.stop_reached(vault, equity)
        if reason is Reason.NONE:
            raise RefusedError("NotClosable", vault_id)
        vault.status = status
        self.told.append(VaultStatusSet(vault.id, status, reason))
        return sells, True

    def _gather_all(self, batch: Batch, vault_id: int) -> None:
        """An exiting vault's own slippage limit binds its exit too."""
        vault = self.vaults.touch(vault_id)
        if not vault.balances[batch.index_in]:
            return
        if vault.policy.max_slippage_bps:
            batch.strictest_bps = min(batch.strictest_bps, vault.policy.max_slippage_bps)
        batch.parts.append(Part(vault, vault.balances[batch.index_in]))


def _route(strategy: Strategy, pool: str, token_in: str, token_out: str) -> tuple[int, int]:
    """The strategy's indices of the two tokens; the pool must be the strategy's and trade just these."""
    indices = strategy.index_of(token_in), strategy.index_of(token_out)
    if indices[0] == indices[1] or strategy.routes.get(pool) != frozenset(indices):
        raise RefusedError("PoolNotAllowed", pool)
    return indices
