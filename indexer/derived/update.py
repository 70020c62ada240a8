"""Brings the read models up to date with a range of blocks, in the transaction that writes the range."""

from collections.abc import Collection, Iterable

from accounting.position import OversoldError
from accounting.quotes import Quote
from indexer.derived.facts import (
    LEADERS_BIT,
    Cleared,
    Fact,
    Facts,
    FirstClearings,
    Flow,
    Swapped,
    Traded,
    Visit,
    in_order,
    read_first_clearings,
)
from indexer.derived.leaders import mark_due
from indexer.derived.standing import Standing
from indexer.derived.state import HOUR_S, VaultState
from indexer.derived.store import Pending
from indexer.ledger.beside import Beside
from indexer.ledger.errors import InvariantError


def take(
    beside: Beside,
    standing: Standing,
    told: Facts,
    blocks: range,
    *,
    only: Collection[int] | None = None,
) -> None:
    """Take in the facts of blocks whose rows are written, or given to be written `beside`; of `only` some
    vaults, if they are given.

    Raises `InvariantError` when a vault spends what it does not have.
    """
    if only is not None:
        told = told.of(only)
    touched = {visit.vault_id for visit in told.visits} | {flow.vault_id for flow in told.flows}
    if not any(told):
        return
    firsts = {
        each.trade_id: each for each in told.clearings if each.batch == 0 and not each.trade_id & LEADERS_BIT
    }
    missing = {visit.trade_id for visit in told.visits if visit.is_leaders} - firsts.keys()
    reach, deployment_id = beside.connection, standing.deployment_id
    for each in read_first_clearings(reach(), deployment_id, missing) if missing else ():
        firsts[each.trade_id] = each
    grown = {each.strategy_id for each in told.traded}
    standing.bring(reach, touched, below=blocks[0], grown=grown)
    sellers = {visit.vault_id for visit in told.visits if visit.amount_in} | {
        flow.vault_id for flow in told.flows if flow.amount < 0
    }
    standing.offer_lots(sellers)
    pending = Pending(deployment_id)
    work = _Work(standing, firsts, pending)
    try:
        work.take(in_order(told, firsts))
    except OversoldError as error:
        raise InvariantError(
            f"A vault of the range that ends with block {work.block} spends what it does not have: {error}.",
            remedy="Try another RPC endpoint, in case this one left logs out; if that does not help, report "
            "it. Nothing was written.",
        ) from error
    beside.do(pending.write)
    beside.do(mark_due, deployment_id, standing.strategies_of(touched))
    standing.settle()


class _Work:
    """Goes through a range's facts in order."""

    def __init__(self, standing: Standing, firsts: FirstClearings, pending: Pending) -> None:
        self.block = 0
        self._id = standing.deployment_id
        self._standing = standing
        self._states = standing.states
        self._board = standing.board
        self._firsts = {trade_id: each.swapped() for trade_id, each in firsts.items()}
        self._pending = pending
        self._clearings: dict[tuple[int, int], Swapped] = {}

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in all of them, and keep every state that they change."""
        for fact in facts:
            self.block = fact.block_number
            if isinstance(fact, Cleared):
                self._clear(fact)
                continue
            if isinstance(fact, Traded):
                self._standing.trade(fact.strategy_id, fact.token)
                continue
            state = self._states.get(fact.vault_id)
            if state is None:
                continue  # never opened: the ledger books it, and there is nothing to measure it in
            self._touch(state, fact)
            if isinstance(fact, Visit):
                self._visit(state, fact)
            else:
                self._flow(state, fact)
        for state in self._states.values():
            if state.changed:
                self._pending.keep(state)

    def _touch(self, state: VaultState, fact: Visit | Flow) -> None:
        hour = fact.block_time - fact.block_time % HOUR_S
        if hour != state.hour:
            if state.changed:
                self._pending.keep(state)
            state.hour = hour
        state.changed = True
        state.last = (fact.block_number, fact.log_index, fact.block_time)

    def _clear(self, cleared: Cleared) -> None:
        self._clearings[cleared.block_number, cleared.log_index] = cleared.swapped()
        if not cleared.oracle_out or not cleared.amount_in:
            return
        sold, bought, time = cleared.token_in, cleared.token_out, cleared.block_time
        amounts = (cleared.amount_in, cleared.oracle_out)
        self._board.record(Quote(time, cleared.block_number, sold, bought, *amounts))
        hour = time - time % HOUR_S
        if sold > bought:
            sold, bought, amounts = bought, sold, (amounts[1], amounts[0])
        key = (sold, bought, hour)
        self._pending.prices[key] = (self._id, *key, cleared.block_number, time, *amounts)

    def _visit(self, state: VaultState, visit: Visit) -> None:
        first = self._firsts.get(visit.trade_id)
        if visit.clearing_log_index is not None:
            cleared = self._clearings[visit.block_number, visit.clearing_log_index]
            state.fill(visit, cleared, None if first is None else first.batch, self._board)
        else:
            state.skip(visit, None if state.leader is None else first, self._board)
        leader = None if state.leader is None else self._states.get(state.leader)
        if leader is not None:
            state.compare(leader, self._board)

    def _flow(self, state: VaultState, flow: Flow) -> None:
        moved = state.flow(flow, self._board)
        if moved is None:
            return
        place = (flow.block_number, flow.log_index, flow.block_time)
        what = (flow.purpose, flow.token, flow.amount)
        self._pending.flows.append((self._id, state.vault_id, *place, *what, *moved))
