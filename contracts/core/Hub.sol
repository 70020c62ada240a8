// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Fanout, IHub, Policy, Strategy, Vault} from "../interfaces/IHub.sol";
import {MemberList} from "../libraries/MemberList.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {HubState} from "./HubState.sol";
import {Registry} from "./Registry.sol";
import {Strategies} from "./Strategies.sol";
import {Trades} from "./Trades.sol";
import {Vaults} from "./Vaults.sol";

/// @title Hub
/// @notice On-chain copy trading in one contract: it holds every vault's tokens, and a leader's swap and its copies
/// are one swap at one price.
/// @dev What is trusted: listed tokens move what they say or are refused; the oracle bounds prices of trades and is
/// asked by nothing else; venues are asked to swap and never believed. The owner can only list more.
///
/// Rounding: what a vault puts in, pays as fee or receives is rounded down; a price floor is rounded up.
///
/// Several calls in one transaction go through `multicall`; each is guarded against reentrancy on its own.
contract Hub is Registry, Strategies, Vaults, Trades, Multicall {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    constructor(address owner_, address oracle_, address treasury_, uint32 batchSize_)
        Registry(owner_, treasury_)
        HubState(oracle_, batchSize_)
    {}

    /// @inheritdoc IHub
    function strategyOf(uint32 strategyId) external view returns (Strategy memory) {
        return _strategies[strategyId];
    }

    /// @inheritdoc IHub
    function tokensOf(uint32 strategyId) external view returns (address[] memory) {
        return _tokens[strategyId];
    }

    /// @inheritdoc IHub
    function isPoolAllowed(uint32 strategyId, address pool) external view returns (bool) {
        return _routes[strategyId][pool].venue != address(0);
    }

    /// @inheritdoc IHub
    function memberAt(uint32 strategyId, uint32 position) external view returns (uint32) {
        return _members[strategyId].get(position);
    }

    /// @inheritdoc IHub
    function fanoutOf(uint32 strategyId) external view returns (Fanout memory) {
        return _fanouts[strategyId];
    }

    /// @inheritdoc IHub
    function vaultOf(uint32 vaultId) external view returns (Vault memory) {
        return _vaults[vaultId].head;
    }

    /// @inheritdoc IHub
    function policyOf(uint32 vaultId) external view returns (Policy memory) {
        return _policies[vaultId];
    }

    /// @inheritdoc IHub
    function vaultBalance(uint32 vaultId, address token) external view returns (uint256) {
        uint256 indexPlusOne = _indexPlusOne[_vaults[vaultId].head.strategyId][token];
        return indexPlusOne == 0 ? 0 : _vaults[vaultId].balances.get(indexPlusOne - 1);
    }
}
