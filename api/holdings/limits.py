"""How far a vault is from each limit of its own policy, by the ledger's prices and the hub's own marks.

The hub looks at its oracle at a visit; here the latest recorded prices stand for it. What only the hub keeps
(the loss budget's bucket) is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounting.rounding import ratio
from accounting.windows import DAY_S
from api.holdings.schemas import Limit, LimitName
from api.schemas import Answer
from api.snapshot import Snapshot
from api.vaults.repository import VaultRow
from api.vaults.schemas import Action
from api.vaults.service import require_vault
from indexer.derived.standing import load_states
from indexer.derived.state import VaultState
from indexer.ledger.models import Copy, Policy, Trade

_BPS = 10_000
_PLACES = Decimal("0.0001")
_SHARE = "equity at the latest recorded prices"
_INVESTED = "what is invested, as the hub keeps it: put in, less the share of it that left"


def get_limits(snapshot: Snapshot, vault_id: int) -> Answer[list[Limit]]:
    """Return the limits that a vault's policy sets. Raises `VaultNotFoundError`."""
    row = require_vault(snapshot, vault_id)
    return Answer(as_of_block=snapshot.block, data=read_gauges(snapshot, [row])[vault_id].limits)


@dataclass(frozen=True, slots=True)
class Gauges:
    """Where a vault stands: its limits, how many basis points it is below its highest growth, and its sync
    score. None where that is not known, or there is no such thing.
    """

    limits: list[Limit]
    fallen_bps: Decimal | None
    sync_score: Decimal | None


def read_gauges(snapshot: Snapshot, rows: Sequence[VaultRow]) -> dict[int, Gauges]:
    """Return vault id → where it stands, of vaults that are read together."""
    wanted = [row.vault.vault_id for row in rows]
    states, board = load_states(snapshot.session.connection(), snapshot.deployment_id, wanted)
    found = {}
    for row in rows:
        state = states[row.vault.vault_id]
        state.value(board)
        if state.leader is not None:
            state.compare(states[state.leader], board)
        score = state.score
        found[row.vault.vault_id] = Gauges(
            [] if row.policy is None else list(_limits(snapshot, row, row.policy, state)),
            _from_peak(state),
            None if score is None else Decimal(score).scaleb(-18),
        )
    return found


def _limits(snapshot: Snapshot, row: VaultRow, policy: Policy, state: VaultState) -> Iterator[Limit]:
    vault_id = row.vault.vault_id
    equity, invested = state.equity, row.vault.invested
    gain = None if equity is None or not invested else ratio((equity - invested) * _BPS, invested)
    stop, breach = cast(Action, policy.on_stop), cast(Action, policy.on_breach)
    day = None
    if policy.max_daily_loss_bps:
        day = _fall(state, _at(snapshot, vault_id, snapshot.time - snapshot.time % DAY_S))
    stops: list[tuple[LimitName, int, Decimal | None, str]] = [
        ("stop_loss", policy.stop_loss_bps, None if gain is None else -gain, _INVESTED),
        ("take_profit", policy.take_profit_bps, gain, _INVESTED),
        (
            "drawdown",
            policy.max_drawdown_bps,
            _from_peak(state),
            "the highest growth since the vault was opened; `resume` starts the hub's own peak anew",
        ),
        ("daily_loss", policy.max_daily_loss_bps, day, "growth at 00:00 UTC; `resume` starts the day anew"),
    ]
    for name, limit, now, reference in stops:
        if limit:
            yield _limit(name, ("bps", limit), now, stop, reference)
    tokens = {token: worth for token, worth in (state.worths or {}).items() if token != state.base}
    largest, outside = max(tokens.values(), default=0), sum(tokens.values())
    for name_, limit, worth in (
        ("token_share", policy.max_token_bps, largest),
        ("exposure", policy.max_exposure_bps, outside),
    ):
        if limit:
            share = ratio(worth * _BPS, equity) if equity else None
            yield _limit(cast(LimitName, name_), ("bps", limit), share, breach, _SHARE)
    if policy.max_positions:
        held = sum(1 for position in state.average.positions.values() if position.quantity)
        most = ("count", policy.max_positions)
        yield _limit("positions", most, Decimal(held), breach, "tokens held beside the base token")
    yield from _times(snapshot, row, policy)


def _times(snapshot: Snapshot, row: VaultRow, policy: Policy) -> Iterator[Limit]:
    if policy.cooldown:
        entered = _last_entry(snapshot.session, snapshot.deployment_id, row)
        # Reached is a rest that is not over: then `now` is what is left of it.
        left = 0 if entered is None else max(0, entered + policy.cooldown - snapshot.time)
        yield Limit(
            name="cooldown",
            unit="seconds",
            limit=policy.cooldown,
            now=Decimal(left),
            distance=Decimal(-left),
            reached=left > 0,
            action="skip",
            reference="seconds until the next entry is copied",
        )
    if policy.expiry:
        left = policy.expiry - snapshot.time
        yield Limit(
            name="expiry",
            unit="seconds",
            limit=policy.expiry,
            now=Decimal(snapshot.time),
            distance=Decimal(left),
            reached=left < 0,
            action="skip",
            reference="the last block's time, in unix seconds",
        )


def _limit(
    name: LimitName, of: tuple[str, int], now: Decimal | None, action: Action, reference: str
) -> Limit:
    unit, limit = of
    shown = None if now is None else now.quantize(_PLACES)
    return Limit.model_validate(
        {
            "name": name,
            "unit": unit,
            "limit": limit,
            "now": shown,
            "distance": None if shown is None else limit - shown,
            "reached": None if now is None else now >= limit,
            "action": action,
            "reference": reference,
        }
    )


def _at(snapshot: Snapshot, vault_id: int, time: int) -> VaultState:
    """The vault as it was at a time, at the prices of then."""
    connection = snapshot.session.connection()
    states, board = load_states(connection, snapshot.deployment_id, [vault_id], before=time)
    state = states[vault_id]
    state.value(board)
    return state


def _fall(now: VaultState, then: VaultState) -> Decimal | None:
    """By how many basis points one unit of money has shrunk between two states."""
    level, before = _level(now), _level(then)
    return None if level is None or not before else (1 - level / before) * _BPS


def _from_peak(state: VaultState) -> Decimal | None:
    level = _level(state)
    peak = max(state.growth.peak, level or Decimal(0))
    return None if level is None or not peak else (1 - level / peak) * _BPS


def _level(state: VaultState) -> Decimal | None:
    if state.equity is None or not state.returns_defined:
        return None
    if state.growth.invested <= 0:
        return state.growth.level
    return state.growth.level * ratio(state.equity, state.growth.invested)


def _last_entry(session: Session, deployment_id: int, row: VaultRow) -> int | None:
    query = (
        select(Copy.block_time)
        .join(Trade, (Trade.deployment_id == Copy.deployment_id) & (Trade.trade_id == Copy.trade_id))
        .where(
            Copy.deployment_id == deployment_id,
            Copy.vault_id == row.vault.vault_id,
            Copy.status == "filled",
            Trade.kind == "leader",
            Trade.token_out != row.strategy.base_token,
        )
        .order_by(Copy.block_number.desc(), Copy.log_index.desc())
        .limit(1)
    )
    return session.scalar(query)
