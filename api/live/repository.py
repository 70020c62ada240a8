"""What happened in a few blocks, read for those who listen, in chain order and ready to be sent, and after it
what was written into the inbox.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from sqlalchemy import Select, and_, func, select

from api.events import event_of
from api.live.happenings import END, Chapter, Happening, Position, happening, name_of
from api.live.inbox import read_news
from api.live.schemas import (
    BlockHappened,
    CopyHappened,
    EventType,
    FeeHappened,
    OrderHappened,
    PolicyHappened,
    StatusHappened,
    TermsHappened,
    TradeHappened,
)
from api.reasons.catalogue import reason_or_none
from api.schemas import BlockRef, Schema, utc, utc_or_none
from api.snapshot import Snapshot
from api.terms.service import present_pending, present_terms
from api.trades import ids
from api.trades.fills import portion
from api.trades.schemas import CopyStatus
from api.vaults.schemas import VaultStatus
from indexer.ledger import models
from indexer.ledger.models import (
    CLEARING_OF_COPY,
    Block,
    Clearing,
    Copy,
    Fee,
    OrderCancellation,
    OrderFill,
    RawLog,
    Reorg,
    Strategy,
    Terms,
    TermsProposal,
    Trade,
    Vault,
    VaultState,
)

BLOCKS_AT_ONCE = 200
"""Blocks with events that are read, and held in memory, at once."""


def read_chapter(snapshot: Snapshot, after: Position, news: int) -> Chapter:
    """Return the next part of what happened after a place in the chain and one in the inbox."""
    session, deployment_id, last = snapshot.session, snapshot.deployment_id, snapshot.block
    with_logs = session.execute(
        select(Block.number, Block.hash, Block.time)
        .where(
            Block.deployment_id == deployment_id,
            Block.number >= after.block,
            Block.number <= last.number,
            Block.log_count > 0,
        )
        .order_by(Block.number)
        .limit(BLOCKS_AT_ONCE)
    ).all()
    more = len(with_logs) == BLOCKS_AT_ONCE
    final = (
        BlockRef(number=with_logs[-1][0], hash=with_logs[-1][1], time=utc(with_logs[-1][2])) if more else last
    )
    told: list[Happening] = []
    if with_logs:
        reader = _Reader(snapshot, {row[0]: row[1] for row in with_logs}, news)
        told = sorted(reader.read(with_logs[0][0], final.number), key=lambda each: each.position)
    end = Position(final.number, END)
    told.append(happening("block", BlockHappened(block=final), end, name_of(end, final.hash, news)))
    told = [each for each in told if each.position > after]
    if not more:
        written, news, more = read_news(snapshot, news)
        told += written
    return Chapter(told, end, news, more)


def read_reorg_id(snapshot: Snapshot) -> int:
    """Return the number of the last rollback; 0 before any."""
    query = select(func.max(Reorg.id)).where(Reorg.deployment_id == snapshot.deployment_id)
    return snapshot.session.scalar(query) or 0


def lowest_ancestor(snapshot: Snapshot, *, since: int = 0, of: int | None = None) -> int | None:
    """Return the lowest block that rollbacks went back to: those after one, or those that removed a block."""
    query = select(func.min(Reorg.ancestor_number)).where(
        Reorg.deployment_id == snapshot.deployment_id, Reorg.id > since
    )
    if of is not None:
        query = query.where(Reorg.ancestor_number < of, Reorg.old_number >= of)
    return snapshot.session.scalar(query)


def block_hash(snapshot: Snapshot, number: int) -> str | None:
    """Return a block's hash where it is kept."""
    if number == snapshot.block.number:
        return snapshot.block.hash
    return snapshot.session.scalar(
        select(Block.hash).where(Block.deployment_id == snapshot.deployment_id, Block.number == number)
    )


class _Reader:
    """Reads the kinds of events that there are in some blocks, whose hashes it has."""

    def __init__(self, snapshot: Snapshot, hashes: Mapping[int, str], news: int) -> None:
        self._snapshot = snapshot
        self._news = news
        self._leaders: dict[int, str] = {}
        self._session = snapshot.session
        self._hashes = hashes
        self._first = self._last = 0

    def read(self, first: int, last: int) -> Iterator[Happening]:
        """Return what happened in blocks from one to another, in no order."""
        self._first, self._last = first, last
        kinds = set(self._session.scalars(self._within(select(RawLog.event).distinct(), RawLog)))
        if "TradeOpened" in kinds:
            yield from self._trades()
        if kinds & {"TradeCopied", "CopySkipped"}:
            yield from self._copies()
        if "OrderFilled" in kinds:
            yield from self._fills()
        if "OrdersCancelled" in kinds:
            yield from self._cancellations()
        if "FeeCharged" in kinds:
            yield from self._fees()
        if "VaultStatusSet" in kinds:
            yield from self._statuses()
        if "PolicySet" in kinds:
            yield from self._policies()
        if "TermsSet" in kinds:
            yield from self._terms(Terms)
        if "TermsProposed" in kinds:
            yield from self._terms(TermsProposal)

    def _within(self, query: Any, table: Any) -> Any:
        return query.where(
            table.deployment_id == self._snapshot.deployment_id,
            table.block_number.between(self._first, self._last),
        )

    def _told(self, kind: EventType, data: Schema, row: Any, **who: Any) -> Happening:
        place = Position(row.block_number, row.log_index)
        name = name_of(place, self._hashes[row.block_number], self._news)
        if (strategy_id := who.get("strategy_id")) is not None:
            who["leader"] = self._leader(strategy_id)
        return happening(kind, data, place, name, **who)

    def _leader(self, strategy_id: int) -> str | None:
        if strategy_id not in self._leaders:
            found = self._session.get(Strategy, (self._snapshot.deployment_id, strategy_id))
            if found is None:
                return None
            self._leaders[strategy_id] = found.leader
        return self._leaders[strategy_id]

    def _trades(self) -> Iterator[Happening]:
        tokens = self._snapshot.tokens.by_address
        for row in self._session.scalars(self._within(select(Trade), Trade)):
            data = TradeHappened(
                trade=ids.show(row.trade_id),
                strategy_id=row.strategy_id,
                kind=row.kind,
                by=row.by,
                token_in=tokens[row.token_in],
                token_out=tokens[row.token_out],
                portion=portion(row.portion),
                event=event_of(row),
            )
            yield self._told("trade", data, row, strategy_id=row.strategy_id)

    def _copies(self) -> Iterator[Happening]:
        amount = self._snapshot.tokens.amount
        query: Select[Copy, str, str | None, str | None] = (
            select(Copy, Vault.owner, Clearing.token_in, Clearing.token_out)
            .join(Vault, _same_vault(Copy))
            .outerjoin(
                Clearing,
                CLEARING_OF_COPY,
            )
        )
        for row, owner, sold, bought in self._session.execute(self._within(query, Copy)):
            data = CopyHappened(
                trade=ids.show(row.trade_id),
                copy_id=self._snapshot.copy_id(row),
                strategy_id=row.strategy_id,
                vault_id=row.vault_id,
                owner=owner,
                status=cast(CopyStatus, row.status),
                reason=reason_or_none(row.reason),
                reduced_by=reason_or_none(row.reduced_by),
                sold=None if sold is None else amount(sold, row.amount_in),
                fee=None if sold is None else amount(sold, row.fee),
                bought=None if bought is None else amount(bought, row.amount_out),
                event=event_of(row),
            )
            yield self._told(
                "copy", data, row, strategy_id=row.strategy_id, vault_id=row.vault_id, owner=owner
            )

    def _fills(self) -> Iterator[Happening]:
        for row in self._session.scalars(self._within(select(OrderFill), OrderFill)):
            data = OrderHappened(
                hash=row.order_hash,
                strategy_id=row.strategy_id,
                leader=row.leader,
                trade=ids.show(row.trade_id),
                filled=portion(row.filled),
                complete=row.complete,
                event=event_of(row),
            )
            yield self._told("order", data, row, strategy_id=row.strategy_id, owner=row.leader)

    def _cancellations(self) -> Iterator[Happening]:
        for row in self._session.scalars(self._within(select(OrderCancellation), OrderCancellation)):
            data = OrderHappened(
                hash=None,
                strategy_id=None,
                leader=row.leader,
                trade=None,
                filled=None,
                complete=False,
                event=event_of(row),
            )
            yield self._told("order", data, row, owner=row.leader, leader=row.leader)

    def _fees(self) -> Iterator[Happening]:
        query = select(Fee, Vault.owner).join(Vault, _same_vault(Fee))
        for row, owner in self._session.execute(self._within(query, Fee)):

            def amount(units: int, token: str = row.token) -> Any:
                return self._snapshot.tokens.amount(token, units)

            data = FeeHappened(
                kind=row.kind,
                strategy_id=row.strategy_id,
                vault_id=row.vault_id,
                owner=owner,
                amount=amount(row.amount),
                to_leader=amount(row.to_leader),
                to_protocol=amount(row.to_protocol),
                to_referrer=amount(row.to_referrer),
                event=event_of(row),
            )
            yield self._told(
                "fee", data, row, strategy_id=row.strategy_id, vault_id=row.vault_id, owner=owner
            )

    def _policies(self) -> Iterator[Happening]:
        query = (
            select(VaultState, Vault.owner, Vault.strategy_id)
            .join(Vault, _same_vault(VaultState))
            .where(VaultState.event == "PolicySet")
        )
        for row, owner, strategy_id in self._session.execute(self._within(query, VaultState)):
            data = PolicyHappened(
                strategy_id=strategy_id,
                vault_id=row.vault_id,
                owner=owner,
                revision=row.policy_revision,
                event=event_of(row),
            )
            yield self._told("policy", data, row, strategy_id=strategy_id, vault_id=row.vault_id, owner=owner)

    def _statuses(self) -> Iterator[Happening]:
        query = (
            select(VaultState, Vault.owner, Vault.strategy_id)
            .join(Vault, _same_vault(VaultState))
            .where(VaultState.event == "VaultStatusSet")
        )
        for row, owner, strategy_id in self._session.execute(self._within(query, VaultState)):
            data = StatusHappened(
                strategy_id=strategy_id,
                vault_id=row.vault_id,
                owner=owner,
                status=cast(VaultStatus, row.status),
                reason=reason_or_none(row.status_reason),
                event=event_of(row),
            )
            yield self._told("status", data, row, strategy_id=strategy_id, vault_id=row.vault_id, owner=owner)

    def _terms(self, table: type[Terms] | type[TermsProposal]) -> Iterator[Happening]:
        query = select(table, Strategy.base_token).join(
            Strategy,
            and_(Strategy.deployment_id == table.deployment_id, Strategy.strategy_id == table.strategy_id),
        )
        tokens = self._snapshot.tokens
        for row, base in self._session.execute(self._within(query, table)):
            began = isinstance(row, models.Terms)
            fees = present_terms(row, base, tokens) if began else present_pending(row, base, tokens)
            data = TermsHappened(
                strategy_id=row.strategy_id,
                version=row.version if began else None,
                usable_from=None if began else utc_or_none(row.usable_from),
                fees=fees,
                event=event_of(row),
            )
            yield self._told("terms", data, row, strategy_id=row.strategy_id)


def _same_vault(table: Any) -> Any:
    return and_(Vault.deployment_id == table.deployment_id, Vault.vault_id == table.vault_id)
