"""Swap once, everybody at one price: docs/specification.md, "The clearing"; `contracts/core/Clearing.sol`."""

from dataclasses import dataclass

from accounting.fees import copy_fee_of_part, keeper_fee_cap
from accounting.rounding import mul_div_down, mul_div_up
from indexer.decode.events import BatchCleared, Event, TradeCopied
from paper import budget, fairness, price
from paper.batch import Batch, Part
from paper.policies import loss_used_up
from paper.price import BPS
from paper.refused import RefusedError
from paper.state import MAX_BALANCE, WAD, Amounts
from protocol.types import Reason

MAX_32 = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a clearing must keep to. ``units`` of each token the exchange may round for itself."""

    floor_price: int
    max_slippage_bps: int
    min_fill: int
    units: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """How a batch was cleared: its price, the portion that was sold, and what it cost against the oracle."""

    price: int
    portion: int
    loss_rate: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a swap took and gave the batch. ``oracle_out`` is what the oracle says of it; 0: nobody asked."""

    offered: int
    amount_in: int
    amount_out: int
    keeper_fee: int = 0
    oracle_out: int = 0
    rate: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """Where the clearing puts fees and what rounding leaves over, and who is told. ``venue`` and ``nobody``
    are names in events.
    """

    treasury: str
    venue: str
    nobody: str
    max_deviation_bps: int
    fee_balances: Amounts
    tell: list[Event]


def clear(batch: Batch, bounds: Bounds, books: Books) -> Cleared:
    """Swap and distribute. Refuses what `execute` refuses."""
    looked = batch.amount_in
    seen = batch.market.view(batch.pool, batch.token_in, batch.token_out, looked, batch.limits.max_impact_bps)
    _fit_to_pool(batch, looked, seen.depth_in)
    average = (seen.average_out, looked)
    outcome = execute(batch, batch.amount_in, bounds, average, books.max_deviation_bps)
    distribute(batch, outcome, books)
    return Cleared(price.of_down(outcome.amount_out, outcome.amount_in), batch.portion, outcome.rate)


def execute(
    batch: Batch, offered: int, bounds: Bounds, average: tuple[int, int], max_deviation_bps: int
) -> Outcome:
    """Swap what is ``offered``, and take note in the batch of the portion that was sold.

    Refuses a price outside ``bounds`` or a vault's own slippage limit, one inside that of a vault that stood
    aside, a fill that is too small, and an oracle and an exchange that disagree; ``average`` is what the
    exchange's average price makes of an amount, and the amount.
    """
    limit = 0 if bounds.min_fill == WAD else bounds.floor_price
    amount_in, amount_out = _swap(batch, offered, limit)
    least = mul_div_up(offered, bounds.min_fill, WAD)
    if amount_in < least or not amount_in:
        raise RefusedError("FilledTooLittle", amount_in, least)
    keeper_fee = _keeper_fee(batch, amount_in, amount_out, bounds.floor_price)
    amount_out -= keeper_fee
    if not price.is_at_least(amount_out, amount_in, bounds.floor_price, bounds.units):
        raise RefusedError("PriceBelowLimit", price.of_down(amount_out, amount_in), bounds.floor_price)
    oracle_out = batch.oracle_out_down(amount_in)
    average_out = mul_div_down(average[0], amount_in, average[1])
    if not price.is_within_bps(average_out, oracle_out, max_deviation_bps):
        raise RefusedError("PricesDisagree", oracle_out, average_out)
    _require_slippage(batch, (amount_in, amount_out, oracle_out), bounds)
    batch.portion = mul_div_down(batch.portion, amount_in, offered)
    rounded = bounds.units * (1 + mul_div_up(oracle_out, 1, amount_in)) if bounds.units else 0
    rate = budget.rate_up(amount_out + rounded, oracle_out)
    return Outcome(offered, amount_in, amount_out, keeper_fee, oracle_out, rate)


def clear_for(batch: Batch, min_out: int, books: Books) -> int:
    """Swap for an owner alone: no bound but the owner's own. What came of it."""
    offered = batch.amount_in
    amount_in, amount_out = _swap(batch, offered, 0)
    if amount_in != offered:
        raise RefusedError("FilledTooLittle", amount_in, offered)
    if amount_out < min_out:
        raise RefusedError("BelowMinimumOut", amount_out, min_out)
    distribute(batch, Outcome(offered, amount_in, amount_out), books)
    return amount_out


def distribute(batch: Batch, outcome: Outcome, books: Books) -> None:
    """Give each vault floor(its input * received / all input). What rounding leaves is the treasury's."""
    shares = [share_of(part, outcome) for part in batch.parts]
    sum_in, sum_out, fees = (sum(each[at] for each in shares) for at in range(3))
    dust_in, dust = sum_in - outcome.amount_in, outcome.amount_out - sum_out
    books.tell.append(
        BatchCleared(
            batch.trade_id,
            books.venue,
            batch.token_in,
            batch.token_out,
            batch.cursor,
            batch.portion,
            outcome.amount_in,
            dust_in,
            outcome.amount_out,
            dust,
            fees,
            outcome.keeper_fee,
            batch.keeper or books.nobody,
            outcome.oracle_out,
        )
    )
    for part, share in zip(batch.parts, shares, strict=True):
        books.tell.append(settle(batch, part, share, outcome.rate))
    to_protocol = mul_div_down(fees, batch.strategy.protocol_bps, BPS)
    books.fee_balances.move(dust, books.treasury, batch.token_out)
    books.fee_balances.move(dust_in + to_protocol, books.treasury, batch.token_in)
    books.fee_balances.move(fees - to_protocol, batch.strategy.leader, batch.token_in)
    books.fee_balances.move(outcome.keeper_fee, batch.keeper, batch.token_out)


def settle(batch: Batch, part: Part, share: tuple[int, int, int], rate: int) -> TradeCopied:
    """Take a part's input and fee, give its output, and count what it cost the vault."""
    vault, (amount_in, amount_out, fee) = part.vault, share
    vault.sub(batch.index_in, amount_in + fee)
    vault.add(batch.index_out, amount_out)
    if part.equity_share_bps:
        used = loss_used_up(batch, vault) + mul_div_up(part.equity_share_bps, rate, BPS)
        vault.loss_used, vault.last_entry = min(used, MAX_32), batch.now
    copied = (batch.trade_id, vault.id, vault.policy_revision, amount_in, fee, amount_out, part.reason)
    return TradeCopied(*copied)


def share_of(part: Part, outcome: Outcome) -> tuple[int, int, int]:
    """Return a part's input, rounded up, its output and its fee, rounded down."""
    return (
        mul_div_up(part.offered, outcome.amount_in, outcome.offered),
        mul_div_down(part.offered, outcome.amount_out, outcome.offered),
        copy_fee_of_part(part.fee, outcome.amount_in, outcome.offered),
    )


def _fit_to_pool(batch: Batch, looked: int, depth: int) -> None:
    """Leave out what the pool cannot take, of the largest parts first, and never of the leader's."""
    if looked <= depth:
        return
    copies = batch.parts[1:] if batch.leads else batch.parts
    leaders = batch.parts[0].gross if batch.leads else 0
    if leaders > depth:
        raise RefusedError("TooLargeForPool", leaders, depth)
    level = fairness.level_down([part.gross for part in copies], depth - leaders)
    for part in copies:
        if part.gross > level:
            part.gross, part.reason = level, Reason.POOL_DEPTH


def _swap(batch: Batch, offered: int, limit: int) -> tuple[int, int]:
    if offered > MAX_BALANCE:
        raise RefusedError("BalanceOverflow")
    swapped = batch.market.swap(batch.pool, batch.token_in, batch.token_out, offered, limit)
    if swapped.amount_out > MAX_BALANCE:
        raise RefusedError("BalanceOverflow")
    return swapped.amount_in, swapped.amount_out


def _keeper_fee(batch: Batch, amount_in: int, amount_out: int, floor_price: int) -> int:
    """At most what is above the price floor."""
    if not batch.keeper:
        return 0
    spare = max(0, amount_out - mul_div_up(amount_in, floor_price, price.SCALE))
    worth = batch.market.keeper_fee(batch.token_out, len(batch.parts))
    return min(worth, keeper_fee_cap(amount_out), spare)


def _require_slippage(batch: Batch, swapped: tuple[int, int, int], bounds: Bounds) -> None:
    """Everybody who takes part is inside their limit, and nobody who stands aside would have been."""
    amount_in, amount_out, oracle_out = swapped
    least = price.less_bps_up(oracle_out, min(bounds.max_slippage_bps, batch.strictest_bps))
    if not price.is_worth(amount_out, amount_in, least, bounds.units):
        raise RefusedError("PriceBelowOracle", amount_out, least)
    if not batch.laxest_aside_bps:
        return
    wanted = price.less_bps_up(oracle_out, batch.laxest_aside_bps)
    if price.is_worth(amount_out, amount_in, wanted, bounds.units):
        raise RefusedError("SkippedAtGoodPrice", amount_out, wanted)
