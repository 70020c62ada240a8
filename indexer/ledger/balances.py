"""Current balances: derived from postings, changed by the same transaction, absent when zero."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from indexer.ledger.errors import InvariantError
from indexer.ledger.models import Balance, Posting, amount_sum
from indexer.ledger.postings import HELD_BY_HUB
from indexer.ledger.rows import BalanceKey

_CHUNK = 500


def apply_deltas(connection: Connection, deployment_id: int, deltas: Mapping[BalanceKey, int]) -> None:
    """Add the changes to the balances. Raises `InvariantError` if the hub would owe less than nothing."""
    keys = sorted(key for key, amount in deltas.items() if amount)
    before = _load(connection, deployment_id, keys)
    after = {key: before.get(key, 0) + deltas[key] for key in keys}
    for (kind, account, token), amount in after.items():
        if amount < 0 and kind in HELD_BY_HUB:
            raise InvariantError(
                f"The {kind} balance of {account} in token {token} would become {amount}.",
                remedy="Try another RPC endpoint, in case this one left logs out; if that does not help, "
                "report it. Nothing was written.",
            )
    rows = [
        {
            "in_deployment": deployment_id,
            "in_kind": key[0],
            "in_account": key[1],
            "in_token": key[2],
            "new_amount": amount,
        }
        for key, amount in after.items()
    ]
    here = (
        (Balance.deployment_id == bindparam("in_deployment"))
        & (Balance.account_kind == bindparam("in_kind"))
        & (Balance.account == bindparam("in_account"))
        & (Balance.token == bindparam("in_token"))
    )
    gone = [row for row, key in zip(rows, keys, strict=True) if key in before and not after[key]]
    changed = [row for row, key in zip(rows, keys, strict=True) if key in before and after[key]]
    fresh = [row for row, key in zip(rows, keys, strict=True) if key not in before]
    if gone:
        connection.execute(delete(Balance).where(here), gone)
    if changed:
        connection.execute(update(Balance).where(here).values(amount=bindparam("new_amount")), changed)
    if fresh:
        columns: dict[str, Any] = {
            "deployment_id": bindparam("in_deployment"),
            "account_kind": bindparam("in_kind"),
            "account": bindparam("in_account"),
            "token": bindparam("in_token"),
            "amount": bindparam("new_amount"),
        }
        connection.execute(insert(Balance).values(columns), fresh)


def posted_since(connection: Connection, deployment_id: int, block_number: int) -> dict[BalanceKey, int]:
    """What all postings above a block add up to, by account and token."""
    keys = (Posting.account_kind, Posting.account, Posting.token)
    rows = connection.execute(
        select(*keys, amount_sum(Posting.amount))
        .where(Posting.deployment_id == deployment_id, Posting.block_number > block_number)
        .group_by(*keys)
    )
    return {(kind, account, token): amount for kind, account, token, amount in rows}


def rebuild(connection: Connection, deployment_id: int) -> None:
    """Compute all balances anew from the postings."""
    connection.execute(delete(Balance).where(Balance.deployment_id == deployment_id))
    apply_deltas(connection, deployment_id, posted_since(connection, deployment_id, -1))


def _load(connection: Connection, deployment_id: int, keys: list[BalanceKey]) -> dict[BalanceKey, int]:
    wanted = set(keys)
    accounts = sorted({(kind, account) for kind, account, _ in keys})
    found: dict[BalanceKey, int] = {}
    for kind in sorted({kind for kind, _ in accounts}):
        names = [account for each, account in accounts if each == kind]
        for at in range(0, len(names), _CHUNK):
            rows = connection.execute(
                select(Balance.account, Balance.token, Balance.amount).where(
                    Balance.deployment_id == deployment_id,
                    Balance.account_kind == kind,
                    Balance.account.in_(names[at : at + _CHUNK]),
                )
            )
            found.update({(kind, account, token): amount for account, token, amount in rows})
    return {key: amount for key, amount in found.items() if key in wanted}
