"""Answers about play money. What is kept is what was opened; everything else follows from the ledger."""

import threading
from collections import Counter
from typing import Any, cast

from fastapi import Request
from sqlalchemy import Engine

from accounting.returns import money_weighted_return
from api.paper.schemas import PaperFill, PaperOpening, PaperPolicy, PaperSkip, PaperStatement
from api.problems import ApiError
from api.reasons.catalogue import reason_or_none
from api.schemas import Answer, utc
from api.snapshot import Snapshot
from api.statements.figures import balances, flows, gain_fee, profit, returns
from api.statements.standing import Standing
from api.vaults.schemas import Marks, VaultStatus
from indexer.ledger.trade_ids import trade_label
from practice import books
from practice.recorded import UnknownStrategyError, read_offer
from practice.statement import (
    BadPaperPolicyError,
    Copied,
    TooManyTradesError,
    check,
    statement_of,
)
from practice.statement import (
    PaperStatement as Found,
)
from protocol.types import OnBreach, Policy, Sizing

_SHOWN_LINES = 100


class PaperVaultNotFoundError(ApiError):
    """No such vault of play money."""

    status, slug, title = 404, "paper-vault-not-found", "No such vault of play money"


class PaperRefusedError(ApiError):
    """The hub would not take such a vault."""

    status, slug, title = 422, "paper-refused", "The hub would refuse this vault"


class TooManyPaperVaultsError(ApiError):
    """Too many were opened lately."""

    status, slug, title = 429, "too-many-paper-vaults", "Too many vaults of play money"


class PlayMoney:
    """Where vaults of play money are kept. Makes its table when the first comes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._books: books.PaperBooks | None = None
        self._lock = threading.Lock()

    @property
    def books(self) -> books.PaperBooks:
        """The vaults."""
        with self._lock:
            if self._books is None:
                self._books = books.PaperBooks(self._engine)
            return self._books


def play_money(request: Request) -> PlayMoney:
    """The app's play money."""
    found: PlayMoney = request.app.state.play_money
    return found


def open_vault(snapshot: Snapshot, kept: PlayMoney, body: PaperOpening) -> Answer[PaperStatement]:
    """Open a vault at the snapshot's block. Raises an `ApiError`."""
    policy, amount = _policy(body.policy), int(body.deposit)
    block = snapshot.block
    try:
        offer = read_offer(snapshot.session, snapshot.deployment_id, body.strategy_id)
        check(offer, policy, amount, now=snapshot.time)
        place = (snapshot.deployment.chain_id, snapshot.deployment.hub)
        vault = kept.books.open(place, body.strategy_id, policy, amount, block=block.number, at=snapshot.time)
    except (UnknownStrategyError, BadPaperPolicyError) as error:
        raise PaperRefusedError(str(error), remedy=error.remedy) from error
    except books.TooManyPaperVaultsError as error:
        raise TooManyPaperVaultsError(str(error), remedy=error.remedy) from error
    return _answer(snapshot, vault)


def get_statement(snapshot: Snapshot, kept: PlayMoney, vault_id: str) -> Answer[PaperStatement]:
    """Return a vault's statement. Raises an `ApiError`."""
    place = (snapshot.deployment.chain_id, snapshot.deployment.hub)
    try:
        vault = kept.books.find(vault_id)
    except books.UnknownPaperVaultError as error:
        raise _unknown(vault_id) from error
    if (vault.chain_id, vault.hub) != place:
        raise _unknown(vault_id)
    return _answer(snapshot, vault)


def _answer(snapshot: Snapshot, vault: books.PaperVault) -> Answer[PaperStatement]:
    try:
        found = statement_of(snapshot.session, snapshot.deployment_id, vault, now=snapshot.time)
    except TooManyTradesError as error:
        raise PaperRefusedError(str(error), remedy=error.remedy) from error
    base = snapshot.tokens.by_address[found.offer.tokens[0].address]
    standing, marks = _standing(found), found.state.marks
    reasons = Counter(each.reason.snake for each in found.copies if not each.filled)
    data = PaperStatement(
        id=vault.id,
        status=cast(VaultStatus, found.state.status.label),
        strategy_id=vault.strategy_id,
        strategy_name=found.offer.name,
        base_token=base,
        opened=utc(vault.opened_time),
        opened_block=vault.opened_block,
        flows=flows(standing, base),
        balances=balances(standing, base, snapshot.tokens, None),
        profit=profit(standing, base, snapshot.tokens),
        marks=Marks(
            high_water_mark=snapshot.tokens.amount(base.address, marks.mark),
            invested=snapshot.tokens.amount(base.address, marks.invested),
        ),
        gain_fee=gain_fee(standing, base, marks.mark, found.offer.terms.performance_bps),
        returns=returns(standing),
        filled=sum(each.filled for each in found.copies),
        skipped_by_reason=dict(sorted(reasons.items())),
        lines=[_line(snapshot, each) for each in reversed(found.copies[-_SHOWN_LINES:])],
    )
    return Answer(as_of_block=snapshot.block, data=data)


def _standing(found: Found) -> Standing:
    history = found.history
    seen = history.observations
    return Standing(
        history.book,
        history.profit,
        history.prices,
        history.time_weighted_return,
        history.max_drawdown,
        None if seen is None else money_weighted_return(seen),
        None,
        None,
        is_follower=True,
        lots=None,
    )


def _line(snapshot: Snapshot, copied: Copied) -> PaperFill | PaperSkip:
    trade, time, tokens = trade_label(copied.trade_id), utc(copied.time), snapshot.tokens
    reason = reason_or_none(copied.reason.snake if copied.reason else None)
    if not copied.filled and reason is not None:
        return PaperSkip(kind="skip", trade=trade, time=time, reason=reason)
    return PaperFill(
        kind="fill",
        trade=trade,
        time=time,
        sold=tokens.amount(copied.token_in, copied.amount_in),
        fee=tokens.amount(copied.token_in, copied.fee),
        bought=tokens.amount(copied.token_out, copied.amount_out),
        reduced_by=reason,
    )


def _policy(body: PaperPolicy) -> Policy:
    values: dict[str, Any] = body.model_dump()
    values |= {name: int(values[name]) for name in ("min_trade", "max_trade", "size")}
    values["sizing"] = Sizing[body.sizing.upper()]
    values |= {name: OnBreach[values[name].upper()] for name in ("on_breach", "on_stop")}
    return Policy(**values)


def _unknown(vault_id: str) -> PaperVaultNotFoundError:
    remedy = "Open one with POST /v1/paper/vaults; the oldest make room for new ones."
    return PaperVaultNotFoundError(f"No vault of play money has the id {vault_id}.", remedy=remedy)
