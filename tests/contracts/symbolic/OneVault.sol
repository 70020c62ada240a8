// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {HubState} from "../../../contracts/core/HubState.sol";
import {VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice A part of the hub that keeps books, with one strategy and one vault of somebody's that owes no fee.
abstract contract OneVault is HubState {
    using VaultBalances for uint256[8];

    address private immutable _proof = msg.sender;
    /// @dev Known to the compiler, a number would have it reckon hashes of storage keys that Halmos must see.
    uint32 private immutable _strategyId = 1;

    function openFor(address owner_, uint32 vaultId, address token, uint256 amount, VaultStatus status) external {
        require(msg.sender == _proof, "only the proof arranges");
        (_treasury, _guardian) = (address(0x7EA), address(0x6A4));
        (_strategyCount, _vaultCount) = (1, vaultId);
        _tokenUsableFrom[token] = 1;
        _tokens[_strategyId].push(token);
        _indexPlusOne[_strategyId][token] = 1;
        _strategies[_strategyId].leader = address(0x1EAD);
        _strategies[_strategyId].memberCount = 1;
        _strategies[_strategyId].tokenCount = 1;
        _strategies[_strategyId].termsVersion = 1;
        _vaults[vaultId].head.owner = owner_;
        _vaults[vaultId].head.strategyId = 1;
        _vaults[vaultId].head.status = status;
        _vaults[vaultId].balances.add(0, amount);
    }

    /// @dev Money of somebody's own, in an account and in fees. The hub holds it, and owns tokens of the vault's besides.
    function creditTo(address somebody, address token, uint128 idle, uint128 fees) external {
        require(msg.sender == _proof, "only the proof arranges");
        _accountBalance[somebody][token] = idle;
        _feeBalance[somebody][token] = fees;
    }

    function requireDeposit(uint96 minDeposit) external {
        require(msg.sender == _proof, "only the proof arranges");
        _strategies[_strategyId].minDeposit = minDeposit;
    }

    function holding(uint32 vaultId) external view returns (uint256) {
        return _vaults[vaultId].balances.get(0);
    }

    function ownerOfVault(uint32 vaultId) external view returns (address) {
        return _vaults[vaultId].head.owner;
    }

    function listing(address token) external view returns (uint40 usableFrom, address venue) {
        return (_tokenUsableFrom[token], _poolListings[token].venue);
    }

    function offices() external view returns (address, address, address, uint16) {
        return (_treasury, _guardian, _gate, _protocolBps);
    }
}
