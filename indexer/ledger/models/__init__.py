"""Tables of the ledger.

Every row belongs to a deployment (one hub on one chain) and carries the block it came from, so that one
rollback path serves all tables. Addresses are EIP-55 text, hashes lower-case 0x text, amounts integers in
token units, times unix seconds (`*_us`: microseconds). There are no foreign keys: rows of a block are written
and removed together, by block.
"""

from indexer.ledger.models import places
from indexer.ledger.models.base import Amount, Base, EventRow, LogRow, amount_sum
from indexer.ledger.models.belonging import ACCOUNT_OF_POSTING, CLEARING_OF_COPY, POSTING_OF_ENTRY
from indexer.ledger.models.books import Balance, Entry, Posting
from indexer.ledger.models.chain import Block, Deployment, OrphanedLog, RawLog, Reorg, Transaction
from indexer.ledger.models.derived import Lot, PriceHour, ValuedFlow, VaultHour, VaultPosition
from indexer.ledger.models.fees import Escrow, Fee, ProtocolShare
from indexer.ledger.models.lease import Lease
from indexer.ledger.models.metrics import LeaderMetrics
from indexer.ledger.models.orders import OrderCancellation, OrderFill
from indexer.ledger.models.reconcile import Reconciliation, ReconciliationDifference
from indexer.ledger.models.registry import GATE, GUARDIAN, TREASURY, Appointment, Halt, Listing, Pool, Token
from indexer.ledger.models.strategies import (
    FeeTerms,
    Strategy,
    StrategyLimits,
    StrategyPool,
    StrategyToken,
    Terms,
    TermsProposal,
)
from indexer.ledger.models.trades import Clearing, Copy, Trade
from indexer.ledger.models.vaults import LeaderCap, Policy, Vault, VaultFacts, VaultState

__all__ = [
    "ACCOUNT_OF_POSTING",
    "CLEARING_OF_COPY",
    "GATE",
    "GUARDIAN",
    "POSTING_OF_ENTRY",
    "TREASURY",
    "Amount",
    "Appointment",
    "Balance",
    "Base",
    "Block",
    "Clearing",
    "Copy",
    "Deployment",
    "Entry",
    "Escrow",
    "EventRow",
    "Fee",
    "FeeTerms",
    "Halt",
    "LeaderCap",
    "LeaderMetrics",
    "Lease",
    "Listing",
    "LogRow",
    "Lot",
    "OrderCancellation",
    "OrderFill",
    "OrphanedLog",
    "Policy",
    "Pool",
    "Posting",
    "PriceHour",
    "ProtocolShare",
    "RawLog",
    "Reconciliation",
    "ReconciliationDifference",
    "Reorg",
    "Strategy",
    "StrategyLimits",
    "StrategyPool",
    "StrategyToken",
    "Terms",
    "TermsProposal",
    "Token",
    "Trade",
    "Transaction",
    "ValuedFlow",
    "Vault",
    "VaultFacts",
    "VaultHour",
    "VaultPosition",
    "VaultState",
    "amount_sum",
    "places",
]
