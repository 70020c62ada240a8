"""What followers would get if all left now, after every fee: the paper hub's own outflows, one vault at a
time.

Amounts are base token units at the last prices.
"""

from dataclasses import dataclass

from accounting.marks import Marks
from backtest.engine import Engine
from paper.batch import Batch
from paper.outflows import Till, settled
from paper.state import WAD, Amounts, Vault
from protocol.types import FeeTerms


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a vault is worth, and what is left of it after ``fees``."""

    equity: int
    fees: int

    @property
    def net(self) -> int:
        """What the owner would have."""
        return self.equity - self.fees


def leave(engine: Engine, terms: FeeTerms, *, since: int, now: int) -> list[Leaving]:
    """Reckon management, performance and withdrawal fees of every vault from ``since``, when all opened."""
    strategy, crowd = engine.strategy, engine.crowd
    prices = Batch(strategy, engine.market, now, 0, "", 0, 0, WAD, strategy.limits)
    till = Till("treasury", Amounts(), Amounts(), Amounts(), [], now)
    found = []
    tokens = range(len(strategy.tokens))
    for number, (balances, invested) in enumerate(
        zip(crowd.balances.T.tolist(), crowd.invested.tolist(), strict=True)
    ):
        vault = Vault(
            number, strategy.id, "", 0, terms.copy_bps, 1, since, since, 0, "", balances, [0] * len(tokens)
        )
        vault.marks = Marks(invested, invested)
        equity = prices.equity_down(balances)
        book = settled(strategy, vault, engine.market, till)
        paid = [book.take_out(index, vault.balances[index])[0] for index in tokens]
        found.append(Leaving(equity, equity - prices.equity_down(paid)))
        till.tell.clear()
    return found
