"""What the ledger knows of a strategy and of every clearing of it: the market that play money meets.

Amounts are token units, prices as in `accounting.valuation.Price`, times unix seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session

from indexer.errors import IndexerError
from indexer.ledger import models
from protocol.types import FeeTerms, StrategyLimits

LEADER = "leader"


class UnknownStrategyError(IndexerError):
    """The ledger has no such strategy."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a strategy as it calls itself."""

    address: str
    symbol: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A strategy: its tokens, the base token first, its bounds, and its newest terms with their version."""

    strategy_id: int
    name: str
    leader: str
    tokens: tuple[Token, ...]
    max_slippage_bps: int
    min_deposit: int
    protocol_bps: int
    limits: StrategyLimits
    terms: FeeTerms
    terms_version: int

    def index_of(self, address: str) -> int:
        """A token's index."""
        return next(at for at, token in enumerate(self.tokens) if token.address == address)


@dataclass(frozen=True, slots=True)
class Cleared:
    """A swap that happened: of ``amount_in`` units the batch got ``amount_out`` and a keeper ``keeper_fee``.

    ``leads`` says that the leader's own fill was in it, with ``portion`` of the holding. ``oracle_out`` is
    what the oracle said of it, 0 if nobody asked. ``place`` is block and log index.
    """

    place: tuple[int, int]
    time: int
    trade_id: int
    leads: bool
    token_in: str
    token_out: str
    portion: int
    amount_in: int
    amount_out: int
    keeper_fee: int
    oracle_out: int


def read_offer(session: Session, deployment_id: int, strategy_id: int) -> Offer:
    """Read a strategy. Raises `UnknownStrategyError`."""
    key = (deployment_id, strategy_id)
    found = session.get(models.Strategy, key) if 0 < strategy_id < 2**32 else None
    if found is None:
        remedy = "Ask the API for /v1/strategies, or see that the ledger is of this deployment."
        raise UnknownStrategyError(f"The ledger has no strategy {strategy_id}.", remedy=remedy)
    limits = session.get_one(models.StrategyLimits, key)
    newest = select(models.Terms).where(
        models.Terms.deployment_id == deployment_id, models.Terms.strategy_id == strategy_id
    )
    terms = session.scalars(newest.order_by(models.Terms.version.desc()).limit(1)).one()
    return Offer(
        strategy_id,
        found.name,
        found.leader,
        _tokens(session, deployment_id, strategy_id),
        found.max_slippage_bps,
        found.min_deposit,
        found.protocol_bps,
        StrategyLimits(**{name: getattr(limits, name) for name in StrategyLimits.__slots__}),
        FeeTerms(**{name: getattr(terms, name) for name in FeeTerms.__slots__}),
        terms.version,
    )


def read_clearings(
    session: Session,
    deployment_id: int,
    strategy_id: int,
    *,
    after: tuple[int, int] | None = None,
    until: tuple[int, int] | None = None,
    newest: int | None = None,
) -> Sequence[Cleared]:
    """Read what was cleared for a strategy, in chain order, whoever asked for it.

    Only ``after`` a place (block, log index) and ``until`` one, where they are given, and of that at most so
    many ``newest``.
    """
    clearing, trade = models.Clearing, models.Trade
    query = (
        select(clearing, trade.kind)
        .join(trade, and_(trade.deployment_id == clearing.deployment_id, trade.trade_id == clearing.trade_id))
        .where(clearing.deployment_id == deployment_id, trade.strategy_id == strategy_id)
        .order_by(clearing.block_number.desc(), clearing.log_index.desc())
        .limit(newest)
    )
    place = tuple_(clearing.block_number, clearing.log_index)
    if after is not None:
        query = query.where(place > after)
    if until is not None:
        query = query.where(place <= until)
    return [
        Cleared(
            (row.block_number, row.log_index),
            row.block_time,
            row.trade_id,
            kind == LEADER and row.batch == 0,
            row.token_in,
            row.token_out,
            row.portion,
            row.amount_in,
            row.amount_out,
            row.keeper_fee,
            row.oracle_out,
        )
        for row, kind in reversed(session.execute(query).all())
    ]


def _tokens(session: Session, deployment_id: int, strategy_id: int) -> tuple[Token, ...]:
    """In the strategy's order; two tokens of one symbol go by their addresses."""
    own, listed = models.StrategyToken, models.Token
    query = (
        select(own.token_index, own.token, listed.symbol, listed.decimals)
        .join(listed, and_(listed.deployment_id == own.deployment_id, listed.address == own.token))
        .where(own.deployment_id == deployment_id, own.strategy_id == strategy_id)
        .order_by(own.token_index, listed.block_number, listed.log_index)
    )
    rows = {index: (address, symbol, decimals) for index, address, symbol, decimals in session.execute(query)}
    symbols = [symbol for _, symbol, _ in rows.values()]
    return tuple(
        Token(address, symbol if symbols.count(symbol) == 1 else address, decimals)
        for address, symbol, decimals in rows.values()
    )
