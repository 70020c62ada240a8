"""What befalls a market and the machines on it, step by step: drawn from a seed, the same each time.

Rates are shares of 1, gas prices wei, clock skews seconds.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

GWEI = 10**9

# Chance of each at a step in which it is not there already, and of its end at a step in which it is.
_BURST = (0.05, 0.25)
_THIN = (0.03, 0.2)
_SPIKE = (0.04, 0.4)
_SILENCE = (0.02, 0.4)
_REORG, _DEEP_REORG = 0.05, 0.05
DEEPEST = 64
"""Blocks that a reorg replaces at most."""
_KILL = 0.08
_SKEWS = (0, 0, 20, -20, 90)
# What the simulated keepers call dear: entries wait above the first, stops above four times as much.
DEAR_GAS = 15 * GWEI
_SPIKES = (30 * GWEI, 70 * GWEI)
"""Below what the world's own transactions offer."""


@dataclass(frozen=True, slots=True)
class Weather:
    """One step's. `volatility` multiplies the market's moves; `base_fee` 0 leaves it as it is. `reorg` is a
    depth in blocks, 0 for none; `kill` the requests after which a keeper is killed, by its place, or None.
    `silent`: the feeds say nothing. `skew_s`: by how much the keepers' clocks are wrong, by their places.
    """

    volatility: float = 1.0
    thin: bool = False
    base_fee: int = 0
    silent: bool = False
    reorg: int = 0
    keeps_what_keepers_sent: bool = True
    kill: tuple[int, int, bool] | None = None
    skew_s: tuple[int, ...] = ()


def fair(keepers: int) -> Iterator[Weather]:
    """Nothing unusual, for ever."""
    while True:
        yield Weather(skew_s=(0,) * keepers)


def foul(seed: int, keepers: int) -> Iterator[Weather]:
    """Bursts, thin pools, dear gas, silent feeds, reorgs of up to 64 blocks, kills and wrong clocks."""
    chance = random.Random(f"weather {seed}")
    burst = thin = spike = silent = False
    skews = [chance.choice(_SKEWS) for _ in range(keepers)]
    while True:
        burst, thin = _turn(chance, burst, _BURST), _turn(chance, thin, _THIN)
        spike, silent = _turn(chance, spike, _SPIKE), _turn(chance, silent, _SILENCE)
        reorg = 0
        if chance.random() < _REORG:
            reorg = chance.randint(17, DEEPEST) if chance.random() < _DEEP_REORG else chance.randint(1, 6)
        kill = None
        if chance.random() < _KILL:
            kill = (chance.randrange(keepers), chance.randint(1, 60), chance.random() < 0.5)
        yield Weather(
            volatility=4.0 if burst else 1.0,
            thin=thin,
            base_fee=chance.choice(_SPIKES) if spike else GWEI,
            silent=silent,
            reorg=reorg,
            keeps_what_keepers_sent=chance.random() < 0.5,
            kill=kill,
            skew_s=tuple(skews),
        )


def _turn(chance: random.Random, now: bool, rates: tuple[float, float]) -> bool:  # noqa: FBT001 - a state
    return chance.random() >= rates[1] if now else chance.random() < rates[0]
