"""Vaults as they stand after the last block taken in, and the latest prices: read once, and kept in memory
from range to range, so that what a range costs does not depend on how long its vaults have been there.

What is kept is what the rows say, so it is forgotten whenever rows went another way than through here: after
a transaction that failed, and after a rollback.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from accounting.position import Lot as Bought
from accounting.quotes import QuoteBoard
from indexer.derived.lots import AHEAD, Wanted, read_lots
from indexer.derived.state import VaultState
from indexer.derived.store import (
    FOR_EVER,
    read_leaders,
    read_present,
    read_prices,
    read_tokens,
    restore_position,
    restore_state,
)

MOST = 4_096
"""Vaults kept in memory; one with two positions takes some eleven kilobytes."""


Reach = Callable[[], Connection]
"""Gives the connection of the transaction, which another may have for a while."""


class Standing:
    """Vaults' states by id, those longest untouched first, and the latest price of every pair."""

    def __init__(self, deployment_id: int, market: "Market | None" = None) -> None:
        self.deployment_id = deployment_id
        self._of_market = market is not None
        self.forget()
        if market is not None:
            self.board = market.board
            self._tokens[market.strategy_id] = set(market.tokens)

    def forget(self) -> None:
        """Read everything anew when it is needed next."""
        self.states: dict[int, VaultState] = {}
        self.board = QuoteBoard()
        self._tokens: dict[int, set[str]] = {}
        self._brought: set[int] = set()
        self._reach: Reach | None = None

    def bring(
        self,
        reach: Reach,
        vault_ids: Iterable[int],
        *,
        before: int = FOR_EVER,
        below: int = FOR_EVER,
        grown: Collection[int] = (),
    ) -> None:
        """Have the states of vaults and of their leaders' vaults, as of the hours `before` one, and the
        prices of their strategies' tokens. A vault that was never opened has none.

        Tokens that strategies got from block `below` on are not theirs yet; `grown` are strategies that get
        some.
        """
        self._reach = reach
        self._brought = set(vault_ids)
        known = self.states
        leaders = {known[each].leader for each in self._brought & known.keys()} - {None}
        self._brought.update(each for each in leaders if each is not None)
        missing = self._brought - known.keys()
        if not missing and not grown:
            return
        connection = reach()
        if not self._of_market:
            missing.update(read_leaders(connection, self.deployment_id, sorted(missing)))
            missing -= known.keys()
        rows = read_present(connection, self.deployment_id, sorted(missing), before)
        strategies = {row["strategy_id"] for row in rows} - self._tokens.keys()
        for strategy_id, tokens in read_tokens(connection, self.deployment_id, strategies, below).items():
            self._tokens[strategy_id] = tokens
        for quote in read_prices(connection, self.deployment_id, strategies | set(grown), before):
            self.board.record(quote)
        for row in rows:
            vault_id, token = row["vault_id"], row["token"]
            if vault_id not in known:
                known[vault_id] = restore_state(row, self._tokens[row["strategy_id"]])
            if token is not None:
                held = restore_position(known[vault_id], row)
                held.fetch = partial(self._fetch, (vault_id, token))
        self._brought.update(missing & known.keys())

    def strategies_of(self, vault_ids: Iterable[int]) -> set[int]:
        """The strategies of vaults that are here."""
        return {self.states[each].strategy_id for each in vault_ids if each in self.states}

    def trade(self, strategy_id: int, token: str) -> None:
        """Take it that a strategy trades a token from now on."""
        if strategy_id in self._tokens:
            self._tokens[strategy_id].add(token)
            self.board.version += 1  # with another token between, what had no price may have one

    def offer_lots(self, sellers: Collection[int]) -> None:
        """Read the oldest open lots of vaults that are about to sell, all at once, where none is here."""
        held = {
            (vault_id, token): position
            for vault_id in sorted(sellers & self.states.keys())
            for token, position in self.states[vault_id].stored_lots()
            if position.closed < position.opened and not position.lots
        }
        wanted = [
            Wanted(*place, position.closed, min(position.opened, position.closed + AHEAD))
            for place, position in held.items()
        ]
        for place, lots in self._read(wanted).items():
            held[place].offer(lots)

    def settle(self) -> None:
        """Take it that everything is written: lots can be read again, and the vaults that are too many go."""
        for vault_id in self._brought & self.states.keys():
            state = self.states[vault_id] = self.states.pop(vault_id)  # the last to go
            for token, held in state.stored_lots():
                held.settle(partial(self._fetch, (vault_id, token)))
        for vault_id in list(self.states)[: max(0, len(self.states) - MOST)]:
            del self.states[vault_id]
        self._reach = None

    def _fetch(self, place: tuple[int, str], first: int, end: int) -> Iterable[Bought]:
        return self._read([Wanted(*place, first, end)]).get(place, ())

    def _read(self, wanted: Sequence[Wanted]) -> dict[tuple[int, str], list[Bought]]:
        if not wanted:
            return {}
        if self._reach is None:
            raise RuntimeError("lots are read while a range is taken in")
        return read_lots(self._reach(), self.deployment_id, wanted)


def load_states(
    connection: Connection,
    deployment_id: int,
    vault_ids: Iterable[int],
    *,
    before: int = FOR_EVER,
    market: "Market | None" = None,
) -> tuple[dict[int, VaultState], QuoteBoard]:
    """Return the states of vaults and of their leaders' vaults, and the prices of their strategies' tokens,
    as of the hours `before` one.

    A vault that was never opened has none. With a `market` the vaults are those of its strategy, and no
    leader's vault is looked for beside them.
    """
    standing = Standing(deployment_id, market)
    standing.bring(lambda: connection, vault_ids, before=before)
    return standing.states, standing.board


@dataclass(frozen=True, slots=True)
class Market:
    """What the vaults of a strategy may hold, and the latest prices of it, which nobody may change. `base` is
    what they are counted in.
    """

    strategy_id: int
    base: str
    tokens: frozenset[str]
    board: QuoteBoard


def load_prices(
    connection: Connection, deployment_id: int, strategy_id: int, *, before: int = FOR_EVER
) -> QuoteBoard:
    """Return the latest prices of a strategy's tokens as of the hours `before` one."""
    board = QuoteBoard()
    for quote in read_prices(connection, deployment_id, [strategy_id], before):
        board.record(quote)
    return board
