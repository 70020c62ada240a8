// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch} from "./Batch.sol";
import {VaultRecord} from "./HubState.sol";
import {KeeperFee} from "./KeeperFee.sol";

/// @title Batch prices
/// @notice The oracle's prices during one clearing: each is asked for once, and everybody is measured by the same.
/// @dev In base token units a unit, scaled by 1e36, rounded down. Whoever has no price stops the clearing.
abstract contract BatchPrices is KeeperFee {
    using VaultBalances for uint256[8];

    /// @dev Above it, a price is as good as none: values of balances stay below 2^200.
    uint256 private constant MAX_PRICE = 1 << 190;

    /// @dev What `amountIn` of the token sold is worth in the token bought, rounded down.
    function _oracleOutDown(Batch memory batch, uint256 amountIn) internal view returns (uint256) {
        return Math.mulDiv(amountIn, _priceOf(batch, batch.indexIn), _priceOf(batch, batch.indexOut));
    }

    /// @dev In base token units, each token rounded down.
    function _equityDown(Batch memory batch, VaultRecord storage record) internal view returns (uint256 equity) {
        unchecked {
            // At most 16 values, each below 2^200.
            for (uint256 i; i < batch.tokenCount; i += 2) {
                (uint256 even, uint256 odd) = record.balances.pair(i);
                if (even != 0) equity += _valueDown(batch, i, even);
                if (odd != 0) equity += _valueDown(batch, i + 1, odd);
            }
        }
    }

    /// @dev Value of `amount` of the token at `index` in base token units, rounded down.
    function _valueDown(Batch memory batch, uint256 index, uint256 amount) internal view returns (uint256) {
        return index == 0 ? amount : Price.valueDown(amount, _priceOf(batch, index));
    }

    function _priceOf(Batch memory batch, uint256 index) private view returns (uint256 price) {
        if (index == 0) return Price.SCALE;
        if (batch.prices.length == 0) batch.prices = new uint256[](batch.tokenCount);
        price = batch.prices[index];
        if (price != 0) return price;
        price = IPriceOracle(_oracle).priceDown(_token(batch, index), _token(batch, 0));
        if (price == 0 || price > MAX_PRICE) revert PriceNeeded();
        batch.prices[index] = price;
    }

    /// @dev Two of them the batch knows already.
    function _token(Batch memory batch, uint256 index) private view returns (address) {
        if (index == batch.indexIn) return batch.tokenIn;
        return index == batch.indexOut ? batch.tokenOut : _tokenAt(batch.strategyId, index);
    }
}
