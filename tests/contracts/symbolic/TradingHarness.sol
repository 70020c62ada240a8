// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {HubState, PoolRoute} from "../../../contracts/core/HubState.sol";
import {KeeperFee} from "../../../contracts/core/KeeperFee.sol";
import {Orders} from "../../../contracts/core/Orders.sol";
import {VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice The leader's part of the hub, in any state that a proof asks for: one strategy, which sells its only asset
/// (index 1) for base token (index 0).
contract TradingHarness is Orders {
    using VaultBalances for uint256[8];

    /// @dev Known to the compiler, a number would have it reckon hashes of storage keys that Halmos must see.
    uint32 private immutable _strategyId = 1;

    constructor(address oracle_) HubState(address(0x0E), oracle_, 1, 0) KeeperFee(address(0)) EIP712("Lockstep", "1") {}

    function listStrategy(address leader, address venue, address tokenIn, address tokenOut) external {
        _treasury = address(0x7EA);
        _strategies[_strategyId].leader = leader;
        _strategies[_strategyId].leaderVault = 1;
        _strategies[_strategyId].tokenCount = 2;
        _strategies[_strategyId].maxSlippageBps = 1_000;
        _limits[_strategyId].lossBudgetBps = 2_000;
        _tokens[_strategyId].push(tokenOut);
        _tokens[_strategyId].push(tokenIn);
        (_indexPlusOne[_strategyId][tokenOut], _indexPlusOne[_strategyId][tokenIn]) = (1, 2);
        _routes[_strategyId][venue] = PoolRoute(venue, 0, 1);
    }

    function fund(uint32 vaultId, uint256 amount) external {
        _vaults[vaultId].head.status = VaultStatus.Active;
        _vaults[vaultId].balances.add(1, amount);
    }

    function holding(uint32 vaultId, uint256 index) external view returns (uint256) {
        return _vaults[vaultId].balances.get(index);
    }

    function close(address leader, uint256 word, uint256 bits) external {
        _closedNonces[leader][word] = bits;
    }
}
