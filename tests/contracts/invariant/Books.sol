// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {IHubLog as IHub} from "../../../contracts/interfaces/IHubLog.sol";
import {FeeKind, Marks, Reason, TradeKind, VaultStatus} from "../../../contracts/interfaces/Types.sol";

/// @notice What the hub's events say, and nothing else: every balance, member and trade is rebuilt from logs alone.
/// Where the events contradict a rule of the protocol, the rule's breach counter goes up.
contract Books {
    mapping(uint32 vaultId => mapping(address token => uint256)) public vaultBalance;
    mapping(address owner => mapping(address token => uint256)) public accountBalance;
    mapping(address recipient => mapping(address token => uint256)) public feeBalance;
    mapping(uint32 vaultId => mapping(address token => uint256)) public escrow;
    mapping(uint32 vaultId => Marks) internal _marks;
    mapping(uint32 vaultId => uint256) public performanceCharges;
    mapping(uint32 vaultId => address) internal _referrerOf;
    mapping(uint32 strategyId => address) internal _leaderOf;
    mapping(uint32 strategyId => uint256) internal _protocolBpsOf;
    /// @dev Vaults whose mark has fallen, and those that something has left, in the call that is being posted.
    uint32[] internal _fallen;
    mapping(uint256 call => mapping(uint32 vaultId => bool)) internal _hasOutflow;
    uint256 internal _call;
    mapping(uint32 strategyId => uint32[]) internal _members;
    mapping(uint32 vaultId => bool) public hasLeft;
    mapping(uint32 vaultId => uint32) public strategyOfVault;
    address public treasury;
    uint32 public vaultCount;

    uint256 public copies;
    uint256 public skips;
    uint256 public expiries;
    uint256 public continuations;
    uint256 public partialFills;

    uint256 public conservationBreaches;
    uint256 public priceBreaches;
    uint256 public twiceBreaches;
    uint256 public orderBreaches;
    uint256 public omissionBreaches;
    uint256 public markBreaches;
    uint256 public feeBreaches;
    uint256 public slippageBreaches;

    struct OpenTrade {
        address leader;
        TradeKind kind;
        address tokenIn;
        address tokenOut;
        uint32[] members;
        uint64 portion;
        uint256 batches;
    }

    struct OpenBatch {
        uint256 amountIn;
        uint256 dustIn;
        uint256 amountOut;
        uint256 dust;
        uint256 copyFees;
        uint256 sumIn;
        uint256 sumOut;
        uint256 sumFees;
        uint256 size;
        bool whole;
    }

    mapping(uint64 tradeId => OpenTrade) internal _trades;
    mapping(uint64 tradeId => mapping(uint32 vaultId => uint256)) public visits;
    mapping(uint32 vaultId => uint32) public lastSequence;
    OpenBatch internal _batch;

    function memberCount(uint32 strategyId) external view returns (uint256) {
        return _members[strategyId].length;
    }

    function memberAt(uint32 strategyId, uint256 position) external view returns (uint32) {
        return _members[strategyId][position];
    }

    /// @notice Posts the logs of one call.
    function post(Vm.Log[] memory logs, address hub) external {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == hub) _post(logs[i]);
        }
        _closeBatch();
        for (uint256 i; i < _fallen.length; ++i) {
            if (!_hasOutflow[_call][_fallen[i]]) ++markBreaches;
        }
        delete _fallen;
        ++_call;
    }

    function marksOf(uint32 vaultId) external view returns (Marks memory) {
        return _marks[vaultId];
    }

    function _post(Vm.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IHub.TradeCopied.selector) _postCopied(log);
        else if (topic == IHub.CopySkipped.selector) _postSkipped(log);
        else if (topic == IHub.BatchCleared.selector) _postBatch(log);
        else if (topic == IHub.TradeOpened.selector) _postOpened(log);
        else if (topic == IHub.TradeCompleted.selector) _postCompleted(log);
        else if (topic == IHub.TreasurySet.selector) treasury = _address(log.topics[1]);
        else if (!_postMember(log, topic) && !_postFee(log, topic)) _postMoney(log, topic);
    }

    function _postMoney(Vm.Log memory log, bytes32 topic) private {
        uint256 amount = log.data.length < 32 ? 0 : abi.decode(log.data, (uint256));
        if (topic == IHub.Deposited.selector) {
            accountBalance[_address(log.topics[1])][_address(log.topics[2])] += amount;
        } else if (topic == IHub.Withdrawn.selector) {
            accountBalance[_address(log.topics[1])][_address(log.topics[2])] -= amount;
        } else if (topic == IHub.Allocated.selector) {
            accountBalance[_address(log.topics[2])][_address(log.topics[3])] -= amount;
            vaultBalance[_vaultFirst(log)][_address(log.topics[3])] += amount;
        } else if (topic == IHub.Deallocated.selector) {
            vaultBalance[_vaultFirst(log)][_address(log.topics[3])] -= amount;
            _hasOutflow[_call][_vaultFirst(log)] = true;
            accountBalance[_address(log.topics[2])][_address(log.topics[3])] += amount;
        } else if (topic == IHub.FeesClaimed.selector) {
            feeBalance[_address(log.topics[1])][_address(log.topics[2])] -= amount;
            accountBalance[_address(log.topics[1])][_address(log.topics[2])] += amount;
        }
    }

    function _postFee(Vm.Log memory log, bytes32 topic) private returns (bool) {
        uint32 vaultId = log.topics.length < 2 ? 0 : _vaultFirst(log);
        if (topic == IHub.FeeCharged.selector) {
            _postCharge(log, vaultId);
        } else if (topic == IHub.FeeEscrowed.selector) {
            (, uint256 held) = abi.decode(log.data, (uint256, uint256));
            vaultBalance[vaultId][_address(log.topics[2])] -= held;
            escrow[vaultId][_address(log.topics[2])] += held;
        } else if (topic == IHub.EscrowSettled.selector) {
            (uint256 toFees, uint256 toOwner) = abi.decode(log.data, (uint256, uint256));
            address token = _address(log.topics[3]);
            escrow[vaultId][token] -= toFees + toOwner;
            // What is charged of it follows as a fee of the vault.
            vaultBalance[vaultId][token] += toFees;
            accountBalance[_address(log.topics[2])][token] += toOwner;
            _hasOutflow[_call][vaultId] = true;
        } else if (topic == IHub.VaultMarked.selector) {
            (uint128 mark, uint128 invested) = abi.decode(log.data, (uint128, uint128));
            if (mark < _marks[vaultId].mark) _fallen.push(vaultId);
            _marks[vaultId] = Marks(mark, invested);
        } else if (topic == IHub.StrategyCreated.selector) {
            uint32 strategyId = uint32(uint256(log.topics[1]));
            _leaderOf[strategyId] = _address(log.topics[2]);
            (,,,,, uint16 protocolBps) = abi.decode(log.data, (address, uint16, uint16, uint32, uint96, uint16));
            _protocolBpsOf[strategyId] = protocolBps;
        } else {
            return false;
        }
        return true;
    }

    /// @dev No fee takes more of a balance than its cap: 30 % of a gain, 5 % a year, 1 % of an outflow.
    function _postCharge(Vm.Log memory log, uint32 vaultId) private {
        (uint256 amount, uint256 toProtocol, uint256 toReferrer) = abi.decode(log.data, (uint256, uint256, uint256));
        address token = _address(log.topics[2]);
        FeeKind kind = FeeKind(uint256(log.topics[3]));
        uint256 balance = vaultBalance[vaultId][token];
        if (kind == FeeKind.Performance) {
            ++performanceCharges[vaultId];
            if (escrow[vaultId][token] == 0 && !_hasOutflow[_call][vaultId] && amount * 10 > balance * 3) {
                ++feeBreaches;
            }
        }
        if (kind == FeeKind.Withdrawal && amount * 100 > balance) ++feeBreaches;
        vaultBalance[vaultId][token] = balance - amount;
        feeBalance[treasury][token] += toProtocol;
        feeBalance[_referrerOf[vaultId]][token] += toReferrer;
        feeBalance[_leaderOf[strategyOfVault[vaultId]]][token] += amount - toProtocol - toReferrer;
    }

    function _postMember(Vm.Log memory log, bytes32 topic) private returns (bool) {
        if (topic == IHub.VaultOpened.selector) {
            (, uint32 position) = abi.decode(log.data, (uint16, uint32));
            uint32 vaultId = _vaultFirst(log);
            uint32 strategyId = uint32(uint256(log.topics[2]));
            strategyOfVault[vaultId] = strategyId;
            (,,, _referrerOf[vaultId]) = abi.decode(log.data, (uint16, uint32, uint16, address));
            vaultCount = vaultId;
            if (position == type(uint32).max) return true;
            require(position == _members[strategyId].length, "joined elsewhere than at the end");
            _members[strategyId].push(vaultId);
        } else if (topic == IHub.VaultStatusSet.selector) {
            (VaultStatus status,) = abi.decode(log.data, (VaultStatus, Reason));
            if (status == VaultStatus.Left) _leave(_vaultFirst(log));
        } else if (topic == IHub.MemberMoved.selector) {
            uint32[] storage members = _members[uint32(uint256(log.topics[1]))];
            uint32 moved = uint32(uint256(log.topics[2]));
            require(members[members.length - 1] == moved, "moved another than the last");
            members.pop();
            if (moved != 0) members[abi.decode(log.data, (uint32))] = moved;
        } else {
            return false;
        }
        return true;
    }

    function _leave(uint32 vaultId) private {
        hasLeft[vaultId] = true;
        uint32[] storage members = _members[strategyOfVault[vaultId]];
        for (uint256 i; i < members.length; ++i) {
            if (members[i] == vaultId) members[i] = 0;
        }
    }

    function _postOpened(Vm.Log memory log) private {
        uint64 tradeId = _trade(log);
        OpenTrade storage trade = _trades[tradeId];
        (, trade.tokenIn, trade.tokenOut, trade.portion) = abi.decode(log.data, (address, address, address, uint64));
        trade.kind = TradeKind(uint256(log.topics[3]));
        trade.leader = _leaderOf[uint32(tradeId >> 32)];
        if (trade.kind == TradeKind.Leader) trade.members = _members[uint32(tradeId >> 32)];
    }

    function _postBatch(Vm.Log memory log) private {
        _closeBatch();
        (,,, uint64 portion, uint256 amountIn, uint256 dustIn, uint256 amountOut, uint256 dust, uint256 copyFees,,,) = abi.decode(
            log.data,
            (address, address, uint32, uint64, uint256, uint256, uint256, uint256, uint256, uint256, address, uint256)
        );
        OpenTrade storage trade = _trades[_trade(log)];
        if (trade.batches++ != 0) ++continuations;
        // Later batches sell what the leader's sold, all of it; only the first may stop half-way.
        bool whole = portion == trade.portion;
        if (!whole) ++partialFills;
        trade.portion = portion;
        _batch = OpenBatch(amountIn, dustIn, amountOut, dust, copyFees, 0, 0, 0, 0, whole);
        feeBalance[treasury][trade.tokenOut] += dust;
        feeBalance[treasury][trade.tokenIn] += dustIn;
        uint256 toProtocol = copyFees * _protocolBpsOf[uint32(_trade(log) >> 32)] / 10_000;
        feeBalance[treasury][trade.tokenIn] += toProtocol;
        feeBalance[trade.leader][trade.tokenIn] += copyFees - toProtocol;
    }

    function _postCopied(Vm.Log memory log) private {
        (, uint128 amountIn, uint128 fee, uint128 amountOut,) =
            abi.decode(log.data, (uint32, uint128, uint128, uint128, Reason));
        uint32 vaultId = uint32(uint256(log.topics[2]));
        OpenTrade storage trade = _trades[_trade(log)];
        vaultBalance[vaultId][trade.tokenIn] -= uint256(amountIn) + fee;
        vaultBalance[vaultId][trade.tokenOut] += amountOut;
        _batch.sumIn += amountIn;
        _batch.sumOut += amountOut;
        _batch.sumFees += fee;
        ++_batch.size;
        ++copies;
        if (!_isOnePrice(amountIn, amountOut)) ++priceBreaches;
        if (trade.kind == TradeKind.Leader) _countVisit(_trade(log), vaultId);
    }

    /// @dev Exactly the batch's price, rounded down; where only a part was sold, one unit more may have been put in.
    function _isOnePrice(uint256 amountIn, uint256 amountOut) private view returns (bool) {
        (uint256 batchIn, uint256 batchOut) = (_batch.amountIn, _batch.amountOut);
        uint256 atPrice = amountIn * batchOut / batchIn;
        if (_batch.whole) return amountOut == atPrice;
        return amountOut <= atPrice && (amountOut + 1) * batchIn >= (amountIn - 1) * batchOut;
    }

    function _postSkipped(Vm.Log memory log) private {
        (, Reason reason) = abi.decode(log.data, (uint32, Reason));
        ++skips;
        if (reason == Reason.Expired) ++expiries;
        _countVisit(_trade(log), uint32(uint256(log.topics[2])));
    }

    function _countVisit(uint64 tradeId, uint32 vaultId) private {
        if (++visits[tradeId][vaultId] > 1) ++twiceBreaches;
        if (uint32(tradeId) <= lastSequence[vaultId]) ++orderBreaches;
        lastSequence[vaultId] = uint32(tradeId);
    }

    /// @dev Who was a member when the trade opened has been visited, unless it left.
    function _postCompleted(Vm.Log memory log) private {
        uint64 tradeId = _trade(log);
        uint32[] storage members = _trades[tradeId].members;
        for (uint256 i; i < members.length; ++i) {
            if (members[i] == 0 || hasLeft[members[i]]) continue;
            if (visits[tradeId][members[i]] == 0) ++omissionBreaches;
        }
    }

    function _closeBatch() private {
        OpenBatch memory batch = _batch;
        bool conserved = batch.sumIn == batch.amountIn + batch.dustIn && batch.sumOut + batch.dust == batch.amountOut
            && batch.sumFees == batch.copyFees
            && (batch.size == 0 || (batch.dust < batch.size && batch.dustIn < batch.size));
        if (!conserved) ++conservationBreaches;
        delete _batch;
    }

    function _trade(Vm.Log memory log) private pure returns (uint64) {
        return uint64(uint256(log.topics[1]));
    }

    function _vaultFirst(Vm.Log memory log) private pure returns (uint32) {
        return uint32(uint256(log.topics[1]));
    }

    function _address(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
