"""The hub's events as values, in the ABI's order of fields: one class an event of
`contracts/interfaces/IHubLog.sol`, and of OpenZeppelin's Ownable2Step, which the hub inherits.

Addresses are EIP-55 text, hashes lower-case 0x text; amounts are integers in token units; portions are
scaled by 1e18; `_bps` are basis points.
"""

from dataclasses import dataclass
from typing import get_args

from protocol.types import (
    FeeKind,
    FeeTerms,
    Policy,
    Reason,
    StrategyLimits,
    TradeKind,
    VaultStatus,
)


@dataclass(frozen=True, slots=True)
class TokenListed:
    """A token may be held from `usable_from` on, in unix seconds, unless it is vetoed before."""

    token: str
    usable_from: int


@dataclass(frozen=True, slots=True)
class PoolListed:
    """A pool may be traded in from `usable_from` on, in unix seconds, unless it is vetoed before."""

    pool: str
    venue: str
    token0: str
    token1: str
    usable_from: int


@dataclass(frozen=True, slots=True)
class ListingVetoed:
    """The listing of a token or pool that still waited is withdrawn."""

    what: str
    by: str


@dataclass(frozen=True, slots=True)
class TreasurySet:
    """Who gets the dust from now on."""

    treasury: str


@dataclass(frozen=True, slots=True)
class GuardianSet:
    """Who may veto and halt from now on, beside the owner; zero: nobody."""

    guardian: str


@dataclass(frozen=True, slots=True)
class GateSet:
    """Which contract is asked who may enter from now on; zero: none."""

    gate: str


@dataclass(frozen=True, slots=True)
class TradingHalted:
    """No new entries and trades in a strategy; in all for strategy 0."""

    strategy_id: int
    by: str


@dataclass(frozen=True, slots=True)
class TradingResumed:
    """Entries and trades go on in a strategy; in all for strategy 0."""

    strategy_id: int


@dataclass(frozen=True, slots=True)
class ProtocolShareSet:
    """The protocol's share of every fee of strategies created from now on."""

    protocol_bps: int


@dataclass(frozen=True, slots=True)
class StrategyCreated:
    """A leader's offer. `protocol_bps` of every fee of it are the protocol's."""

    strategy_id: int
    leader: str
    leader_vault: int
    base_token: str
    max_slippage_bps: int
    max_drift_bps: int
    copy_window: int
    min_deposit: int
    protocol_bps: int
    name: str


@dataclass(frozen=True, slots=True)
class StrategyLimitsSet:
    """What binds the leader, for good."""

    strategy_id: int
    limits: StrategyLimits


@dataclass(frozen=True, slots=True)
class TermsSet:
    """What vaults that open from now on pay."""

    strategy_id: int
    version: int
    terms: FeeTerms


@dataclass(frozen=True, slots=True)
class TermsProposed:
    """Dearer terms that wait until `from_`, in unix seconds."""

    strategy_id: int
    terms: FeeTerms
    from_: int


@dataclass(frozen=True, slots=True)
class TermsAccepted:
    """A vault's owner took the strategy's newest terms."""

    vault_id: int
    version: int
    copy_fee_bps: int


@dataclass(frozen=True, slots=True)
class LeaderCapSet:
    """Largest share of an owner's money with one leader; 0: the default."""

    owner: str
    cap_bps: int


@dataclass(frozen=True, slots=True)
class StrategyTokenAdded:
    """A token that the strategy may hold."""

    strategy_id: int
    token: str
    index: int


@dataclass(frozen=True, slots=True)
class StrategyPoolAdded:
    """A pool that the strategy may trade in."""

    strategy_id: int
    pool: str


@dataclass(frozen=True, slots=True)
class VaultOpened:
    """A vault begins, active. The leader's own has position 2^32 - 1 and terms 0; no referrer is zero."""

    vault_id: int
    strategy_id: int
    owner: str
    copy_fee_bps: int
    position: int
    terms_version: int
    referrer: str


@dataclass(frozen=True, slots=True)
class PolicySet:
    """A new revision of a vault's rules."""

    vault_id: int
    revision: int
    policy: Policy


@dataclass(frozen=True, slots=True)
class VaultStatusSet:
    """A vault goes on in another status; `reason` is the limit that was reached, if one was."""

    vault_id: int
    status: VaultStatus
    reason: Reason


@dataclass(frozen=True, slots=True)
class MemberMoved:
    """A vault (0: none) took another position."""

    strategy_id: int
    vault_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Deposited:
    """Outside to account."""

    owner: str
    token: str
    amount: int
    payer: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Account to outside."""

    owner: str
    token: str
    amount: int
    to: str


@dataclass(frozen=True, slots=True)
class Allocated:
    """Account to vault."""

    vault_id: int
    owner: str
    token: str
    amount: int


@dataclass(frozen=True, slots=True)
class Deallocated:
    """Vault to account, less the fees."""

    vault_id: int
    owner: str
    token: str
    amount: int


@dataclass(frozen=True, slots=True)
class VaultMarked:
    """A vault's high-water mark and what is invested in it, from now on, in base token units."""

    vault_id: int
    mark: int
    invested: int


@dataclass(frozen=True, slots=True)
class FeeCharged:
    """Vault to the fee balances of protocol, referrer and leader, who gets what the two leave."""

    vault_id: int
    token: str
    kind: FeeKind
    amount: int
    to_protocol: int
    to_referrer: int


@dataclass(frozen=True, slots=True)
class FeeEscrowed:
    """`outflow` left a vault without a price; `held` of it stays with the hub."""

    vault_id: int
    token: str
    outflow: int
    held: int


@dataclass(frozen=True, slots=True)
class EscrowSettled:
    """The price is back: of what was held, `to_fees` is charged next and `to_owner` is the owner's."""

    vault_id: int
    owner: str
    token: str
    to_fees: int
    to_owner: int


@dataclass(frozen=True, slots=True)
class FeesClaimed:
    """Fee balance to account."""

    recipient: str
    token: str
    amount: int


@dataclass(frozen=True, slots=True)
class TradeOpened:
    """A clearing begins; `by` is the leader, the keeper of a close, or the owner of a manual trade."""

    trade_id: int
    by: str
    kind: TradeKind
    pool: str
    token_in: str
    token_out: str
    portion: int
    limit_price: int
    start: int
    count: int
    copy_deadline: int


@dataclass(frozen=True, slots=True)
class BatchCleared:
    """One swap for a batch; its `TradeCopied` events follow. `portion` of each holding was sold.

    `amount_out` is without `keeper_fee`, which pays `keeper` in the token bought.
    """

    trade_id: int
    venue: str
    token_in: str
    token_out: str
    cursor: int
    portion: int
    amount_in: int
    dust_in: int
    amount_out: int
    dust: int
    copy_fees: int
    keeper_fee: int
    keeper: str
    oracle_out: int


@dataclass(frozen=True, slots=True)
class TradeCopied:
    """A vault's part in the batch cleared before; `reduced_by` made it smaller than its sizing says."""

    trade_id: int
    vault_id: int
    policy_revision: int
    amount_in: int
    fee: int
    amount_out: int
    reduced_by: Reason


@dataclass(frozen=True, slots=True)
class CopySkipped:
    """A vault that the trade was not copied into."""

    trade_id: int
    vault_id: int
    policy_revision: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class TradeCompleted:
    """Every position has been visited."""

    trade_id: int


@dataclass(frozen=True, slots=True)
class OrderFilled:
    """The trade before filled a signed order. `filled` of the leader's first holding is sold so far."""

    order_hash: str
    trade_id: int
    leader: str
    nonce: int
    filled: int
    complete: bool
    keeper: str


@dataclass(frozen=True, slots=True)
class OrdersCancelled:
    """Nonces `word * 256 + bit`, for each bit set in `mask`, can no longer be filled."""

    leader: str
    word: int
    mask: int


@dataclass(frozen=True, slots=True)
class OwnershipTransferStarted:
    """The hub is offered to a new owner. Moves nothing."""

    previous_owner: str
    new_owner: str


@dataclass(frozen=True, slots=True)
class OwnershipTransferred:
    """The hub has a new owner. Moves nothing."""

    previous_owner: str
    new_owner: str


Event = (
    TokenListed
    | PoolListed
    | ListingVetoed
    | TreasurySet
    | GuardianSet
    | GateSet
    | TradingHalted
    | TradingResumed
    | ProtocolShareSet
    | StrategyCreated
    | StrategyLimitsSet
    | TermsSet
    | TermsProposed
    | TermsAccepted
    | LeaderCapSet
    | StrategyTokenAdded
    | StrategyPoolAdded
    | VaultOpened
    | PolicySet
    | VaultStatusSet
    | MemberMoved
    | Deposited
    | Withdrawn
    | Allocated
    | Deallocated
    | VaultMarked
    | FeeCharged
    | FeeEscrowed
    | EscrowSettled
    | FeesClaimed
    | TradeOpened
    | BatchCleared
    | TradeCopied
    | CopySkipped
    | TradeCompleted
    | OrderFilled
    | OrdersCancelled
    | OwnershipTransferStarted
    | OwnershipTransferred
)

EVENTS: tuple[type[Event], ...] = get_args(Event)
