// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHubKeepers} from "../interfaces/IHubKeepers.sol";
import {
    CloseParams,
    ManualParams,
    OnBreach,
    Reason,
    Strategy,
    TradeKind,
    Vault,
    VaultRisk,
    VaultStatus
} from "../interfaces/Types.sol";
import {CopyLibrary} from "../libraries/Copy.sol";
import {LossBudget} from "../libraries/LossBudget.sol";
import {Price} from "../libraries/Price.sol";
import {VaultBalances} from "../libraries/VaultBalances.sol";
import {Batch, Bounds} from "./Batch.sol";
import {VaultRecord} from "./HubState.sol";
import {Routes} from "./Routes.sol";

/// @title Closes
/// @notice Clearings that copy nobody: vaults that leave their positions, together and at one price, and an owner who
/// trades alone. No halt stops either.
abstract contract Closes is IHubKeepers, Routes {
    using VaultBalances for uint256[8];

    /// @dev Set in the sequence of these clearings' ids, so that those of leaders' trades stay without gaps.
    uint32 private constant SOLO = 1 << 31;

    /// @inheritdoc IHubKeepers
    function closeVaults(CloseParams calldata params) external nonReentrant returns (uint64 tradeId) {
        uint256 gasBefore = gasleft();
        Strategy storage strategy = _strategies[params.strategyId];
        if (strategy.leader == address(0)) revert UnknownStrategy(params.strategyId);
        Batch memory batch = _newBatch(params.strategyId, params.vaultIds.length);
        _openSolo(batch, params.pool, params.tokenIn, _tokens[params.strategyId][0], TradeKind.Close);
        (batch.keeper, batch.gasBefore) = (msg.sender, gasBefore);
        tradeId = batch.tradeId;

        bool stopped = _gatherClosing(batch, params.vaultIds);
        if (batch.size != 0) {
            _clear(batch, Bounds(0, strategy.maxSlippageBps, WAD, 1));
        } else if (!stopped) {
            revert NothingToSell();
        }
    }

    /// @inheritdoc IHubKeepers
    function manualTrade(ManualParams calldata params) external nonReentrant returns (uint256 amountOut) {
        VaultRecord storage record = _ownedVault(params.vaultId);
        Vault storage head = record.head;
        if (_strategies[head.strategyId].leaderVault == params.vaultId) revert LeaderVault();
        if (_isFundedNow(params.vaultId)) revert FundedNow(params.vaultId);
        if (block.timestamp > params.deadline) revert DeadlinePassed(params.deadline);
        if (params.amountIn == 0) revert ZeroAmount();
        uint256 balance = record.balances.get(_tokenIndex(head.strategyId, params.tokenIn));
        if (params.amountIn > balance) revert InsufficientBalance(balance, params.amountIn);
        Batch memory batch = _newBatch(head.strategyId, 1);
        batch.portion = uint64(Math.mulDiv(params.amountIn, WAD, balance));
        _openSolo(batch, params.pool, params.tokenIn, params.tokenOut, TradeKind.Manual);
        bool isFree = _terms[head.strategyId][head.termsVersion].performanceBps == 0;
        uint256 shareBps = isFree ? 0 : _shareOfEquityUp(batch, record, params.amountIn);
        _gather(batch, CopyLibrary.pack(params.vaultId, head.policyRevision, 0, Reason.None, shareBps, params.amountIn));
        return isFree ? _clearFor(batch, params.minOut) : _clearMeasured(batch, record, params.minOut);
    }

    /// @dev Where gains are charged, a trade at a made-up price would be a way to take them out uncharged. So it keeps to
    /// the strategy's bound and, added up, to its loss budget. Who cannot trade within that can leave in kind.
    function _clearMeasured(Batch memory batch, VaultRecord storage record, uint256 minOut)
        private
        returns (uint256 amountOut)
    {
        uint256 before = record.balances.get(batch.indexOut);
        batch.limits.maxImpactBps = type(uint16).max;
        _clear(batch, Bounds(0, _strategies[batch.strategyId].maxSlippageBps, WAD, 1));
        amountOut = record.balances.get(batch.indexOut) - before;
        if (amountOut < minOut) revert BelowMinimumOut(amountOut, minOut);
        uint256 capacity = LossBudget.capacity(_vaultBudgetBps(batch, record.policy.lossBudgetBps));
        if (record.head.lossUsed > capacity) revert LossBudgetUsedUp(record.head.lossUsed, capacity);
    }

    function _shareOfEquityUp(Batch memory batch, VaultRecord storage record, uint256 amountIn)
        private
        view
        returns (uint256)
    {
        uint256 equity = _equityDown(batch, record);
        return equity == 0 ? Price.BPS : _shareBpsUp(_valueDown(batch, batch.indexIn, amountIn), equity);
    }

    /// @inheritdoc IHubKeepers
    function stopOf(uint32 vaultId) external view returns (Reason) {
        VaultRecord storage record = _vaults[vaultId];
        VaultStatus status = record.head.status;
        if (status == VaultStatus.Exiting) return Reason.Exiting;
        if (status == VaultStatus.None || status == VaultStatus.Left) return Reason.None;
        Batch memory batch = _newBatch(record.head.strategyId, 0);
        batch.tokenIn = _tokenAt(batch.strategyId, 0);
        return _stopNow(batch, record, record.risk);
    }

    function _openSolo(Batch memory batch, address pool, address tokenIn, address tokenOut, TradeKind kind) private {
        (batch.indexIn, batch.indexOut, batch.venue) = _route(batch.strategyId, pool, tokenIn, tokenOut);
        (batch.pool, batch.tokenIn, batch.tokenOut) = (pool, tokenIn, tokenOut);
        if (kind == TradeKind.Close) batch.portion = uint64(WAD);
        batch.tradeId = _tradeId(batch.strategyId, SOLO | ++_soloCount[batch.strategyId]);
        emit TradeOpened(batch.tradeId, msg.sender, kind, pool, tokenIn, tokenOut, batch.portion, 0, 0, 0, 0);
    }

    /// @return stopped Whether a stop was carried out.
    function _gatherClosing(Batch memory batch, uint32[] calldata vaultIds) private returns (bool stopped) {
        uint32 last;
        for (uint256 i; i < vaultIds.length; ++i) {
            uint32 vaultId = vaultIds[i];
            if (vaultId <= last) revert NotAscending(vaultId);
            last = vaultId;
            (bool sells, bool stoppedNow) = _close(batch, vaultId);
            stopped = stopped || stoppedNow;
            if (sells) _gatherAll(batch, vaultId);
        }
    }

    /// @dev Carries out the stop that the vault has reached, where it is not for sale already.
    function _close(Batch memory batch, uint32 vaultId) private returns (bool sells, bool stoppedNow) {
        VaultRecord storage record = _vaults[vaultId];
        Vault storage head = record.head;
        VaultStatus status = head.status;
        if (head.strategyId != batch.strategyId || status == VaultStatus.Left) revert NotClosable(vaultId);
        if (status == VaultStatus.Exiting) return (true, false);
        OnBreach onStop = record.policy.onStop;
        if (onStop < OnBreach.Suspend) revert NotClosable(vaultId);
        sells = onStop == OnBreach.Exit;
        if (status == VaultStatus.Suspended && !sells) revert NotClosable(vaultId);
        Reason reason = _lookForStop(batch, record);
        if (reason == Reason.None) revert NotClosable(vaultId);
        _stopVault(record, vaultId, onStop, reason);
        return (sells, true);
    }

    function _lookForStop(Batch memory batch, VaultRecord storage record) private returns (Reason) {
        VaultRisk memory risk = record.risk;
        Reason reason = _stopNow(batch, record, risk);
        record.risk = risk;
        return reason;
    }

    /// @dev Looks at the vault; the caller decides whether `risk` is remembered.
    function _stopNow(Batch memory batch, VaultRecord storage record, VaultRisk memory risk)
        private
        view
        returns (Reason)
    {
        uint256 equity = _equityDown(batch, record);
        _lookAt(risk, equity);
        return _stopReached(record.policy, record.marks, risk, equity);
    }

    /// @dev An exiting vault's own slippage limit binds its exit too; one that is tighter than the market holds up the
    /// whole batch, and the keeper leaves it for later.
    function _gatherAll(Batch memory batch, uint32 vaultId) private view {
        VaultRecord storage record = _vaults[vaultId];
        uint256 gross = record.balances.get(batch.indexIn);
        if (gross == 0 || _isFundedNow(vaultId)) return;
        uint256 limitBps = record.policy.maxSlippageBps;
        if (limitBps != 0) batch.strictestBps = Math.min(batch.strictestBps, limitBps);
        _gather(batch, CopyLibrary.pack(vaultId, record.head.policyRevision, 0, Reason.None, 0, gross));
    }
}
