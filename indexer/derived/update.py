"""Brings the read models up to date with a range of blocks, in the transaction that writes the range."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection

from accounting.position import OversoldError
from accounting.quotes import Quote, QuoteBoard
from indexer.derived.facts import (
    LEADERS_BIT,
    Cleared,
    Fact,
    FirstClearings,
    Flow,
    Swapped,
    Visit,
    in_order,
    read_first_clearings,
    read_flows,
)
from indexer.derived.leaders import mark_due
from indexer.derived.state import HOUR_S, VaultState
from indexer.derived.store import Pending, load_states, offer_lots
from indexer.ledger.errors import InvariantError


def apply(
    connection: Connection,
    deployment_id: int,
    blocks: range,
    *,
    clearings: Sequence[Cleared],
    visits: Sequence[Visit],
) -> None:
    """Take in blocks whose rows are written; `clearings` and `visits` are theirs.

    Raises `InvariantError` when a vault spends what it does not have.
    """
    flows = read_flows(connection, deployment_id, blocks)
    take(connection, deployment_id, clearings=clearings, visits=visits, flows=flows)


def take(
    connection: Connection,
    deployment_id: int,
    *,
    clearings: Sequence[Cleared],
    visits: Sequence[Visit],
    flows: Sequence[Flow],
    only: Collection[int] | None = None,
) -> None:
    """Take in facts of the same blocks; of `only` some vaults, if they are given."""
    if only is not None:
        visits = [visit for visit in visits if visit.vault_id in only]
        flows = [flow for flow in flows if flow.vault_id in only]
    touched = {visit.vault_id for visit in visits} | {flow.vault_id for flow in flows}
    if not touched and not clearings:
        return
    firsts = {
        each.trade_id: each for each in clearings if each.batch == 0 and not each.trade_id & LEADERS_BIT
    }
    missing = {visit.trade_id for visit in visits if not visit.trade_id & LEADERS_BIT} - firsts.keys()
    for each in read_first_clearings(connection, deployment_id, missing) if missing else ():
        firsts[each.trade_id] = each
    states, board = load_states(connection, deployment_id, touched)
    sellers = {visit.vault_id for visit in visits if visit.amount_in} | {
        flow.vault_id for flow in flows if flow.amount < 0
    }
    offer_lots(connection, deployment_id, states, sellers)
    pending = Pending(deployment_id)
    work = _Work(deployment_id, states, board, firsts, pending)
    try:
        work.take(in_order(clearings, visits, flows, firsts))
    except OversoldError as error:
        raise InvariantError(
            f"A vault of the range that ends with block {work.block} spends what it does not have: {error}.",
            remedy="Try another RPC endpoint, in case this one left logs out; if that does not help, report "
            "it. Nothing was written.",
        ) from error
    pending.write(connection)
    mark_due(connection, deployment_id, touched)


class _Work:
    """Goes through a range's facts in order."""

    def __init__(
        self,
        deployment_id: int,
        states: dict[int, VaultState],
        board: QuoteBoard,
        firsts: FirstClearings,
        pending: Pending,
    ) -> None:
        self.block = 0
        self._id = deployment_id
        self._states = states
        self._board = board
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
        elif first is not None and state.leader is not None:
            state.skip(first, self._board)
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
