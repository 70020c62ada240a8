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
/// @param portion Part of each holding that is for sale.
/// @param amountIn Sum over the copies of gross less fee: what is for sale.
/// @param copyFees Sum of the copies' fees.
/// @param copies Vaults that take part; the first `size` entries are set.
struct Batch {
    uint64 tradeId;
    uint32 cursor;
    uint8 indexIn;
    uint8 indexOut;
    uint64 portion;
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

/// @notice How a batch was cleared.
/// @param price Units out per unit in, scaled by 1e36, rounded down.
/// @param portion Part of each holding that was sold: the batch's, unless the swap stopped at the limit price.
struct Cleared {
    uint256 price;
    uint64 portion;
}

/// @notice What a swap took and gave, by the hub's own balances, and what the oracle says of it.
struct Swapped {
    uint256 amountIn;
    uint256 amountOut;
    uint256 oracleOut;
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
    /// 1e36) or further than `maxSlippageBps` below the oracle's, or when less than `minFill` of the input is sold;
    /// 1e18 is all of it, and only less lets the swap stop at `floorPrice`.
    /// @param units Units of each token that the exchange may round for itself without breaking a bound: 0 for the
    /// leader's own batch. A later batch may be nothing but dust, and a swap of a few units has a bad price at the best
    /// of times: with 0, vaults of dust could hold up all those behind them.
    function _clear(Batch memory batch, uint256 floorPrice, uint256 maxSlippageBps, uint256 minFill, uint256 units)
        internal
        returns (Cleared memory cleared)
    {
        Swapped memory swapped = _swap(batch, minFill == WAD ? 0 : floorPrice);
        uint256 minimumIn = Math.mulDiv(batch.amountIn, minFill, WAD, Math.Rounding.Ceil);
        if (swapped.amountIn < minimumIn || swapped.amountIn == 0) {
            revert FilledTooLittle(swapped.amountIn, minimumIn);
        }

        cleared.price = Price.ofDown(swapped.amountOut, swapped.amountIn);
        if (!Price.isAtLeast(swapped.amountOut, swapped.amountIn, floorPrice, units)) {
            revert PriceBelowLimit(cleared.price, floorPrice);
        }
        swapped.oracleOut = IPriceOracle(_oracle).quote(batch.tokenIn, batch.tokenOut, swapped.amountIn);
        _requireAgreement(batch, swapped);
        uint256 minimumOut = Price.lessBpsUp(swapped.oracleOut, maxSlippageBps);
        if (!Price.isWorth(swapped.amountOut, swapped.amountIn, minimumOut, units)) {
            revert PriceBelowOracle(swapped.amountOut, minimumOut);
        }

        batch.portion = uint64((uint256(batch.portion) * swapped.amountIn) / batch.amountIn);
        cleared.portion = batch.portion;
        _distribute(batch, swapped);
    }

    /// @dev A feed that lags or errs, or a pool that is being pushed, shows as a difference between the two. The
    /// average is
    /// over a time before this block, so the swap itself has no part in it.
    function _requireAgreement(Batch memory batch, Swapped memory swapped) private view {
        uint256 average = IVenue(batch.venue).averageOut(batch.pool, batch.tokenIn, batch.tokenOut, swapped.amountIn);
        if (!Price.isWithinBps(average, swapped.oracleOut, _maxDeviationBps)) {
            revert PricesDisagree(swapped.oracleOut, average);
        }
    }

    /// @dev Only the hub's own balances are believed, never what a venue says.
    function _swap(Batch memory batch, uint256 priceLimit) private returns (Swapped memory swapped) {
        if (batch.amountIn > VaultBalances.MAX_BALANCE) revert BalanceOverflow();
        (IERC20 tokenIn, IERC20 tokenOut) = (IERC20(batch.tokenIn), IERC20(batch.tokenOut));
        uint256 inBefore = tokenIn.balanceOf(address(this));
        uint256 outBefore = tokenOut.balanceOf(address(this));
        tokenIn.safeTransfer(batch.venue, batch.amountIn);
        IVenue(batch.venue).swap(batch.pool, batch.tokenIn, batch.tokenOut, batch.amountIn, priceLimit);
        swapped.amountIn = Math.saturatingSub(inBefore, tokenIn.balanceOf(address(this)));
        if (swapped.amountIn > batch.amountIn) revert SpentTooMuch(batch.amountIn, swapped.amountIn);
        swapped.amountOut = tokenOut.balanceOf(address(this)) - outBefore;
        if (swapped.amountOut > VaultBalances.MAX_BALANCE) revert BalanceOverflow();
    }

    /// @dev Each vault gets floor(its input * received / all input) and, when only a part was sold, puts in ceil(its
    /// input * sold / all input). What rounding leaves over, less than one unit a vault of each token, is the
    /// treasury's: owned by nobody in the batch, it can favour nobody's price.
    function _distribute(Batch memory batch, Swapped memory swapped) private {
        (uint256 sumIn, uint256 sumOut, uint256 sumFees) = _sum(batch, swapped);
        uint256 dustIn = sumIn - swapped.amountIn;
        uint256 dust = swapped.amountOut - sumOut;
        emit BatchCleared(
            batch.tradeId,
            batch.venue,
            batch.tokenIn,
            batch.tokenOut,
            batch.cursor,
            batch.portion,
            swapped.amountIn,
            dustIn,
            swapped.amountOut,
            dust,
            sumFees,
            swapped.oracleOut
        );
        for (uint256 i; i < batch.size; ++i) {
            _settle(batch, batch.copies[i], swapped);
        }
        if (dust != 0) _feeBalance[_treasury][batch.tokenOut] += dust;
        if (dustIn != 0) _feeBalance[_treasury][batch.tokenIn] += dustIn;
        if (sumFees != 0) _feeBalance[batch.leader][batch.tokenIn] += sumFees;
    }

    function _settle(Batch memory batch, Copy copy, Swapped memory swapped) private {
        (uint256 amountIn, uint256 amountOut, uint256 fee) = _share(batch, copy, swapped);
        VaultRecord storage record = _vaults[copy.vaultId()];
        record.balances.sub(batch.indexIn, amountIn + fee);
        record.balances.add(batch.indexOut, amountOut);
        emit TradeCopied(
            batch.tradeId, copy.vaultId(), copy.revision(), uint128(amountIn), uint128(fee), uint128(amountOut)
        );
    }

    function _sum(Batch memory batch, Swapped memory swapped)
        private
        pure
        returns (uint256 sumIn, uint256 sumOut, uint256 sumFees)
    {
        for (uint256 i; i < batch.size; ++i) {
            (uint256 amountIn, uint256 amountOut, uint256 fee) = _share(batch, batch.copies[i], swapped);
            sumIn += amountIn;
            sumOut += amountOut;
            sumFees += fee;
        }
    }

    /// @dev A copy's part of the swap: input rounded up, output and fee down. All factors are below 2^128, so the
    /// products fit; `batch.amountIn` is not 0 where there is a copy to share with.
    function _share(Batch memory batch, Copy copy, Swapped memory swapped)
        private
        pure
        returns (uint256 amountIn, uint256 amountOut, uint256 fee)
    {
        fee = copy.fee();
        uint256 offered = copy.gross() - fee;
        uint256 total = batch.amountIn;
        unchecked {
            amountIn = (offered * swapped.amountIn + total - 1) / total;
            amountOut = (offered * swapped.amountOut) / total;
            fee = (fee * swapped.amountIn) / total;
        }
    }
}
