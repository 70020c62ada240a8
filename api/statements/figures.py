"""The figures of a statement: flows, balances, profit, returns and tracking of a vault's standing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from accounting.execution import Rate, unit_price
from accounting.fees import performance_fee
from accounting.marks import Marks
from accounting.position import Lot
from accounting.quotes import RecordedPrice
from accounting.rates import Problem
from api.schemas import Amount, Token, utc
from api.statements.schemas import (
    Balance,
    Costs,
    Flows,
    GainFee,
    OpenLot,
    Profit,
    Returns,
    Tracking,
    Valuation,
)
from api.statements.standing import ENOUGH_S, Standing
from api.tokens.catalogue import TokenCatalogue

_RETURN_PLACES = Decimal("1e-12")
_NO_RATE: dict[Problem, str] = {
    "no_flows": "No money has come in yet.",
    "no_time": "No time has passed between the money that moved.",
    "no_solution": "No rate explains the flows.",
    "several_solutions": "More than one rate explains the flows: none of them is the return.",
}


def flows(standing: Standing, base: Token) -> Flows:
    """Return what came in and left."""
    book = standing.book
    return Flows(
        deposited=Amount.of(base, book.deposited),
        withdrawn=Amount.of(base, book.withdrawn),
        net_deposits=Amount.of(base, book.deposited - book.withdrawn),
    )


def balances(
    standing: Standing, base: Token, tokens: TokenCatalogue, lots: Mapping[str, Sequence[Lot]] | None
) -> list[Balance]:
    """Return what is held, the base token first and then whatever is not zero; ``lots`` by FIFO."""
    cash = Amount.of(base, standing.book.cash)
    held = [Balance(amount=cash, cost_basis=None, value=cash, valuation=None, lots=None)]
    for address, position in sorted(standing.book.positions.items()):
        if not position.quantity:
            continue
        token, found = tokens.by_address[address], standing.prices.get(address)
        worth = None if found is None else Amount.of(base, found.price.value(position.quantity))
        held.append(
            Balance(
                amount=Amount.of(token, position.quantity),
                cost_basis=Amount.of(base, position.cost),
                value=worth,
                valuation=None if found is None else _valuation(found, token, base, tokens),
                lots=None if lots is None else _lots(lots[address], token, base),
            )
        )
    return held


def _lots(lots: Sequence[Lot], token: Token, base: Token) -> list[OpenLot]:
    return [
        OpenLot(
            amount=Amount.of(token, lot.quantity), cost_basis=Amount.of(base, lot.cost), bought=utc(lot.time)
        )
        for lot in lots
    ]


def profit(standing: Standing, base: Token, tokens: TokenCatalogue) -> Profit:
    """Return the result, with a reason where a price is missing."""
    found = standing.profit

    def known(units: int | None) -> Amount | None:
        return None if units is None else Amount.of(base, units)

    return Profit(
        equity=known(found.equity),
        realized_pnl=Amount.of(base, found.realized),
        unrealized_pnl=known(found.unrealized),
        costs=Costs(
            **{kind: Amount.of(base, units) for kind, units in found.costs.items()},
            total=Amount.of(base, standing.book.total_costs),
        ),
        net_pnl=known(found.net),
        unavailable=_missing(found.missing, base, tokens),
    )


def gain_fee(standing: Standing, base: Token, mark: int, performance_bps: int) -> GainFee | None:
    """Return what the vault would owe for its gain if all of it left now; None when its worth is unknown."""
    equity = standing.profit.equity
    if equity is None:
        return None
    return GainFee(
        gain=Amount.of(base, Marks(mark=mark).gain(equity)),
        due=Amount.of(base, performance_fee(equity, performance_bps, equity, mark)),
    )


def returns(standing: Standing) -> Returns:
    """Return the returns, with a reason where they are not defined."""
    rate = standing.rate
    if rate is None:
        reason = "A token that was held at a deposit, a withdrawal or the end had no recorded price."
        return Returns(
            time_weighted_return=None,
            money_weighted_return=None,
            money_weighted_return_annual=None,
            max_drawdown=None,
            unavailable=reason,
            money_weighted_unavailable=reason,
        )
    grown = standing.time_weighted_return
    return Returns(
        time_weighted_return=_shown(grown),
        money_weighted_return=_shown(rate.rate),
        money_weighted_return_annual=_shown(rate.annual(ENOUGH_S)),
        max_drawdown=None if grown is None else _shown(standing.max_drawdown),
        unavailable="The vault has not held money for any time yet." if grown is None else None,
        money_weighted_unavailable=None if rate.problem is None else _NO_RATE[rate.problem],
    )


def tracking(standing: Standing, base: Token) -> Tracking | None:
    """Return why a follower's result is not its leader's; None for a leader's own vault."""
    if not standing.is_follower:
        return None
    score = standing.sync_score
    shown = None if score is None else Decimal(score).scaleb(-18)
    found = standing.tracking
    if found is None:
        reason = "A token that it or an ideal copy held at a withdrawal or the end had no recorded price."
        parts = dict.fromkeys(("difference", "skips", "sizing", "timing", "price", "fees"), None)
        return Tracking(**parts, sync_score=shown, unavailable=reason)
    return Tracking(
        difference=Amount.of(base, found.total),
        skips=Amount.of(base, found.skips),
        sizing=Amount.of(base, found.sizing),
        timing=Amount.of(base, found.timing),
        price=Amount.of(base, found.price),
        fees=Amount.of(base, found.fees),
        sync_score=shown,
        unavailable=None,
    )


def _shown(ratio: Decimal | None) -> Decimal | None:
    return None if ratio is None else ratio.quantize(_RETURN_PLACES)


def _valuation(found: RecordedPrice, token: Token, base: Token, tokens: TokenCatalogue) -> Valuation:
    rate = Rate(found.price.token_units, found.price.base_units)
    source = f"valued at the oracle price recorded at block {found.block}"
    if found.via is not None:
        between = tokens.by_address[found.via].symbol
        source = f"valued through {between} at oracle prices recorded from block {found.block} on"
    return Valuation(
        price=unit_price(rate, token.decimals, base.decimals),
        block=found.block,
        time=utc(found.time),
        via=found.via,
        source=source,
    )


def _missing(addresses: Sequence[str], base: Token, tokens: TokenCatalogue) -> str | None:
    if not addresses:
        return None
    symbols = ", ".join(tokens.by_address[address].symbol for address in addresses)
    return f"No oracle price of {symbols} in {base.symbol} has been recorded since the vault was opened."
