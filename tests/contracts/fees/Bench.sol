// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {HubState} from "../../../contracts/core/HubState.sol";
import {IHubOffers} from "../../../contracts/interfaces/IHubOffers.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice A hub without an exchange: its bookkeeping is the real one, and instead of a trade a test says what a vault
/// sold and got. That leaves results exact to the unit.
contract Bench is HubState, Proxy {
    using VaultBalances for uint256[8];

    address private immutable _extension;

    constructor(address owner_, address treasury_, address extension_)
        HubState(
            owner_,
            IHubOffers(extension_).oracle(),
            IHubOffers(extension_).batchSize(),
            IHubOffers(extension_).maxDeviationBps()
        )
    {
        _extension = extension_;
        _treasury = treasury_;
    }

    /// @notice What a copy does to a vault's balances; the test moves the tokens.
    function swap(uint32 vaultId, uint256 indexIn, uint256 amountIn, uint256 indexOut, uint256 amountOut) external {
        _vaults[vaultId].balances.sub(indexIn, amountIn);
        _vaults[vaultId].balances.add(indexOut, amountOut);
    }

    /// @notice What a look of the policy leaves behind.
    function look(uint32 vaultId, uint96 equity) external {
        _vaults[vaultId].risk.peak = equity;
        _vaults[vaultId].risk.dayEquity = equity;
    }

    function isFundedNow(uint32 vaultId) external view returns (bool) {
        return _isFundedNow(vaultId);
    }

    function _implementation() internal view override returns (address) {
        return _extension;
    }
}
