"""What was written into the inbox, in the order in which it was committed: for those who follow it."""

from sqlalchemy import Connection, insert

from inbox.models import News

TRANSITION, STOP, LIFT = "transition", "stop", "lift"


def note(
    connection: Connection, kind: str, subject: int, sequence: int = 0, *, chain_id: int, hub: str
) -> None:
    """Note what was written, within the transaction of `writing` that writes it."""
    values = {"chain_id": chain_id, "hub": hub, "kind": kind, "subject": subject, "sequence": sequence}
    connection.execute(insert(News).values(**values))
