"""A delivery as it is sent: the document of webhooks, title and text for people, and what a browser shows."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from notices.book.codes import code_of
from notices.book.kinds import Kind
from notices.book.outbox import Claimed
from notices.book.targets import Target

SOURCE = "Lockstep"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out. `id` stays the same however often it is sent; `document` is the webhook's body.

    `pushed` is JSON for the dApp's service worker: short enough for any push service.
    """

    id: str
    title: str
    text: str
    document: str
    pushed: str
    urgent: bool


def compose(claimed: Claimed, target: Target, link: str) -> Message:
    """Return a delivery's message; `link` is the dApp's address. A confirmation has its code put in here."""
    notice = claimed.notice
    text, code = notice.text, None
    if notice.kind == Kind.CONFIRMATION:
        code = code_of(target.salt, int(notice.key.rsplit(" ", 1)[1]))
        text = f"{text} The code is {code}."
    page = link.rstrip("/") + notice.path
    data: dict[str, Any] = {
        "notice": notice.id,
        "title": notice.title,
        "text": text,
        "urgent": notice.urgent,
        "link": page,
        "chain_id": notice.chain_id or None,
        "hub": notice.hub or None,
        "vault_id": notice.vault_id,
        "strategy_id": notice.strategy_id,
        "block": None
        if notice.block_number is None
        else {"number": notice.block_number, "hash": notice.block_hash},
        "transaction": notice.tx_hash,
        "log_index": notice.log_index,
        "takes_back": notice.of,
        "facts": json.loads(notice.facts) | ({} if code is None else {"code": code}),
    }
    at = datetime.fromtimestamp(notice.at, UTC)
    document = {"type": notice.kind, "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": data}
    shown = text if notice.tx_hash is None else f"{text}\nTransaction {notice.tx_hash}"
    body = json.dumps(document, separators=(",", ":"))
    return Message(
        claimed.delivery.message,
        f"{SOURCE}: {notice.title}",
        f"{shown}\n{page}",
        body,
        _pushed(claimed, code),
        notice.urgent,
    )


def _pushed(claimed: Claimed, code: str | None) -> str:
    """What a browser shows, and the code that confirms its channel. Four bytes a character at most."""
    notice = claimed.notice
    said: dict[str, Any] = {
        "id": claimed.delivery.message,
        "title": _cut(notice.title, 120),
        "text": _cut(notice.text, 600),
        "page": notice.path,
        "urgent": notice.urgent,
        "at": notice.at,
    }
    if code is not None:
        said["confirms"] = {"channel": claimed.channel.id, "code": code}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
