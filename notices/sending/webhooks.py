"""Webhooks as Standard Webhooks describes them: signed, with an id that stays."""

from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from notices.book.outbox import Outcome
from notices.book.targets import Target
from notices.sending.message import Message
from notices.sending.post import Post

_GONE = frozenset({410})


class Webhooks:
    """Sends messages to people's servers by `post`."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def send(self, target: Target, message: Message) -> Outcome:
        """Post a message and say what came of it."""
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(target.secret or "").sign(message.id, now, message.document),
        }
        return await self._post.send(target.address, message.document.encode(), headers, gone=_GONE)
