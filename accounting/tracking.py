"""Why a follower's result differs from its leader's, in base token units: five parts that add up exactly.

Five vaults on paper get the follower's deposits and, at each withdrawal, give up the same share of what they
hold as the follower gives up of its worth. They differ from each other in one thing at a time:

| vault | which trades | how much of the holding | at what price | fees |
|---|---|---|---|---|
| ideal | the leader's, all of them | the leader's portion | the leader's | none |
| chosen | those that were made | the leader's portion | the leader's | none |
| sized | those that were made | what the follower sold | the leader's | none |
| timed | those that were made | what the follower sold | the leader's, moved with the oracle | none |
| priced | those that were made | what the follower sold | the follower's | none |
| the follower itself | | | | all |

With R the result of each (worth + withdrawn - deposited), the tracking difference is R(follower) - R(ideal):

    skips  = R(chosen) - R(ideal)       trades not copied, and those that the follower made alone
    sizing = R(sized) - R(chosen)       limits, another sizing rule, money that fees had taken before
    timing = R(timed) - R(sized)        later batches: what the oracle says the price had moved
    price  = R(priced) - R(timed)       the rest of a batch's price: depth, the pool's fee
    fees   = R(follower) - R(priced)    every kind, those of copies and keepers included

The sum telescopes, so nothing is left over. It is a sequential (one-at-a-time) attribution, as in Brinson,
Hood and Beebower (1986), "Determinants of Portfolio Performance", with skips first and fees last; what two
causes do together falls to the later one. All prices are of what a batch bought in all, its keeper's fee
included. What a paper vault sells and gets is rounded down, as the hub does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from accounting.valuation import Price

PAPERS = 5
_WAD = 10**18


class Batch(NamedTuple):
    """A clearing: ``amount_out`` and ``keeper_fee`` were bought for ``amount_in``.

    The oracle valued ``amount_in`` at ``oracle_out``, 0 where it was not asked; ``portion`` of each holding
    was sold, scaled by 1e18.
    """

    portion: int
    amount_in: int
    amount_out: int
    keeper_fee: int
    oracle_out: int


class Share(NamedTuple):
    """``gross`` units, the copy fee included, of the ``held`` (positive) that a vault had of a token."""

    gross: int
    held: int


@dataclass(frozen=True, slots=True)
class TrackingDifference:
    """A follower's result less the ideal one, in base token units; the parts add up to ``total``."""

    skips: int
    sizing: int
    timing: int
    price: int
    fees: int

    @property
    def total(self) -> int:
        """The follower's result less that of the ideal copy."""
        return self.skips + self.sizing + self.timing + self.price + self.fees


class Tracking:
    """The paper vaults of one follower, in the order of the table.

    ``held`` is token → units in each; ``withdrawn`` and ``deposited`` are base token units. ``defined`` is
    False once something left the follower that could not be valued.
    """

    __slots__ = ("base", "defined", "deposited", "held", "withdrawn")

    def __init__(self, base: str) -> None:
        self.base = base
        self.held: dict[str, list[int]] = {base: [0] * PAPERS}
        self.withdrawn = [0] * PAPERS
        self.deposited = 0
        self.defined = True

    def deposit(self, amount: int) -> None:
        """Base token came in."""
        self.deposited += amount
        self.held[self.base] = [units + amount for units in self.held[self.base]]

    def withdraw(self, value: int | None, worth: int | None, prices: Mapping[str, Price]) -> None:
        """``value`` of the follower's ``worth`` left it; None where that was not known.

        ``prices`` are those of the other tokens that the paper vaults hold, as far as there are any.
        """
        if value is None or worth is None or not worth:
            self.defined = self.defined and value == 0
            return
        gone = {
            token: [each * value // worth for each in units]
            for token, units in self.held.items()
            if any(units)
        }
        if any(any(parts) and token not in prices for token, parts in gone.items() if token != self.base):
            self.defined = False
            return
        for token, parts in gone.items():
            self.held[token] = _less(self.held[token], parts)
            values = parts if token == self.base else _worth(parts, prices.get(token))
            self.withdrawn = _more(self.withdrawn, values)

    def skip(self, token_in: str, token_out: str, leader: Batch) -> None:
        """A trade of the leader was not copied: the ideal copy made it all the same."""
        part = self._of(token_in)[0] * leader.portion // _WAD
        self._swap(token_in, token_out, [part, 0, 0, 0, 0], leader, leader)

    def trade(self, token_in: str, token_out: str, share: Share, own: Batch, leader: Batch | None) -> None:
        """The follower sold a share of a holding in ``own``.

        ``leader`` is the first clearing of the leader's trade; None where the leader had no part in it.
        """
        gross, held = share
        ideal, chosen, sized, timed, priced = self._of(token_in)
        if leader is None:
            ideal, chosen = 0, chosen * gross // held
        else:
            ideal, chosen = ideal * leader.portion // _WAD, chosen * leader.portion // _WAD
        parts = [ideal, chosen, sized * gross // held, timed * gross // held, priced * gross // held]
        self._swap(token_in, token_out, parts, leader or own, own)

    def difference(self, result: int | None, prices: Mapping[str, Price]) -> TrackingDifference | None:
        """Return the difference of a follower whose own result is ``result``, at ``prices``.

        None when the result, or a price of what a paper vault holds, is not known.
        """
        if result is None or not self.defined:
            return None
        results = [units - self.deposited for units in self.withdrawn]
        for token, units in self.held.items():
            if token == self.base:
                results = _more(results, units)
            elif any(units):
                price = prices.get(token)
                if price is None:
                    return None
                results = _more(results, _worth(units, price))
        ideal, chosen, sized, timed, priced = results
        return TrackingDifference(
            skips=chosen - ideal,
            sizing=sized - chosen,
            timing=timed - sized,
            price=priced - timed,
            fees=result - priced,
        )

    def _of(self, token: str) -> list[int]:
        return self.held.get(token) or self.held.setdefault(token, [0] * PAPERS)

    def _swap(self, token_in: str, token_out: str, parts: list[int], leader: Batch, own: Batch) -> None:
        """Sell ``parts``: the first three at the price of ``leader``, the fourth at that as the oracle's has
        moved since, the last at the price of ``own``.
        """
        got = leader.amount_out + leader.keeper_fee
        moved, scale = got * own.oracle_out, own.amount_in * leader.oracle_out
        if not moved or not scale:  # the oracle did not speak both times: no move is known
            moved, scale = got, leader.amount_in
        sold = leader.amount_in
        ideal, chosen, sized, timed, priced = parts
        had = self._of(token_in)
        self.held[token_in] = [
            had[0] - ideal,
            had[1] - chosen,
            had[2] - sized,
            had[3] - timed,
            had[4] - priced,
        ]
        had = self._of(token_out)
        self.held[token_out] = [
            had[0] + ideal * got // sold,
            had[1] + chosen * got // sold,
            had[2] + sized * got // sold,
            had[3] + timed * moved // scale,
            had[4] + priced * (own.amount_out + own.keeper_fee) // own.amount_in,
        ]


def _more(had: list[int], more: list[int]) -> list[int]:
    return [units + each for units, each in zip(had, more, strict=True)]


def _less(had: list[int], less: list[int]) -> list[int]:
    return [units - each for units, each in zip(had, less, strict=True)]


def _worth(parts: list[int], price: Price | None) -> list[int]:
    """What parts are worth; those that are all 0 need no price."""
    return parts if price is None else [price.value(part) for part in parts]


def sync_score(follower: Mapping[str, int], leader: Mapping[str, int]) -> int | None:
    """Return how alike two vaults are invested, scaled by 1e18: 1e18 where every weight is the same.

    It is 1 - half the sum over tokens of the absolute difference of weights (the complement of the active
    share of Cremers and Petajisto, 2009), rounded down. ``follower`` and ``leader`` are token → worth in base
    token units. None where one of the two is worth nothing.
    """
    mine, theirs = sum(follower.values()), sum(leader.values())
    if not mine or not theirs:
        return None
    apart = 0
    for token, worth in follower.items():
        apart += abs(worth * theirs - leader.get(token, 0) * mine)
    for token, worth in leader.items():
        if token not in follower:
            apart += worth * mine
    return _WAD - -(-apart * _WAD // (2 * mine * theirs))
