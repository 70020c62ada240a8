"""What became of a vault of play money: the ledger's trades since it was opened, through `paper.shadow`.

The figures are `accounting`'s, by the same road as those of a real vault's statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounting.book import CostMethod, Deposit, Fill
from accounting.history import History, replay
from accounting.quotes import Quote
from accounting.rounding import mul_div_down
from indexer.decode.events import Allocated, CopySkipped, TradeCopied, TradeOpened
from indexer.errors import IndexerError
from paper.refused import RefusedError
from paper.shadow import RealBatch, Shadow
from paper.state import Vault
from practice.books import PaperVault
from practice.recorded import Cleared, Offer, read_clearings, read_offer
from protocol.types import Policy, Reason, StrategyParams

STOP_COST_BPS = 5
"""How much below the oracle's price a stopped vault is taken to sell."""


MOST_CLEARINGS = 10_000
"""A statement goes through at most so many clearings: some two seconds."""
PRICES_BEFORE = 200
"""So many clearings before the opening tell the prices of its moment."""
MAX_LOG_INDEX = 2**31 - 1
Booked = Deposit | Fill | Quote


class BadPaperPolicyError(IndexerError):
    """The hub would not take it."""


class TooManyTradesError(IndexerError):
    """Too many trades to go through."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a trade did to the vault: a fill, or a skip with its ``reason``; of a fill, what made it smaller.

    Amounts are units of the token sold and of the one bought.
    """

    time: int
    trade_id: int
    filled: bool
    reason: Reason
    token_in: str = ""
    token_out: str = ""
    amount_in: int = 0
    fee: int = 0
    amount_out: int = 0


@dataclass(frozen=True, slots=True)
class PaperStatement:
    """A vault's figures as of unix second ``time``, and what each trade did, the oldest first."""

    vault: PaperVault
    offer: Offer
    state: Vault
    history: History
    copies: Sequence[Copied]
    time: int


def check(offer: Offer, policy: Policy, amount: int, *, now: int) -> None:
    """Refuse what the hub would refuse. Raises `BadPaperPolicyError`."""
    if amount < max(offer.min_deposit, 1):
        raise BadPaperPolicyError(
            f"{amount} units are less than the strategy's least deposit.",
            remedy=f"Put in at least {offer.min_deposit} units of its base token.",
        )
    try:
        _shadow(offer, policy, amount, opened=now)
    except RefusedError as error:
        remedy = "docs/limits.md says which terms go together."
        raise BadPaperPolicyError(f"The hub would refuse the vault: {error}.", remedy=remedy) from None


def statement_of(
    session: Session, deployment_id: int, vault: PaperVault, *, now: int, method: CostMethod = "average_cost"
) -> PaperStatement:
    """Replay the ledger for a vault up to unix second ``now``. Raises `TooManyTradesError`."""
    offer = read_offer(session, deployment_id, vault.strategy_id)
    shadow = _shadow(offer, vault.policy, vault.amount, opened=vault.opened_time)
    life = _Life(shadow)
    life.take(vault.opened_time, None)
    own = (session, deployment_id, vault.strategy_id)
    opened = (vault.opened_block, MAX_LOG_INDEX)
    for each in read_clearings(*own, until=opened, newest=PRICES_BEFORE):
        _learn(shadow, offer, each)
        life.booked.append(_quote(each))
    since = read_clearings(*own, after=opened, newest=MOST_CLEARINGS + 1)
    if len(since) > MOST_CLEARINGS:
        raise TooManyTradesError(
            f"Strategy {vault.strategy_id} has cleared more than {MOST_CLEARINGS:,} times since.",
            remedy="Open a new paper vault.",
        )
    for each in since:
        if each.leads:
            shadow.copy(_real(offer, each))
        else:
            _learn(shadow, offer, each)
        shadow.close(each.time)
        life.booked.append(_quote(each))
        life.take(each.time, each)
    base = offer.tokens[0].address
    history = replay(base, method, life.booked, max(now, vault.opened_time))
    state = shadow.hub.vaults.look(shadow.vault_id)
    return PaperStatement(vault, offer, state, history, life.copies, now)


class _Life:
    """What the shadow tells, as accounting takes it and as people read it."""

    def __init__(self, shadow: Shadow) -> None:
        self.booked: list[Booked] = []
        self.copies: list[Copied] = []
        self._shadow = shadow
        self._taken = 0
        self._pairs: dict[int, tuple[str, str]] = {}

    def take(self, time: int, real: Cleared | None) -> None:
        """Take what was told since, at a real clearing, if it was one."""
        if real is not None:
            self._pairs[real.trade_id] = (real.token_in, real.token_out)
        fresh, self._taken = self._shadow.told[self._taken :], len(self._shadow.told)
        for event in fresh:
            match event:
                case Allocated():
                    self.booked.append(Deposit(time, event.amount))
                case TradeOpened():
                    self._pairs[event.trade_id] = (event.token_in, event.token_out)
                case TradeCopied():
                    self._fill(time, event, real)
                case CopySkipped():
                    skip = Copied(time, event.trade_id, filled=False, reason=event.reason)
                    self.copies.append(skip)
                case _:
                    pass

    def _fill(self, time: int, event: TradeCopied, real: Cleared | None) -> None:
        """A copy of the real trade pays its part of the keeper; a sale of its own pays none."""
        keeper = 0
        if real is not None and real.trade_id == event.trade_id and real.amount_out:
            keeper = mul_div_down(real.keeper_fee, event.amount_out, real.amount_out)
        pair, amounts = self._pairs[event.trade_id], (event.amount_in, event.fee, event.amount_out)
        self.booked.append(Fill(time, *pair, *amounts, keeper))
        self.copies.append(Copied(time, event.trade_id, True, event.reduced_by, *pair, *amounts))  # noqa: FBT003


def _learn(shadow: Shadow, offer: Offer, each: Cleared) -> None:
    real = _real(offer, each)
    shadow.prices.learn(real.index_in, real.index_out, real.amount_in, real.oracle_out)


def _real(offer: Offer, each: Cleared) -> RealBatch:
    return RealBatch(
        each.time,
        each.trade_id,
        offer.index_of(each.token_in),
        offer.index_of(each.token_out),
        each.portion,
        each.amount_in,
        each.amount_out,
        each.oracle_out,
    )


def _quote(each: Cleared) -> Quote:
    return Quote(each.time, each.place[0], each.token_in, each.token_out, each.amount_in, each.oracle_out)


def _shadow(offer: Offer, policy: Policy, amount: int, *, opened: int) -> Shadow:
    base, *others = (token.address for token in offer.tokens)
    params = StrategyParams(
        base,
        tuple(others),
        (),
        offer.name,
        terms=offer.terms,
        limits=offer.limits,
        max_slippage_bps=offer.max_slippage_bps,
        min_deposit=offer.min_deposit,
    )
    return Shadow(
        params, policy, amount, opened=opened, protocol_bps=offer.protocol_bps, cost_bps=STOP_COST_BPS
    )
