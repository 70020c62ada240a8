"""How rows belong together, as conditions to join by: there are no foreign keys to follow."""

from sqlalchemy import and_

from indexer.ledger.models.books import Balance, Entry, Posting
from indexer.ledger.models.trades import Clearing, Copy

POSTING_OF_ENTRY = and_(
    Posting.deployment_id == Entry.deployment_id,
    Posting.block_number == Entry.block_number,
    Posting.entry_log_index == Entry.log_index,
)
"""A posting is a line of an entry."""

ACCOUNT_OF_POSTING = and_(
    Balance.deployment_id == Posting.deployment_id, Balance.account_id == Posting.account_id
)
"""A posting is to an account in one token."""

CLEARING_OF_COPY = and_(
    Clearing.deployment_id == Copy.deployment_id,
    Clearing.block_number == Copy.block_number,
    Clearing.log_index == Copy.clearing_log_index,
)
"""A fill has its price from a clearing; a skip has none."""
