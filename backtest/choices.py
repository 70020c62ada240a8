"""The policies that a backtest tries: presets by name, and files with one table a policy."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import IntEnum
from pathlib import Path
from typing import Any

from backtest.errors import BacktestError
from protocol.types import OnBreach, Policy, Sizing

PRESETS: Mapping[str, Policy] = {
    "plain": Policy(),
    "conservative": Policy(
        on_stop=OnBreach.EXIT,
        max_token_bps=2_500,
        max_exposure_bps=5_000,
        max_positions=4,
        max_slippage_bps=75,
        loss_budget_bps=300,
        max_daily_loss_bps=300,
        max_drawdown_bps=1_000,
        stop_loss_bps=1_000,
    ),
    "balanced": Policy(
        on_stop=OnBreach.EXIT,
        max_token_bps=4_000,
        max_exposure_bps=8_000,
        max_positions=8,
        max_slippage_bps=150,
        loss_budget_bps=600,
        max_daily_loss_bps=700,
        max_drawdown_bps=2_000,
        stop_loss_bps=2_000,
    ),
    "aggressive": Policy(
        on_stop=OnBreach.EXIT,
        max_slippage_bps=300,
        loss_budget_bps=1_000,
        max_daily_loss_bps=1_500,
        max_drawdown_bps=3_500,
        stop_loss_bps=3_500,
    ),
}
"""Those of `HubLens.presetPolicy` (docs/limits.md), and a policy without any limit."""

_ENUMS: Mapping[str, type[IntEnum]] = {"sizing": Sizing, "on_breach": OnBreach, "on_stop": OnBreach}
_KNOWN = frozenset(each.name for each in fields(Policy))


def read_policies(chosen: Sequence[str]) -> dict[str, Policy]:
    """Return name → policy of presets and TOML files, in the order given. Raises `BacktestError`."""
    policies: dict[str, Policy] = {}
    for choice in chosen:
        found = {choice: PRESETS[choice]} if choice in PRESETS else _read(Path(choice))
        twice = policies.keys() & found.keys()
        if twice:
            name = min(twice)
            raise BacktestError(f"There are two policies {name}.", remedy="Give each a name of its own.")
        policies |= found
    return policies


def policy_of(values: Mapping[str, Any], name: str) -> Policy:
    """Return the policy that a table says. Raises `BacktestError`."""
    unknown = sorted(values.keys() - _KNOWN)
    if unknown:
        remedy = f"Known are {', '.join(sorted(_KNOWN))}."
        raise BacktestError(f"Policy {name}: nothing is known of {unknown[0]}.", remedy=remedy)
    checked: dict[str, Any] = {field: _value(field, value, name) for field, value in values.items()}
    return Policy(**checked)


def _read(path: Path) -> dict[str, Policy]:
    try:
        tables = tomllib.loads(path.read_text())
    except FileNotFoundError:
        names = ", ".join(PRESETS)
        remedy = f"Name one of {names}, or a TOML file with one table a policy."
        raise BacktestError(f"There is no policy {path}.", remedy=remedy) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BacktestError(f"{path} cannot be read ({error}).", remedy="Write it as TOML.") from error
    bad = [name for name, table in tables.items() if not isinstance(table, dict)]
    if bad or not tables:
        raise BacktestError(
            f"{path} has no policies, or {bad[0] if bad else 'nothing'} outside of one.",
            remedy="Write a table a policy, for instance [careful] and max_trade = 500_000_000 below it.",
        )
    return {name: policy_of(table, name) for name, table in tables.items()}


def _value(field: str, value: Any, name: str) -> int:
    kind = _ENUMS.get(field)
    if kind is not None and isinstance(value, str) and value.upper() in kind.__members__:
        return kind[value.upper()]
    if kind is None and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    allowed = "a number of 0 or more" if kind is None else " or ".join(kind.__members__).lower()
    raise BacktestError(f"Policy {name}: {field} is {value!r}.", remedy=f"Give {allowed}.")
