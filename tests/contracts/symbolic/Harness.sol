// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Batch, Bounds} from "../../../contracts/core/Batch.sol";
import {Closes} from "../../../contracts/core/Closes.sol";
import {Continuations} from "../../../contracts/core/Continuations.sol";
import {Fanouts} from "../../../contracts/core/Fanouts.sol";
import {HubExtension} from "../../../contracts/core/HubExtension.sol";
import {HubOffers} from "../../../contracts/core/HubOffers.sol";
import {HubState, PoolRoute} from "../../../contracts/core/HubState.sol";
import {KeeperFee} from "../../../contracts/core/KeeperFee.sol";
import {Orders} from "../../../contracts/core/Orders.sol";
import {Fanout, Reason, StrategyLimits, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {Copy, CopyLibrary} from "../../../contracts/libraries/Copy.sol";
import {MemberList} from "../../../contracts/libraries/MemberList.sol";
import {VaultBalances} from "../../../contracts/libraries/VaultBalances.sol";

/// @notice What Halmos answers to beside Forge's cheats.
interface Svm {
    function createCalldata(string memory contractName) external returns (bytes memory);
}

/// @notice Forge's cheats that Halmos knows too.
interface Cheats {
    function assume(bool condition) external;
    function prank(address sender) external;
    function chainId(uint256 id) external;
    function warp(uint256 time) external;
}

/// @notice A token that keeps to its word, and counts how often it was asked for an allowance.
contract PlainToken {
    mapping(address account => uint256) public balanceOf;
    uint256 public approvals;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) public returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    function approve(address, uint256) external returns (bool) {
        ++approvals;
        return true;
    }

    function increaseAllowance(address, uint256) external returns (bool) {
        ++approvals;
        return true;
    }
}

/// @notice Venue and oracle that fill any part at any price. What is sold here is worth less than one unit of what is
/// bought, by both, so that no bound binds.
contract AnyMarket {
    uint256 private _sold;
    uint256 private _bought;

    function plan(uint256 sold, uint256 bought) external {
        (_sold, _bought) = (sold, bought);
    }

    function swap(address, address tokenIn, address tokenOut, uint256 amountIn, uint256) external {
        PlainToken(tokenIn).transfer(msg.sender, amountIn - _sold);
        PlainToken(tokenOut).mint(msg.sender, _bought);
    }

    function market(address, address, address, uint256, uint256) external pure returns (uint256, uint256) {
        return (0, type(uint256).max);
    }

    function priceDown(address, address) external pure returns (uint256) {
        return 1;
    }

    /// @dev As a leader, it has signed everything.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

/// @notice A part of the hub that trades, in any state that a proof asks for: one strategy, which sells its only asset
/// (index 1) for base token (index 0).
abstract contract Arranged is Fanouts {
    using MemberList for MemberList.Members;
    using VaultBalances for uint256[8];

    function listStrategy(address leader, address venue, address tokenIn, address tokenOut) external {
        _treasury = address(0x7EA);
        _strategies[1].leader = leader;
        _strategies[1].leaderVault = 1;
        _strategies[1].tokenCount = 2;
        _strategies[1].maxSlippageBps = 1_000;
        _limits[1].lossBudgetBps = 2_000;
        _tokens[1].push(tokenOut);
        _tokens[1].push(tokenIn);
        (_indexPlusOne[1][tokenOut], _indexPlusOne[1][tokenIn]) = (1, 2);
        _routes[1][venue] = PoolRoute(venue, 0, 1);
    }

    function openFanout(Fanout calldata fanout, uint32 position, uint32 vaultId) external {
        _strategies[1].fanoutOpen = true;
        _fanouts[1] = fanout;
        _members[1].set(position, vaultId);
    }

    function fund(uint32 vaultId, uint256 amount) external {
        _vaults[vaultId].head.status = VaultStatus.Active;
        _vaults[vaultId].balances.add(1, amount);
    }

    /// @dev Clears the holdings of vaults 1 and 2, whole, without a bound on price or part. The second pays a copy fee.
    function clear(address venue, uint256 first, uint256 second) external {
        Batch memory batch = _newBatch(1, 2);
        (batch.venue, batch.pool, batch.indexIn) = (venue, venue, 1);
        (batch.tokenIn, batch.tokenOut) = (_tokens[1][1], _tokens[1][0]);
        _gather(batch, CopyLibrary.pack(1, 0, 0, Reason.None, 0, first));
        _gather(batch, CopyLibrary.pack(2, 0, 100, Reason.None, 0, second));
        _clear(batch, Bounds(0, 1_000, 0, 0));
    }

    function holding(uint32 vaultId, uint256 index) external view returns (uint256) {
        return _vaults[vaultId].balances.get(index);
    }

    function fees(address who, address token) external view returns (uint256) {
        return _feeBalance[who][token];
    }
}

/// @notice The leader's part.
contract TradingHarness is Orders, Arranged {
    constructor(address oracle_) HubState(address(0x0E), oracle_, 1, 0) KeeperFee(address(0)) EIP712("Lockstep", "1") {}

    function close(address leader, uint256 word, uint256 bits) external {
        _closedNonces[leader][word] = bits;
    }
}

/// @notice The keepers' part.
contract KeepersHarness is Continuations, Closes, Arranged {
    constructor(address oracle_) HubState(address(0x0E), oracle_, 1, 0) KeeperFee(address(0)) {}
}

/// @notice A part of the hub that keeps books, with one strategy and one vault of somebody's that owes no fee.
abstract contract OneVault is HubState {
    using VaultBalances for uint256[8];

    address private immutable _proof = msg.sender;

    function openFor(address owner_, uint32 vaultId, address token, uint256 amount, VaultStatus status) external {
        require(msg.sender == _proof, "only the proof arranges");
        (_treasury, _guardian) = (address(0x7EA), address(0x6A4));
        (_strategyCount, _vaultCount) = (1, vaultId);
        _tokenUsableFrom[token] = 1;
        _tokens[1].push(token);
        _indexPlusOne[1][token] = 1;
        _strategies[1].leader = address(0x1EAD);
        _strategies[1].memberCount = 1;
        _strategies[1].tokenCount = 1;
        _strategies[1].termsVersion = 1;
        _vaults[vaultId].head.owner = owner_;
        _vaults[vaultId].head.strategyId = 1;
        _vaults[vaultId].head.status = status;
        _vaults[vaultId].balances.add(0, amount);
    }

    function requireDeposit(uint96 minDeposit) external {
        require(msg.sender == _proof, "only the proof arranges");
        _strategies[1].minDeposit = minDeposit;
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

/// @notice Accounts, vaults and fees.
contract BookkeepingHarness is HubExtension, OneVault {
    constructor(address offers_) HubExtension(offers_) {}
}

/// @notice Registry, offers and views.
contract OffersHarness is HubOffers, OneVault {
    constructor(address oracle_) HubOffers(oracle_, 1, 0, 1 days) {}
}
