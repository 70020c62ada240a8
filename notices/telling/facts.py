"""What an event of the live feed is as a notice: plain sentences of facts, with the place they came from.

Words that others chose (symbols, operators' reasons) are stripped to harmless characters: chat services
would take some for mentions or links.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from api.live.happenings import Happening
from api.live.schemas import (
    CopyHappened,
    FeeHappened,
    StatusHappened,
    StopHappened,
    TermsHappened,
    TradeHappened,
    TransitionHappened,
)
from api.schemas import Amount, EventRef
from notices.book.kinds import Audience, Draft, Kind

_FOREIGN = re.compile(r"[^\w .,;:()'\-]")


def plain(text: str, most: int = 120) -> str:
    """Return somebody else's words without what a chat service might act on."""
    return _FOREIGN.sub("", text)[:most]


def draft_of(told: Happening, block_hash: str) -> Draft | None:
    """Return an event as a notice; None for events that nobody is told of. Its block's hash is given."""
    make = _MAKERS.get(told.type)
    return None if make is None else make(told, told.data, block_hash)


def _copy(told: Happening, data: CopyHappened, block_hash: str) -> Draft:
    if data.reason is not None or data.sold is None or data.bought is None or data.fee is None:
        why = data.reason
        text = "It was not copied." if why is None else f"{why.meaning} What to do: {why.what_to_do}"
        title = f"Trade {data.trade} was not copied into vault {data.vault_id}"
        return _on_chain(
            told, data.event, block_hash, (Kind.COPY_SKIPPED, Audience.OWNER), title=title, text=text
        )
    text = f"Sold {_money(data.sold)} for {_money(data.bought)}; the copy fee was {_money(data.fee)}."
    if data.reduced_by is not None:
        text += f" It is smaller than its sizing says: {data.reduced_by.meaning}"
    title = f"Trade {data.trade} was copied into vault {data.vault_id}"
    return _on_chain(
        told, data.event, block_hash, (Kind.TRADE_COPIED, Audience.OWNER), title=title, text=text
    )


def _fee(told: Happening, data: FeeHappened, block_hash: str) -> Draft:
    text = f"{_money(data.amount)}, of which {_money(data.to_leader)} are the leader's."
    title = f"Vault {data.vault_id} paid a {data.kind} fee"
    return _on_chain(told, data.event, block_hash, (Kind.FEE_CHARGED, Audience.OWNER), title=title, text=text)


def _stop_hit(told: Happening, data: StatusHappened, block_hash: str) -> Draft | None:
    if data.reason is None or data.reason.name == "requested":
        return None
    text = f"{data.reason.meaning} The vault is now {data.status.lower()}. To do: {data.reason.what_to_do}"
    title = f"Vault {data.vault_id} has reached its {data.reason.name.replace('_', ' ')}"
    return _on_chain(told, data.event, block_hash, (Kind.STOP_HIT, Audience.OWNER), title=title, text=text)


def _terms(told: Happening, data: TermsHappened, block_hash: str) -> Draft:
    fees = data.fees
    told_fees = (
        f"copy {fees.copy_bps}, performance {fees.performance_bps}, management {fees.management_bps}, "
        f"withdrawal {fees.withdrawal_bps} basis points"
    )
    if data.version is None:
        when = "" if data.usable_from is None else f", not before {data.usable_from:%Y-%m-%d %H:%M} UTC"
        title = f"Strategy {data.strategy_id} announces other terms"
        text = f"For vaults that open or agree{when}: {told_fees}. Your vault keeps the terms it has."
    else:
        title = f"Strategy {data.strategy_id} has other terms"
        text = f"Version {data.version}: {told_fees}. Your vault keeps the terms it has until you agree."
    return _on_chain(
        told, data.event, block_hash, (Kind.TERMS_CHANGED, Audience.FOLLOWERS), title=title, text=text
    )


def _trade(told: Happening, data: TradeHappened, block_hash: str) -> Draft | None:
    if data.kind != "leader":
        return None
    share = f"{data.portion * 100:.2f}"
    title = f"Strategy {data.strategy_id} trades: {data.trade}"
    text = f"It sells {share}% of its {plain(data.token_in.symbol)} for {plain(data.token_out.symbol)}."
    return _on_chain(
        told, data.event, block_hash, (Kind.LEADER_TRADED, Audience.WATCHERS), title=title, text=text
    )


def _transition(told: Happening, data: TransitionHappened, _: str) -> Draft:
    step = data.step
    text = f"It is {step.status.replace('_', ' ')} now, {step.filled * 100:.2f}% filled."
    if step.why:
        text += f" Why: {plain(step.why)}."
    if step.block is not None:
        text += f" Block {step.block}."
    return Draft(
        key=f"order {data.hash} {data.sequence}",
        kind=Kind.ORDER_CHANGED,
        audience=Audience.OWNER,
        subject=data.leader,
        title=f"Order {data.hash[:10]}… of strategy {data.strategy_id} is {step.status.replace('_', ' ')}",
        text=text,
        facts=_facts(told),
        path="/desk",
        at=_seconds(step.processed),
        strategy_id=data.strategy_id,
        tx_hash=step.transaction,
    )


def _operator_stop(told: Happening, data: StopHappened, _: str) -> Draft:
    what = {"entries": "all entries"}.get(data.scope, f"{data.scope} {data.subject}")
    done = "stopped" if data.holds else "let go on"
    return Draft(
        key=f"stop {told.news}",
        kind=Kind.OPERATOR_STOP,
        audience=Audience.STAFF,
        subject="",
        title=f"An operator {done}: {what}",
        text=f"By {plain(data.who, 60)}: {plain(data.why)}.",
        facts=_facts(told),
        path="/operator",
        at=_seconds(data.at),
        strategy_id=told.strategy_id,
    )


def _on_chain(
    told: Happening,
    event: EventRef,
    block_hash: str,
    what: tuple[Kind, Audience],
    *,
    title: str,
    text: str,
) -> Draft:
    kind, audience = what
    page = f"/leaders/{told.strategy_id}" if told.vault_id is None else f"/vaults/{told.vault_id}"
    return Draft(
        key=f"{kind} {event.block}-{event.log_index}-{block_hash[2:18]}",
        kind=kind,
        audience=audience,
        subject=told.owner or "",
        title=title,
        text=f"{text} Block {event.block}.",
        facts=_facts(told),
        path=page,
        at=_seconds(event.time),
        vault_id=told.vault_id,
        strategy_id=told.strategy_id,
        block=(event.block, block_hash),
        tx_hash=event.transaction,
        log_index=event.log_index,
    )


def _facts(told: Happening) -> dict[str, Any]:
    """The event itself, as the stream tells it."""
    return {"type": told.type, **told.data.model_dump(mode="json")}


def _money(amount: Amount) -> str:
    return f"{amount.decimal} {plain(amount.symbol, 16)}"


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


_MAKERS: dict[str, Callable[[Happening, Any, str], Draft | None]] = {
    "copy": _copy,
    "fee": _fee,
    "status": _stop_hit,
    "terms": _terms,
    "trade": _trade,
    "transition": _transition,
    "stop": _operator_stop,
}
