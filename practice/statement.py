"""What became of a vault of play money: the ledger's trades since it was opened, through `paper.shadow`.

The figures are `accounting`'s, by the same road as those of a real vault's statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounting.book import Charge, CostKind, CostMethod, Deposit, Fill
from accounting.history import History, replay
from accounting.quotes import Quote
from indexer.decode.events import Allocated, CopySkipped, Event, FeeCharged, TradeCopied, TradeOpened
from indexer.errors import IndexerError
from paper.refused import RefusedError
from paper.shadow import RealBatch, Shadow
from paper.state import Vault
from practice.books import PaperVault
from practice.recorded import Cleared, Offer, read_clearings, read_offer
from protocol.types import Policy, StrategyParams

STOP_COST_BPS = 5
"""How much below the oracle's price a stopped vault is taken to sell."""


_KINDS: tuple[CostKind, ...] = ("performance", "management", "subscription", "withdrawal")
Booked = Deposit | Charge | Fill | Quote


class BadPaperPolicyError(IndexerError):
    """The hub would not take it."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to the vault, at a place of the chain."""

    block: int
    time: int
    event: Event


@dataclass(frozen=True, slots=True)
class PaperStatement:
    """A vault's figures and its life, the oldest first, as of unix second ``time``."""

    vault: PaperVault
    offer: Offer
    state: Vault
    history: History
    happenings: Sequence[Happening]
    time: int

    @property
    def copies(self) -> list[Happening]:
        """What trades did."""
        return [each for each in self.happenings if isinstance(each.event, TradeCopied | CopySkipped)]


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
    """Replay the ledger for a vault up to unix second ``now``."""
    offer = read_offer(session, deployment_id, vault.strategy_id)
    shadow = _shadow(offer, vault.policy, vault.amount, opened=vault.opened_time)
    happenings = [Happening(vault.opened_block, vault.opened_time, event) for event in shadow.told]
    pairs: dict[int, tuple[str, str]] = {}
    booked = _booked(happenings, pairs)
    told = len(shadow.told)
    for each in read_clearings(session, deployment_id, vault.strategy_id):
        real = _real(offer, each)
        if each.place[0] <= vault.opened_block:
            shadow.prices.learn(real.index_in, real.index_out, real.amount_in, real.oracle_out)
            booked.append(_quote(each))
            continue
        if each.leads:
            shadow.copy(real)
        else:
            shadow.prices.learn(real.index_in, real.index_out, real.amount_in, real.oracle_out)
        shadow.close(each.time)
        fresh = [Happening(each.place[0], each.time, event) for event in shadow.told[told:]]
        told = len(shadow.told)
        happenings += fresh
        pairs[each.trade_id] = (each.token_in, each.token_out)
        booked += [_quote(each), *_booked(fresh, pairs, each)]
    base = offer.tokens[0].address
    history = replay(base, method, booked, max(now, vault.opened_time))
    state = shadow.hub.vaults.look(shadow.vault_id)
    return PaperStatement(vault, offer, state, history, happenings, now)


def _booked(
    happenings: Sequence[Happening], pairs: dict[int, tuple[str, str]], real: Cleared | None = None
) -> list[Booked]:
    """The events as accounting takes them. ``pairs`` is trade → what it sold and bought."""
    booked: list[Booked] = []
    for time, event in ((each.time, each.event) for each in happenings):
        match event:
            case Allocated():
                booked.append(Deposit(time, event.amount))
            case FeeCharged():
                booked.append(Charge(time, _KINDS[event.kind], event.token, event.amount, None))
            case TradeOpened():
                pairs[event.trade_id] = (event.token_in, event.token_out)
            case TradeCopied():
                keeper = 0
                if real is not None and real.trade_id == event.trade_id and real.amount_out:
                    keeper = real.keeper_fee * event.amount_out // real.amount_out
                amounts = (event.amount_in, event.fee, event.amount_out)
                booked.append(Fill(time, *pairs[event.trade_id], *amounts, keeper))
            case _:
                pass
    return booked


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
