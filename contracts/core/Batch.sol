// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {StrategyLimits} from "../interfaces/Types.sol";
import {Copy} from "../libraries/Copy.sol";

/// @notice One swap on its way through the clearing, in memory.
/// @param portion Part of each holding that is for sale.
/// @param tokenCount Tokens of the strategy.
/// @param limits What binds the strategy.
/// @param leads The first copy is the leader's.
/// @param protocolBps Protocol's share of the copy fees.
/// @param keeper Whose gas the batch pays for; zero: nobody's.
/// @param gasBefore Gas that was left when the keeper's call began.
/// @param amountIn Sum over the copies of gross less fee: what is for sale.
/// @param copies Vaults that take part; the first `size` entries are set.
/// @param expectedBps Slippage that the caller expects: vaults with a limit of their own below it stand aside.
/// @param strictestBps Least slippage limit among those that take part.
/// @param laxestAsideBps Largest slippage limit among those that stand aside; 0: nobody does.
/// @param prices Of each token of the strategy, in base token units, scaled by 1e36; 0: not asked for yet.
struct Batch {
    uint64 tradeId;
    uint32 strategyId;
    uint32 cursor;
    uint8 indexIn;
    uint8 indexOut;
    uint8 tokenCount;
    uint64 portion;
    bool leads;
    uint16 protocolBps;
    StrategyLimits limits;
    address leader;
    address venue;
    address pool;
    address tokenIn;
    address tokenOut;
    address keeper;
    uint256 gasBefore;
    uint256 amountIn;
    uint256 size;
    Copy[] copies;
    uint256 expectedBps;
    uint256 strictestBps;
    uint256 laxestAsideBps;
    uint256[] prices;
}

/// @notice What a clearing must keep to.
/// @param floorPrice Least units out per unit in, scaled by 1e36.
/// @param maxSlippageBps How far below the oracle's value at most.
/// @param minFill Least part of the input to be sold; 1e18 is all of it, and only less lets the swap stop at
/// `floorPrice`.
/// @param units Units of each token that the exchange may round for itself without breaking a bound: 0 for the leader's
/// own batch. A later batch may be nothing but dust, and a swap of a few units has a bad price at the best of times:
/// with 0, vaults of dust could hold up all those behind them.
struct Bounds {
    uint256 floorPrice;
    uint256 maxSlippageBps;
    uint256 minFill;
    uint256 units;
}

/// @notice How a batch was cleared.
/// @param price Units out per unit in, scaled by 1e36, rounded down.
/// @param portion Part of each holding that was sold: the batch's, unless the swap stopped at the limit price.
/// @param lossRate How much less than by the oracle it gave, scaled by 1e9, rounded up.
struct Cleared {
    uint256 price;
    uint64 portion;
    uint256 lossRate;
}
