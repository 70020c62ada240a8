"""Answers about proposals."""

from typing import cast

from eth_utils.address import to_checksum_address

from access import models
from access.calls import Act
from access.proposals import Proposals
from api.admin.proposals import schemas
from api.paging import PageQuery, cut, decode_cursor
from api.schemas import utc_of_microseconds, utc_or_none

_NAME = "proposals"


def list_proposals(kept: Proposals, query: PageQuery) -> schemas.Proposals:
    """Return a page of proposals, the newest first."""
    after = decode_cursor(_NAME, 1, query.cursor)
    found = kept.list(limit=query.limit + 1, before=None if after is None else after[0])
    page, cursor = cut(_NAME, query.limit, found, lambda row: [row.id])
    return schemas.Proposals(data=[present(kept, row) for row in page], next_cursor=cursor)


def present(kept: Proposals, row: models.Proposal) -> schemas.Proposal:
    """Return a proposal. What is to be sent is shown when two have agreed, and not before."""
    state = cast(schemas.State, kept.state(row))
    transactions = kept.transactions(row) if state == "ready" else ()
    return schemas.Proposal(
        id=row.id,
        state=state,
        act=Act(row.act),
        words=row.words,
        target=to_checksum_address(row.target),
        call=row.data,
        why=row.why,
        proposed_by=to_checksum_address(row.proposed_by),
        proposed=utc_of_microseconds(row.proposed_us),
        confirmed_by=_address(row.confirmed_by),
        confirmed=None if row.confirmed_us is None else utc_of_microseconds(row.confirmed_us),
        withdrawn_by=_address(row.withdrawn_by),
        withdrawn_why=row.withdrawn_why,
        operation=kept.operation(row),
        transactions=[
            schemas.ProposedTransaction(
                step=each.step,
                to=to_checksum_address(each.to),
                data=each.data,
                not_before=None if each.not_before is None else utc_or_none(each.not_before),
            )
            for each in transactions
        ],
    )


def _address(found: str | None) -> str | None:
    return None if found is None else to_checksum_address(found)
