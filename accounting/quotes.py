"""Prices that were recorded on chain, and the latest of them for a token.

Every clearing carries what the oracle said its input was worth, so a price is known for each pair that
anybody traded, from the block of that clearing on. Nothing here asks a market: a pair nobody traded has no
price.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from accounting.position import Position
from accounting.valuation import Price


@dataclass(frozen=True, slots=True)
class Quote:
    """At unix second ``time`` in ``block`` the oracle valued ``amount_in`` units at ``amount_out`` units."""

    time: int
    block: int
    token_in: str
    token_out: str
    amount_in: int
    amount_out: int


@dataclass(frozen=True, slots=True)
class RecordedPrice:
    """A price with the block and unix second of the record; ``via`` is the token between, if two were needed.

    Of two records the older one dates the price.
    """

    price: Price
    block: int
    time: int
    via: str | None = None


class QuoteBoard:
    """The latest quote of every pair. Give it quotes in chain order; ``version`` counts them."""

    def __init__(self) -> None:
        self.version = 0
        self._latest: dict[tuple[str, str], RecordedPrice] = {}
        self._partners: dict[str, dict[str, None]] = {}

    def record(self, quote: Quote) -> None:
        """Take a quote as the latest of its pair, both ways; one that rounded to nothing is no price."""
        if quote.amount_in <= 0 or quote.amount_out <= 0:
            return
        self.version += 1
        sold, bought = quote.token_in, quote.token_out
        forward = Price(quote.amount_out, quote.amount_in)
        backward = Price(quote.amount_in, quote.amount_out)
        self._latest[sold, bought] = RecordedPrice(forward, quote.block, quote.time)
        self._latest[bought, sold] = RecordedPrice(backward, quote.block, quote.time)
        self._partners.setdefault(sold, {})[bought] = None
        self._partners.setdefault(bought, {})[sold] = None

    def copy(self) -> "QuoteBoard":
        """Return a board that stays as this one is now."""
        board = QuoteBoard()
        board.version = self.version
        board._latest = dict(self._latest)
        board._partners = {token: dict(partners) for token, partners in self._partners.items()}
        return board

    def forget_before(self, block: int) -> None:
        """Take records of blocks before ``block`` as never made."""
        self._latest = {pair: found for pair, found in self._latest.items() if found.block >= block}

    def direct(self, token: str, base: str) -> RecordedPrice | None:
        """Return the latest price of the pair itself."""
        return self._latest.get((token, base))

    def price(
        self, token: str, base: str, *, since: int = 0, among: Collection[str] | None = None
    ) -> RecordedPrice | None:
        """Return the latest price of ``token`` in ``base``: the pair's own, else the freshest through one.

        Records of blocks before ``since`` do not count, nor does a way through a token not ``among`` those
        named.
        """
        direct = self._latest.get((token, base))
        if direct is not None and direct.block >= since:
            return direct
        through = [
            RecordedPrice(
                first.price.through(second.price),
                min(first.block, second.block),
                min(first.time, second.time),
                between,
            )
            for between in self._partners.get(token, ())
            if among is None or between in among
            if (first := self._latest.get((token, between))) and (second := self._latest.get((between, base)))
            if first.block >= since and second.block >= since
        ]
        return max(through, key=lambda found: (found.block, found.via), default=None)

    def prices(self, tokens: Iterable[str], base: str) -> dict[str, RecordedPrice]:
        """Return token → latest price in ``base`` for those of ``tokens`` that have one."""
        found = {token: self.price(token, base) for token in tokens if token != base}
        return {token: price for token, price in found.items() if price is not None}

    def worths(
        self,
        base: str,
        cash: int,
        positions: Mapping[str, Position],
        *,
        since: int = 0,
        among: Collection[str] | None = None,
    ) -> dict[str, int] | None:
        """Return token → worth in units of ``base`` of what is held, each rounded down; ``cash`` is of the
        base.

        None when something held has no price, as `accounting.valuation.equity_of` says.
        """
        found = {base: cash}
        for token, held in positions.items():
            if held.quantity:
                price = self.price(token, base, since=since, among=among)
                if price is None:
                    return None
                found[token] = price.price.value(held.quantity)
        return found
