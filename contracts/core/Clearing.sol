// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IVenue} from "../interfaces/IVenue.sol";
import {Copy} from "../libraries/Copy.sol";
import {LossBudget} from "../libraries/LossBudget.sol";
import {MaxMin} from "../libraries/MaxMin.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch, Bounds, Cleared} from "./Batch.sol";
import {BatchPrices} from "./BatchPrices.sol";
import {VaultRecord} from "./HubState.sol";

/// @notice What a swap took and gave the batch, by the hub's own balances, and what the oracle says of it.
struct Swapped {
    uint256 amountIn;
    uint256 amountOut;
    uint256 keeperFee;
    uint256 oracleOut;
    uint256 rate;
}

/// @title Clearing
/// @notice The one way in which vaults trade: gather each vault's input, swap once, distribute the output pro rata
/// by what the hub's balances say arrived. Inputs and outputs conserve exactly; nothing a follower does is called.
abstract contract Clearing is BatchPrices {
    using SafeERC20 for IERC20;
    using VaultBalances for uint256[8];

    /// @dev Adds a vault's part to the batch; its gross is at most what the vault holds.
    function _gather(Batch memory batch, Copy copy) internal pure {
        batch.copies[batch.size++] = copy;
        batch.amountIn += copy.gross() - copy.fee();
    }

    /// @dev Swaps and distributes. Reverts when the price is outside `bounds` or a vault's own slippage limit, when it
    /// is inside that of a vault that stood aside, when less is sold than asked, or when oracle and exchange disagree.
    function _clear(Batch memory batch, Bounds memory bounds) internal returns (Cleared memory cleared) {
        (uint256 averageOut, uint256 looked) = _fitToPool(batch);
        Swapped memory swapped = _swap(batch, bounds.minFill == WAD ? 0 : bounds.floorPrice);
        uint256 minimumIn = Math.mulDiv(batch.amountIn, bounds.minFill, WAD, Math.Rounding.Ceil);
        if (swapped.amountIn < minimumIn || swapped.amountIn == 0) {
            revert FilledTooLittle(swapped.amountIn, minimumIn);
        }
        _payKeeper(batch, swapped, bounds.floorPrice);
        cleared.price = Price.ofDown(swapped.amountOut, swapped.amountIn);
        if (!Price.isAtLeast(swapped.amountOut, swapped.amountIn, bounds.floorPrice, bounds.units)) {
            revert PriceBelowLimit(cleared.price, bounds.floorPrice);
        }
        swapped.oracleOut = _oracleOutDown(batch, swapped.amountIn);
        _requireAgreement(Math.mulDiv(averageOut, swapped.amountIn, looked), swapped.oracleOut);
        _requireSlippage(batch, swapped, bounds);

        batch.portion = uint64((uint256(batch.portion) * swapped.amountIn) / batch.amountIn);
        cleared.portion = batch.portion;
        swapped.rate = _lossRateUp(swapped, bounds.units);
        cleared.lossRate = swapped.rate;
        _distribute(batch, swapped);
    }

    /// @dev With the same allowance as the bounds have: what the exchange rounds for itself in a batch of dust is no
    /// loss that anybody could make the strategy's budget pay for.
    function _lossRateUp(Swapped memory swapped, uint256 units) private pure returns (uint256) {
        uint256 rounded = units == 0 ? 0 : units * (1 + Math.ceilDiv(swapped.oracleOut, swapped.amountIn));
        return LossBudget.rateUp(swapped.amountOut + rounded, swapped.oracleOut);
    }

    /// @dev For an owner alone: no bound but the owner's own, and nobody is asked.
    function _clearFor(Batch memory batch, uint256 minOut) internal returns (uint256 amountOut) {
        Swapped memory swapped = _swap(batch, 0);
        if (swapped.amountIn != batch.amountIn) revert FilledTooLittle(swapped.amountIn, batch.amountIn);
        if (swapped.amountOut < minOut) revert BelowMinimumOut(swapped.amountOut, minOut);
        _distribute(batch, swapped);
        return swapped.amountOut;
    }

    /// @dev What the pool cannot take without its price moving further than allowed is left out, of the largest parts
    /// first: nobody's size is at the others' cost. The leader's part is the leader's to choose and is never cut.
    /// @return averageOut What `looked` units would have bought at the pool's average price.
    function _fitToPool(Batch memory batch) private view returns (uint256 averageOut, uint256 looked) {
        uint256 depth;
        looked = batch.amountIn;
        uint256 impactBps = batch.limits.maxImpactBps;
        (averageOut, depth) = IVenue(batch.venue).market(batch.pool, batch.tokenIn, batch.tokenOut, looked, impactBps);
        if (looked <= depth) return (averageOut, looked);
        uint256 first = batch.leads ? 1 : 0;
        uint256 leaders = batch.leads ? batch.copies[0].gross() : 0;
        if (leaders > depth) revert TooLargeForPool(leaders, depth);
        batch.amountIn = MaxMin.reduce(batch.copies, first, batch.size, depth - leaders) + leaders;
    }

    /// @dev A feed that lags or errs, or a pool that is being pushed, shows as a difference between the two. The
    /// average is over a time before this block, so the swap itself has no part in it.
    function _requireAgreement(uint256 averageOut, uint256 oracleOut) private view {
        if (!Price.isWithinBps(averageOut, oracleOut, _maxDeviationBps)) revert PricesDisagree(oracleOut, averageOut);
    }

    /// @dev Everybody who takes part is inside their limit, and nobody who stands aside would have been. So there is
    /// one right choice of who does: of two, the one with more vaults has no better price, so whoever is only in that
    /// one has a limit that both prices meet, and may not stand aside in the other.
    function _requireSlippage(Batch memory batch, Swapped memory swapped, Bounds memory bounds) private pure {
        (uint256 amountIn, uint256 amountOut) = (swapped.amountIn, swapped.amountOut);
        uint256 maxBps = Math.min(bounds.maxSlippageBps, batch.strictestBps);
        uint256 minimumOut = Price.lessBpsUp(swapped.oracleOut, maxBps);
        if (!Price.isWorth(amountOut, amountIn, minimumOut, bounds.units)) {
            revert PriceBelowOracle(amountOut, minimumOut);
        }
        if (batch.laxestAsideBps == 0) return;
        uint256 wanted = Price.lessBpsUp(swapped.oracleOut, batch.laxestAsideBps);
        if (Price.isWorth(amountOut, amountIn, wanted, bounds.units)) revert SkippedAtGoodPrice(amountOut, wanted);
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

    /// @dev Out of what is above the price floor only: a fee never breaks a bound that the exchange has kept.
    function _payKeeper(Batch memory batch, Swapped memory swapped, uint256 floorPrice) private view {
        uint256 needed = Math.mulDiv(swapped.amountIn, floorPrice, Price.SCALE, Math.Rounding.Ceil);
        uint256 spare = Math.saturatingSub(swapped.amountOut, needed);
        swapped.keeperFee = Math.min(_keeperFeeDown(batch, swapped.amountOut), spare);
        swapped.amountOut -= swapped.keeperFee;
    }

    /// @dev Each vault gets floor(its input * received / all input) and, when only a part was sold, puts in ceil(its
    /// input * sold / all input). What rounding leaves over, less than one unit a vault of each token, is the
    /// treasury's: owned by nobody in the batch, it can favour nobody's price.
    function _distribute(Batch memory batch, Swapped memory swapped) internal {
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
            swapped.keeperFee,
            batch.keeper,
            swapped.oracleOut
        );
        for (uint256 i; i < batch.size; ++i) {
            _settle(batch, batch.copies[i], swapped);
        }
        uint256 toProtocol = (sumFees * batch.protocolBps) / Price.BPS;
        _credit(_treasury, batch.tokenOut, dust);
        _credit(_treasury, batch.tokenIn, dustIn + toProtocol);
        _credit(batch.leader, batch.tokenIn, sumFees - toProtocol);
        _credit(batch.keeper, batch.tokenOut, swapped.keeperFee);
    }

    function _credit(address recipient, address token, uint256 amount) private {
        if (amount != 0) _feeBalance[recipient][token] += amount;
    }

    function _settle(Batch memory batch, Copy copy, Swapped memory swapped) private {
        (uint256 amountIn, uint256 amountOut, uint256 fee) = _share(batch, copy, swapped);
        VaultRecord storage record = _vaults[copy.vaultId()];
        record.balances.sub(batch.indexIn, amountIn + fee);
        record.balances.add(batch.indexOut, amountOut);
        if (copy.equityShareBps() != 0) _chargeVault(batch, record, copy.equityShareBps(), swapped.rate);
        emit TradeCopied(
            batch.tradeId,
            copy.vaultId(),
            copy.revision(),
            uint128(amountIn),
            uint128(fee),
            uint128(amountOut),
            copy.reducedBy()
        );
    }

    /// @dev A vault's own budget is never more than the strategy's.
    function _vaultBudgetBps(Batch memory batch, uint256 policyBps) internal pure returns (uint256) {
        uint256 strategyBps = batch.limits.lossBudgetBps;
        return policyBps == 0 ? strategyBps : Math.min(policyBps, strategyBps);
    }

    /// @dev Part of its budget that the vault has used up by now.
    function _lossUsedUp(Batch memory batch, VaultRecord storage record) internal view returns (uint256) {
        (uint256 used, uint256 since) = (record.head.lossUsed, record.head.lastEntry);
        if (used == 0 || since == block.timestamp) return used;
        uint256 budgetBps = _vaultBudgetBps(batch, record.policy.lossBudgetBps);
        return LossBudget.decayedUp(used, budgetBps, block.timestamp - since);
    }

    /// @dev What the swap cost the vault, as a part of its equity, rounded up.
    function _chargeVault(Batch memory batch, VaultRecord storage record, uint256 equityShareBps, uint256 rate)
        private
    {
        uint256 used = _lossUsedUp(batch, record) + Math.ceilDiv(equityShareBps * rate, Price.BPS);
        record.head.lossUsed = uint32(Math.min(used, type(uint32).max));
        record.head.lastEntry = uint40(block.timestamp);
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
        internal
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
