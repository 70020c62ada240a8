"""Rows of what owner, guardian and leaders decide: listings, vetoes, appointments, halts."""

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.decode.events import (
    GateSet,
    GuardianSet,
    ListingVetoed,
    PoolListed,
    TokenListed,
    TradingHalted,
    TradingResumed,
    TreasurySet,
)
from indexer.ledger.context import Context
from indexer.ledger.models import GATE, GUARDIAN, TREASURY, Appointment, Halt, Pool, Token
from indexer.ledger.rows import Place, Rows

RegistryEvent = (
    TokenListed
    | PoolListed
    | ListingVetoed
    | TreasurySet
    | GuardianSet
    | GateSet
    | TradingHalted
    | TradingResumed
)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What a token says of itself."""

    symbol: str
    decimals: int


def post_registry(
    rows: Rows,
    context: Context,
    tokens: Mapping[str, TokenFacts],
    place: Place,
    event: RegistryEvent,
) -> None:
    """Post a listing or its veto, a new treasury, guardian or gate, a halt or its end."""
    match event:
        case TokenListed():
            facts = tokens[event.token]
            rows.add(
                Token,
                place,
                address=event.token,
                symbol=facts.symbol,
                decimals=facts.decimals,
                usable_from=event.usable_from,
            )
        case PoolListed():
            rows.add(
                Pool,
                place,
                address=event.pool,
                venue=event.venue,
                token0=event.token0,
                token1=event.token1,
                usable_from=event.usable_from,
            )
        case ListingVetoed():
            rows.vetoes.append((place, event))
        case TreasurySet():
            context.treasury = event.treasury
            rows.add(Appointment, place, role=TREASURY, address=event.treasury)
        case GuardianSet():
            rows.add(Appointment, place, role=GUARDIAN, address=event.guardian)
        case GateSet():
            rows.add(Appointment, place, role=GATE, address=event.gate)
        case TradingHalted():
            rows.add(Halt, place, strategy_id=event.strategy_id, halted=True, by=event.by)
        case TradingResumed():
            rows.add(Halt, place, strategy_id=event.strategy_id, halted=False, by=None)
