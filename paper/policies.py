"""How much a vault puts into a trade: docs/limits.md, "A follower's policy"; `contracts/core/Policies.sol`.

Limits bind entries, trades that buy another token than the base token. Exits sell the leader's portion.
"""

from accounting.rounding import mul_div_down, mul_div_up
from paper import budget
from paper.batch import NO_LIMIT, Batch, Part
from paper.price import BPS, STEPS, step_down
from paper.refused import RefusedError
from paper.state import WAD, Strategy, Vault
from protocol.types import OnBreach, Policy, Reason, Sizing, VaultStatus

DAY_S = 86_400
MAX_96 = 2**96 - 1
_MAX_MULTIPLIER_BPS = 100_000
_WIDTHS = {
    "max_positions": 8,
    "excluded_tokens": 16,
    "take_profit_bps": 16,
    "cooldown": 32,
    "expiry": 40,
    "min_trade": 80,
    "max_trade": 88,
    "size": 88,
}
"""Bits of a policy's fields: the hub could not be told more."""
_REASON_OF = {VaultStatus.SUSPENDED: Reason.SUSPENDED, VaultStatus.EXITING: Reason.EXITING}


def size(batch: Batch, vault: Vault) -> tuple[Part, VaultStatus | None]:
    """Return the vault's part in the batch, and the status in which a limit stops it, if one does.

    A look is remembered in the vault, also one that ends in a skip.
    """
    if vault.status is not VaultStatus.ACTIVE:
        return Part(vault, 0, _REASON_OF.get(vault.status, Reason.PAUSED)), None
    part = Part(vault, mul_div_down(vault.balances[batch.index_in], batch.portion, WAD))
    part.fee_bps = vault.copy_fee_bps
    stop = _limit(batch, vault, part) if batch.index_out and vault.limited else None
    if not part.gross and part.reason is Reason.NONE:
        part.reason = Reason.NOTHING_TO_SELL
    return part, stop


def stop_reached(vault: Vault, equity: int) -> Reason:
    """Return the stop that the vault has reached, or none. Reaching it exactly is reaching it."""
    policy, invested = vault.policy, vault.marks.invested
    if vault.escrowed:
        return Reason.NONE
    if _has_lost(equity, invested, policy.stop_loss_bps):
        return Reason.STOP_LOSS
    if policy.take_profit_bps and invested and equity * BPS >= invested * (BPS + policy.take_profit_bps):
        return Reason.TAKE_PROFIT
    if _has_lost(equity, vault.peak, policy.max_drawdown_bps):
        return Reason.DRAWDOWN
    if _has_lost(equity, vault.day_equity, policy.max_daily_loss_bps):
        return Reason.DAILY_LOSS
    return Reason.NONE


def look_at(vault: Vault, equity: int, now: int) -> None:
    """Take ``equity`` into account, as the highest yet and as the first of the day."""
    today = now // DAY_S
    vault.peak = max(vault.peak, min(equity, MAX_96))
    if vault.day != today or not vault.day_equity:
        vault.day, vault.day_equity = today, min(equity, MAX_96)


def status_of(action: OnBreach) -> VaultStatus | None:
    """Return what a vault becomes when a limit is reached, or None when it goes on."""
    stops = {OnBreach.SUSPEND: VaultStatus.SUSPENDED, OnBreach.EXIT: VaultStatus.EXITING}
    return stops.get(action)


def check(policy: Policy, strategy: Strategy, now: int) -> None:
    """Refuse a policy whose terms contradict each other (`Rules.sol`)."""
    bad = bool(policy.max_trade) and policy.min_trade > policy.max_trade
    shares = (
        policy.max_token_bps,
        policy.max_exposure_bps,
        policy.max_daily_loss_bps,
        policy.max_drawdown_bps,
        policy.stop_loss_bps,
        policy.loss_budget_bps,
    )
    bad = bad or any(share > BPS for share in shares)
    bad = bad or any(getattr(policy, name) >> bits for name, bits in _WIDTHS.items())
    bad = bad or policy.max_slippage_bps not in {0, *STEPS} or 0 < policy.expiry <= now
    if bad or policy.excluded_tokens & 1 or policy.excluded_tokens >> len(strategy.tokens):
        raise RefusedError("BadPolicy")
    if not _is_size(policy, strategy.limits.stop_bps):
        raise RefusedError("BadPolicy")


def is_limited(policy: Policy) -> bool:
    """Whether the policy says anything that a trade must look at."""
    return policy != Policy(on_breach=policy.on_breach, on_stop=policy.on_stop)


def share_bps_up(value: int, equity: int) -> int:
    """Return what part of ``equity`` a value is, at most all of it."""
    return BPS if equity <= value else mul_div_up(value, BPS, equity)


def needs_equity(policy: Policy) -> bool:
    """Whether the vault must be valued before it is sized."""
    return policy.sizing is Sizing.RISK or bool(
        policy.max_token_bps
        or policy.max_exposure_bps
        or policy.max_daily_loss_bps
        or policy.max_drawdown_bps
        or policy.stop_loss_bps
        or policy.take_profit_bps
        or policy.loss_budget_bps
    )


def vault_budget_bps(batch: Batch, policy_bps: int) -> int:
    """Return a vault's own budget, never more than the strategy's."""
    strategys = batch.limits.loss_budget_bps
    return min(policy_bps, strategys) if policy_bps else strategys


def loss_used_up(batch: Batch, vault: Vault) -> int:
    """Return what of its budget the vault has used up by now."""
    if not vault.loss_used or vault.last_entry == batch.now:
        return vault.loss_used
    bps = vault_budget_bps(batch, vault.policy.loss_budget_bps)
    return budget.decayed_up(vault.loss_used, bps, batch.now - vault.last_entry)


def _limit(batch: Batch, vault: Vault, part: Part) -> VaultStatus | None:
    policy = vault.policy
    part.reason = _rule_broken(batch, policy, vault.last_entry)
    if part.reason is not Reason.NONE:
        part.gross = 0
        return None
    used, action, equity = loss_used_up(batch, vault), policy.on_breach, 0
    if needs_equity(policy):
        equity = batch.equity_down(vault.balances)
        look_at(vault, equity, batch.now)
        part.reason = stop_reached(vault, equity)
    if part.reason is not Reason.NONE:
        part.gross, action = 0, policy.on_stop
    else:
        _apply_size(batch, vault, part, equity, used)
    stop = None
    if not part.gross and part.reason >= Reason.MAXIMUM_TRADE and part.reason is not Reason.SLIPPAGE:
        stop = status_of(action)
    if part.gross:
        vault.loss_used, vault.last_entry = used, batch.now
    return stop


def _rule_broken(batch: Batch, policy: Policy, last_entry: int) -> Reason:
    """Rules that say only whether; breaking one is a skip."""
    if policy.expiry and batch.now > policy.expiry:
        return Reason.POLICY_EXPIRED
    if policy.excluded_tokens >> batch.index_out & 1:
        return Reason.TOKEN_EXCLUDED
    return Reason.COOLDOWN if batch.now < last_entry + policy.cooldown else Reason.NONE


def _apply_size(batch: Batch, vault: Vault, part: Part, equity: int, used: int) -> None:
    policy = vault.policy
    if batch.index_in == 0:
        _resize(batch, vault, part, equity)
    if not part.gross:
        return
    value = batch.value_down(batch.index_in, part.gross)
    room, reason = _room(batch, vault, equity, part.gross)
    if value > room:
        reduces = policy.on_breach is OnBreach.REDUCE
        part.gross = mul_div_down(part.gross, room, value) if reduces else 0
        part.reason, value = reason, room
    if not part.gross:
        return
    # What is worth less than a unit cannot be measured against anything.
    if not value or value < policy.min_trade:
        part.gross, part.reason = 0, Reason.BELOW_MINIMUM_TRADE
        return
    _limit_slippage(batch, policy, part, share=(value, equity), used=used)


def _resize(batch: Batch, vault: Vault, part: Part, equity: int) -> None:
    """Only base token is sized: whatever else is sold is the leader's portion."""
    policy, holding = vault.policy, vault.balances[0]
    match policy.sizing:
        case Sizing.MULTIPLIER:
            part.gross = min(holding, mul_div_down(part.gross, policy.size, BPS))
        case Sizing.FIXED:
            part.gross = min(holding, policy.size)
        case Sizing.RISK:
            most = mul_div_down(equity, policy.size, batch.limits.stop_bps)
            if part.gross > most:
                part.gross, part.reason = most, Reason.RISK_SIZE
        case Sizing.PROPORTIONAL:
            pass


def _room(batch: Batch, vault: Vault, equity: int, gross: int) -> tuple[int, Reason]:
    """Base token units that the entry may be worth, by the tightest limit, and which that is."""
    policy, held = vault.policy, vault.balances[batch.index_out]
    rooms = [(NO_LIMIT, Reason.NONE)]
    if policy.max_trade:
        rooms.append((policy.max_trade, Reason.MAXIMUM_TRADE))
    if policy.max_token_bps:
        taken = batch.value_down(batch.index_out, held)
        rooms.append((_room_down(equity, policy.max_token_bps, taken), Reason.TOKEN_CAP))
    if policy.max_exposure_bps and batch.index_in == 0:
        exposure = equity - vault.balances[0]
        rooms.append((_room_down(equity, policy.max_exposure_bps, exposure), Reason.EXPOSURE_CAP))
    if policy.max_positions and not held:
        closes_one = batch.index_in != 0 and gross == vault.balances[batch.index_in]
        positions = sum(units != 0 for units in vault.balances[1:]) - closes_one
        if positions >= policy.max_positions:
            rooms.append((0, Reason.POSITION_COUNT))
    # Of equal ones the first counts.
    return min(rooms, key=lambda each: each[0])


def _room_down(equity: int, bps: int, taken: int) -> int:
    """What a cap of ``bps`` of equity leaves beside ``taken``."""
    return max(0, mul_div_down(equity, bps, BPS) - taken)


def _limit_slippage(batch: Batch, policy: Policy, part: Part, *, share: tuple[int, int], used: int) -> None:
    """The worst price the vault takes, by its own limit and by what its budget bears. Whoever's limit is
    tighter than what the caller expects stands aside.
    """
    limit_bps = policy.max_slippage_bps or NO_LIMIT
    if policy.loss_budget_bps:
        part.equity_share_bps = share_bps_up(*share)
        full = budget.capacity(vault_budget_bps(batch, policy.loss_budget_bps))
        cost = part.equity_share_bps * (budget.ONE // BPS)
        bearable = 0 if used >= full else mul_div_down(full - used, BPS, cost)
        if bearable < limit_bps:
            limit_bps = step_down(bearable)
        if not limit_bps:
            part.gross, part.reason = 0, Reason.LOSS_BUDGET
            return
    if limit_bps >= batch.expected_bps:
        batch.strictest_bps = min(batch.strictest_bps, limit_bps)
    else:
        batch.laxest_aside_bps = max(batch.laxest_aside_bps, limit_bps)
        part.gross, part.reason = 0, Reason.SLIPPAGE


def _has_lost(equity: int, anchor: int, bps: int) -> bool:
    return bool(bps and anchor) and equity * BPS <= anchor * (BPS - min(bps, BPS))


def _is_size(policy: Policy, stop_bps: int) -> bool:
    match policy.sizing:
        case Sizing.PROPORTIONAL:
            return not policy.size
        case Sizing.MULTIPLIER:
            return 0 < policy.size <= _MAX_MULTIPLIER_BPS
        case Sizing.FIXED:
            return policy.size > 0
        case Sizing.RISK:
            return bool(0 < policy.size <= BPS and stop_bps)
