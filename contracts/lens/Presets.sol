// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {OnBreach, Policy, Sizing} from "../interfaces/Types.sol";

/// @notice Policies to begin with, from the most careful to the least.
enum Preset {
    Conservative,
    Balanced,
    Aggressive
}

/// @title Presets
/// @notice What each preset says. All copy in proportion, are reduced where a limit would be broken, and leave for base
/// token where a stop is reached. None limits the size of a trade: that depends on the deposit.
library Presets {
    function policy(Preset preset) internal pure returns (Policy memory rules) {
        rules.sizing = Sizing.Proportional;
        rules.onBreach = OnBreach.Reduce;
        rules.onStop = OnBreach.Exit;
        if (preset == Preset.Conservative) {
            (rules.maxTokenBps, rules.maxExposureBps, rules.maxPositions) = (2_500, 5_000, 4);
            (rules.maxSlippageBps, rules.lossBudgetBps) = (75, 300);
            (rules.maxDailyLossBps, rules.maxDrawdownBps, rules.stopLossBps) = (300, 1_000, 1_000);
        } else if (preset == Preset.Balanced) {
            (rules.maxTokenBps, rules.maxExposureBps, rules.maxPositions) = (4_000, 8_000, 8);
            (rules.maxSlippageBps, rules.lossBudgetBps) = (150, 600);
            (rules.maxDailyLossBps, rules.maxDrawdownBps, rules.stopLossBps) = (700, 2_000, 2_000);
        } else {
            (rules.maxSlippageBps, rules.lossBudgetBps) = (300, 1_000);
            (rules.maxDailyLossBps, rules.maxDrawdownBps, rules.stopLossBps) = (1_500, 3_500, 3_500);
        }
    }
}
