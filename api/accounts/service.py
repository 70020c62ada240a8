"""Answers about accounts."""

from collections.abc import Mapping
from typing import cast

from api.accounts import repository
from api.accounts.repository import FeeRow
from api.accounts.schemas import Account, EarnedFee, FeeSource
from api.events import event_of
from api.paging import cut, decode_cursor
from api.schemas import Amount, Answer, Page
from api.snapshot import Snapshot
from api.trades import ids
from api.transactions.service import gas_of_sender


def get_account(snapshot: Snapshot, owner: str) -> Answer[Account]:
    """Return what an address holds; every address has an account, most are empty."""
    session, deployment_id = snapshot.session, snapshot.deployment_id

    def amounts(balances: Mapping[str, int]) -> list[Amount]:
        listed = snapshot.tokens.by_address
        return [Amount.of(token, balances[at]) for at, token in listed.items() if balances.get(at)]

    account = Account(
        owner=owner,
        idle=amounts(repository.list_balances(session, deployment_id, "account", owner)),
        in_vaults=amounts(repository.sum_vaults(session, deployment_id, owner)),
        claimable_fees=amounts(repository.list_balances(session, deployment_id, "fee", owner)),
        leader_cap_bps=repository.find_leader_cap(session, deployment_id, owner),
        vault_ids=list(repository.list_vault_ids(session, deployment_id, owner)),
        gas=gas_of_sender(snapshot, owner),
    )
    return Answer(as_of_block=snapshot.block, data=account)


def list_fees(snapshot: Snapshot, recipient: str, *, limit: int, cursor: str | None) -> Page[EarnedFee]:
    """Return a page of what changed an address's fee balances, newest first."""
    name = f"fees of {recipient}"
    before = decode_cursor(name, 3, cursor)
    rows = repository.list_fees(
        snapshot.session,
        snapshot.deployment_id,
        recipient,
        before=None if before is None else (before[0], before[1], before[2]),
        limit=limit + 1,
    )
    page, next_cursor = cut(name, limit, rows, _line_of)
    data = [_earned(snapshot, row) for row in page]
    return Page(as_of_block=snapshot.block, data=data, next_cursor=next_cursor)


def _line_of(row: FeeRow) -> tuple[int, int, int]:
    return row.posting.block_number, row.posting.log_index, row.posting.line


def _earned(snapshot: Snapshot, row: FeeRow) -> EarnedFee:
    trade_id = row.entry.trade_id
    return EarnedFee(
        source=cast(FeeSource, row.posting.purpose),
        amount=snapshot.tokens.amount(row.token, row.posting.amount),
        vault_id=row.entry.vault_id if row.copy is None else row.copy.vault_id,
        trade=None if trade_id is None else ids.show(trade_id),
        event=event_of(row.copy or row.entry),
    )
