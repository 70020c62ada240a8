"""A vault's other figures by hand: what it holds lot by lot, and the five vaults on paper that say why its
result is not its leader's. As docs/accounting.md has it, in token units.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.records import Batch

WAD = 10**18


@dataclass
class Lots:
    """What was bought of the asset, first in, first out: [quantity left, cost left]."""

    left: list[list[int]] = field(default_factory=list)
    realized: int = 0

    def buy(self, quantity: int, cost: int) -> None:
        self.left.append([quantity, cost])

    def sell(self, quantity: int, value: int) -> None:
        """`value` is what the units went for, or counted as."""
        while quantity:
            lot = self.left[0]
            part = min(quantity, lot[0])
            cost = -(-lot[1] * part // lot[0])
            lot[0], lot[1] = lot[0] - part, lot[1] - cost
            quantity, value = quantity - part, value - cost
            if not lot[0]:
                self.left.pop(0)
        self.realized += value


@dataclass
class Sheet:
    """One vault on paper."""

    base: int = 0
    asset: int = 0
    withdrawn: int = 0

    def swap(self, sold: int, *, entry: bool, got: int, for_: int) -> None:
        """Sell `sold` at a price of `got` for `for_`."""
        if entry:
            self.base, self.asset = self.base - sold, self.asset + sold * got // for_
        else:
            self.asset, self.base = self.asset - sold, self.base + sold * got // for_

    def of(self, *, entry: bool) -> int:
        return self.base if entry else self.asset


@dataclass
class Papers:
    """Ideal, chosen, sized, timed, priced: each is nearer to the follower by one thing."""

    sheets: list[Sheet] = field(default_factory=lambda: [Sheet() for _ in range(5)])
    deposited: int = 0

    def put_in(self, amount: int) -> None:
        self.deposited += amount
        for sheet in self.sheets:
            sheet.base += amount

    def give_up(self, value: int, worth: int, price: tuple[int, int] | None) -> None:
        """`value` of `worth` left the follower; `price` is base units for asset units."""
        for sheet in self.sheets:
            base, asset = sheet.base * value // worth, sheet.asset * value // worth
            sheet.base, sheet.asset = sheet.base - base, sheet.asset - asset
            sheet.withdrawn += base + (asset * price[0] // price[1] if asset and price else 0)

    def skip(self, first: "Batch", *, entry: bool) -> None:
        ideal = self.sheets[0]
        sold = ideal.of(entry=entry) * first.portion // WAD
        ideal.swap(sold, entry=entry, got=first.amount_out, for_=first.amount_in)

    def copy(self, first: "Batch", own: "Batch", gross: int, held: int, *, entry: bool) -> None:
        then, now = (first.oracle_out, first.amount_in), (own.oracle_out, own.amount_in)
        moved = (first.amount_out * now[0] * then[1], first.amount_in * now[1] * then[0])
        prices = [(first.amount_out, first.amount_in)] * 3 + [moved, (own.amount_out, own.amount_in)]
        for number, (sheet, (got, for_)) in enumerate(zip(self.sheets, prices, strict=True)):
            had = sheet.of(entry=entry)
            sold = had * first.portion // WAD if number < 2 else had * gross // held
            sheet.swap(sold, entry=entry, got=got, for_=for_)

    def sell_alone(self, own: "Batch", gross: int, held: int) -> None:
        for sheet in self.sheets[1:]:
            sheet.swap(sheet.asset * gross // held, entry=False, got=own.amount_out, for_=own.amount_in)

    def parts(self, result: int, price: tuple[int, int] | None) -> dict[str, int]:
        """The tracking difference of a follower whose own result this is."""
        results = [
            sheet.base
            + (sheet.asset * price[0] // price[1] if sheet.asset and price else 0)
            + sheet.withdrawn
            - self.deposited
            for sheet in self.sheets
        ]
        steps = dict(
            zip(
                ("skips", "sizing", "timing", "price", "fees"),
                (after - before for before, after in zip(results, [*results[1:], result], strict=True)),
                strict=True,
            )
        )
        return steps | {"difference": result - results[0]}
