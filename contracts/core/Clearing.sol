// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {IVenue} from "../interfaces/IVenue.sol";
import {Copy, CopyLibrary} from "../libraries/Copy.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {HubState, VaultRecord} from "./HubState.sol";

/// @notice One swap on its way through the clearing, in memory.
/// @param amountIn Sum over the copies of gross less fee: what is swapped.
/// @param copyFees Sum of the copies' fees.
/// @param copies Vaults that take part; the first `size` entries are set.
struct Batch {
    uint64 tradeId;
    uint32 cursor;
    uint8 indexIn;
    uint8 indexOut;
    address leader;
    address venue;
    address pool;
    address tokenIn;
    address tokenOut;
    uint256 amountIn;
    uint256 copyFees;
    uint256 size;
    Copy[] copies;
}

/// @title Clearing
/// @notice The one way in which vaults trade: gather each vault's input, swap once, distribute the output pro rata
/// by what the hub's balances say arrived. Inputs and outputs conserve exactly; nothing a follower does is called.
abstract contract Clearing is HubState {
    using SafeERC20 for IERC20;
    using VaultBalances for uint256[8];

    /// @dev Adds a vault to the batch with `grossIn` units of the token sold, at most its balance.
    function _gather(Batch memory batch, uint32 vaultId, uint32 revision, uint16 feeBps, uint256 grossIn)
        internal
        pure
    {
        Copy copy = CopyLibrary.pack(vaultId, revision, feeBps, grossIn);
        uint256 fee = copy.fee();
        batch.copies[batch.size++] = copy;
        batch.amountIn += grossIn - fee;
        batch.copyFees += fee;
    }

    /// @dev Swaps and distributes. Reverts when the price is below `floorPrice` (units out per unit in, scaled by
    /// 1e36) or further than `maxSlippageBps` below the oracle's.
    /// @param units Units of each token that the exchange may round for itself without breaking a bound: 0 for the
    /// leader's own batch. A later batch may be nothing but dust, and a swap of a few units has a bad price at the best
    /// of times: with 0, vaults of dust could hold up all those behind them.
    /// @return price Price of the fill, rounded down.
    function _clear(Batch memory batch, uint256 floorPrice, uint256 maxSlippageBps, uint256 units)
        internal
        returns (uint256 price)
    {
        uint256 oracleOut = IPriceOracle(oracle).quote(batch.tokenIn, batch.tokenOut, batch.amountIn);
        uint256 amountOut = _swap(batch);
        if (amountOut > VaultBalances.MAX_BALANCE) revert BalanceOverflow();

        price = Price.ofDown(amountOut, batch.amountIn);
        if (!Price.isAtLeast(amountOut, batch.amountIn, floorPrice, units)) revert PriceBelowLimit(price, floorPrice);
        uint256 minimumOut = Price.lessBpsUp(oracleOut, maxSlippageBps);
        if (!Price.isWorth(amountOut, batch.amountIn, minimumOut, units)) {
            revert PriceBelowOracle(amountOut, minimumOut);
        }

        _distribute(batch, amountOut, oracleOut);
    }

    /// @dev Only the hub's own balances are believed, never what a venue says.
    function _swap(Batch memory batch) private returns (uint256 amountOut) {
        (IERC20 tokenIn, IERC20 tokenOut) = (IERC20(batch.tokenIn), IERC20(batch.tokenOut));
        uint256 inBefore = tokenIn.balanceOf(address(this));
        uint256 outBefore = tokenOut.balanceOf(address(this));
        tokenIn.safeTransfer(batch.venue, batch.amountIn);
        IVenue(batch.venue).swap(batch.pool, batch.tokenIn, batch.tokenOut, batch.amountIn);
        uint256 spent = Math.saturatingSub(inBefore, tokenIn.balanceOf(address(this)));
        if (spent != batch.amountIn) revert NotSpentExactly(batch.amountIn, spent);
        return tokenOut.balanceOf(address(this)) - outBefore;
    }

    /// @dev Each vault gets floor(its input * received / all input). What flooring leaves over, less than one unit a
    /// vault, is the treasury's: owned by nobody in the batch, it can favour nobody's price.
    function _distribute(Batch memory batch, uint256 amountOut, uint256 oracleOut) private {
        uint256 dust = amountOut - _sumOut(batch, amountOut);
        emit BatchCleared(
            batch.tradeId,
            batch.venue,
            batch.tokenIn,
            batch.tokenOut,
            batch.cursor,
            batch.amountIn,
            amountOut,
            dust,
            batch.copyFees,
            oracleOut
        );
        for (uint256 i; i < batch.size; ++i) {
            _settle(batch, batch.copies[i], amountOut);
        }
        if (dust != 0) feeBalance[treasury][batch.tokenOut] += dust;
        if (batch.copyFees != 0) feeBalance[batch.leader][batch.tokenIn] += batch.copyFees;
    }

    function _settle(Batch memory batch, Copy copy, uint256 received) private {
        (uint256 gross, uint256 fee) = (copy.gross(), copy.fee());
        uint256 amountIn = gross - fee;
        uint256 amountOut = _shareDown(amountIn, received, batch.amountIn);
        VaultRecord storage record = _vaults[copy.vaultId()];
        record.balances.sub(batch.indexIn, gross);
        record.balances.add(batch.indexOut, amountOut);
        emit TradeCopied(
            batch.tradeId, copy.vaultId(), copy.revision(), uint128(amountIn), uint128(fee), uint128(amountOut)
        );
    }

    function _sumOut(Batch memory batch, uint256 received) private pure returns (uint256 sum) {
        for (uint256 i; i < batch.size; ++i) {
            Copy copy = batch.copies[i];
            sum += _shareDown(copy.gross() - copy.fee(), received, batch.amountIn);
        }
    }

    /// @dev Both factors are below 2^128, so the product fits; `totalIn` is not 0 where there is a copy to share with.
    function _shareDown(uint256 amountIn, uint256 received, uint256 totalIn) private pure returns (uint256) {
        return (amountIn * received) / totalIn;
    }
}
