// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {HubState, VaultRecord} from "./HubState.sol";

/// @title Valuation
/// @notice What a vault is worth in base token by the oracle, never by a pool: for those who need a price, and for
/// those who must get on without one.
abstract contract Valuation is HubState {
    using VaultBalances for uint256[8];

    /// @dev Enough for two feeds behind proxies and a sequencer's. A feed that burns more has no price: it must not
    /// burn an exit. Nor has any feed when the caller sends too little gas, which evades no fee: it is held back.
    uint256 private constant QUOTE_GAS = 200_000;

    /// @dev A feed's nonsense must not overflow anything: values of balances stay far below 2^256.
    uint256 private constant MAX_PRICE = 1 << 200;

    /// @dev In base token units, rounded down for each token. Reverts, with the oracle's reason, without a price.
    function _equityDown(VaultRecord storage record, uint32 strategyId) internal view returns (uint256 equity) {
        address[] storage tokens = _tokens[strategyId];
        equity = record.balances.get(0);
        for (uint256 i = 1; i < tokens.length; ++i) {
            uint256 balance = record.balances.get(i);
            if (balance == 0) continue;
            equity += Price.valueDown(balance, IPriceOracle(_oracle).priceDown(tokens[i], tokens[0]));
        }
    }

    /// @dev Prices of the tokens of which there is any in `amounts` or `more`, by token index, scaled by 1e36.
    /// @return known False as soon as one of them has no price.
    function _tryPrices(uint32 strategyId, uint256[] memory amounts, uint256[] memory more)
        internal
        view
        returns (bool known, uint256[] memory prices)
    {
        prices = new uint256[](amounts.length);
        prices[0] = Price.SCALE;
        known = true;
        for (uint256 i = 1; known && i < amounts.length; ++i) {
            if (amounts[i] | more[i] != 0) (known, prices[i]) = _tryPrice(strategyId, i);
        }
    }

    function _tryPrice(uint32 strategyId, uint256 index) private view returns (bool known, uint256 price) {
        address[] storage tokens = _tokens[strategyId];
        try IPriceOracle(_oracle).priceDown{gas: QUOTE_GAS}(tokens[index], tokens[0]) returns (uint256 answer) {
            return (answer <= MAX_PRICE, answer);
        } catch {
            return (false, 0);
        }
    }
}
