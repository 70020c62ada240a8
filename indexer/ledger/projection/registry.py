"""Rows of what the hub's owner lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.decode.events import PoolListed, TokenListed, TreasurySet
from indexer.ledger.context import Context
from indexer.ledger.models import Pool, Token, Treasury
from indexer.ledger.rows import Place, Rows


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
    event: TokenListed | PoolListed | TreasurySet,
) -> None:
    """Post a listed token or pool, or a new treasury."""
    match event:
        case TokenListed():
            facts = tokens[event.token]
            rows.add(Token, place, address=event.token, symbol=facts.symbol, decimals=facts.decimals)
        case PoolListed():
            rows.add(
                Pool, place, address=event.pool, venue=event.venue, token0=event.token0, token1=event.token1
            )
        case TreasurySet():
            context.treasury = event.treasury
            rows.add(Treasury, place, address=event.treasury)
