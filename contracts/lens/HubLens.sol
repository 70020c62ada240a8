// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHub} from "../interfaces/IHub.sol";
import {
    Fanout,
    FeeTerms,
    Marks,
    PendingTerms,
    Policy,
    Reason,
    Strategy,
    StrategyLimits,
    StrategyState,
    Vault,
    VaultRisk
} from "../interfaces/Types.sol";
import {DailyPeaks} from "../libraries/DailyPeaks.sol";
import {LossBudget} from "../libraries/LossBudget.sol";
import {Preset, Presets} from "./Presets.sol";

/// @notice One token of a vault. Amounts are token units.
/// @param outflow What left without a price; `held` of it waits in the hub.
struct Holding {
    address token;
    uint256 balance;
    uint256 outflow;
    uint256 held;
}

/// @notice All that can be said of a vault now.
/// @param priced Whether every token it holds has a price: without one, what follows from it is 0 or None.
/// @param equity Base token units.
/// @param stop The stop it has reached, or Exiting.
/// @param terms Fees it pays, by the version it has agreed to.
struct VaultView {
    uint32 vaultId;
    Vault head;
    Policy policy;
    Marks marks;
    VaultRisk risk;
    FeeTerms terms;
    address referrer;
    address leader;
    Holding[] holdings;
    bool priced;
    uint256 equity;
    Reason stop;
}

/// @notice All that can be said of a strategy now.
/// @param peak Highest index of the last seven days and today, scaled by 1e10 as the index is.
/// @param lossUsed Part of the loss budget that is used up now, scaled by 1e9, of `lossCapacity`.
/// @param stake Equity of the leader's vault in base token units; 0 where `priced` is false.
/// @param fanout The trade that is being copied; all 0 where none is.
struct StrategyView {
    uint32 strategyId;
    Strategy head;
    StrategyLimits limits;
    StrategyState state;
    FeeTerms terms;
    PendingTerms pending;
    address[] tokens;
    uint256 peak;
    uint256 lossUsed;
    uint256 lossCapacity;
    bool priced;
    uint256 stake;
    Fanout fanout;
}

/// @notice A trade that is being copied.
/// @param vaultIds Vaults that are still to be visited, in order; 0 where one left meanwhile. As many as were asked for.
/// @param expired Whether they will be skipped.
struct TradeView {
    uint64 tradeId;
    Fanout fanout;
    uint32[] vaultIds;
    bool expired;
}

/// @notice An owner's idle money in one token, and how much of it may go where.
struct AccountView {
    address token;
    uint256 balance;
    uint256 invested;
    uint256 fees;
}

/// @title Hub lens
/// @notice Everything about a vault, a strategy, a trade or an owner in one call. It reads the hub as anybody can and is
/// asked by nobody on chain.
contract HubLens {
    uint256 private constant PEAK_UNIT = 1e4;
    uint256 private constant DAY = 1 days;

    IHub public immutable hub;

    constructor(address hub_) {
        hub = IHub(hub_);
    }

    /// @notice A policy to begin with.
    function presetPolicy(Preset preset) external pure returns (Policy memory) {
        return Presets.policy(preset);
    }

    /// @notice Several vaults, in the order asked for.
    function viewVaults(uint32[] calldata vaultIds) external view returns (VaultView[] memory views) {
        views = new VaultView[](vaultIds.length);
        for (uint256 i; i < vaultIds.length; ++i) {
            views[i] = viewVault(vaultIds[i]);
        }
    }

    function viewVault(uint32 vaultId) public view returns (VaultView memory seen) {
        seen.vaultId = vaultId;
        seen.head = hub.vaultOf(vaultId);
        seen.policy = hub.policyOf(vaultId);
        seen.marks = hub.marksOf(vaultId);
        seen.risk = hub.riskOf(vaultId);
        seen.terms = hub.termsOf(seen.head.strategyId, seen.head.termsVersion);
        seen.referrer = hub.referrerOf(vaultId);
        seen.leader = hub.strategyOf(seen.head.strategyId).leader;
        seen.holdings = _holdings(vaultId, seen.head.strategyId);
        (seen.priced, seen.equity) = _equity(vaultId);
        if (seen.priced) seen.stop = hub.stopOf(vaultId);
    }

    function viewStrategy(uint32 strategyId) external view returns (StrategyView memory seen) {
        seen.strategyId = strategyId;
        seen.head = hub.strategyOf(strategyId);
        seen.limits = hub.limitsOf(strategyId);
        seen.state = hub.stateOf(strategyId);
        seen.terms = hub.termsOf(strategyId, seen.head.termsVersion);
        seen.pending = hub.pendingTermsOf(strategyId);
        seen.tokens = hub.tokensOf(strategyId);
        seen.peak = _peak(seen.state);
        seen.lossCapacity = LossBudget.capacity(seen.limits.lossBudgetBps);
        seen.lossUsed = LossBudget.decayedUp(
            seen.state.lossUsed, seen.limits.lossBudgetBps, block.timestamp - seen.state.lastTradeAt
        );
        (seen.priced, seen.stake) = _equity(seen.head.leaderVault);
        seen.fanout = hub.fanoutOf(strategyId);
    }

    /// @notice The trade of a strategy that is being copied, with the next `most` vaults it will come to.
    function viewTrade(uint32 strategyId, uint256 most) external view returns (TradeView memory seen) {
        Fanout memory fanout = hub.fanoutOf(strategyId);
        seen.fanout = fanout;
        if (fanout.count == 0) return seen;
        seen.tradeId = (uint64(strategyId) << 32) | fanout.sequence;
        seen.expired = block.timestamp > fanout.deadline;
        uint256 left = fanout.count - fanout.cursor;
        seen.vaultIds = new uint32[](left < most ? left : most);
        for (uint256 i; i < seen.vaultIds.length; ++i) {
            uint256 position = (uint256(fanout.start) + fanout.cursor + i) % fanout.count;
            seen.vaultIds[i] = hub.memberAt(strategyId, uint32(position));
        }
    }

    /// @notice An owner's money outside vaults, and what is invested, in each of `tokens`.
    function viewAccount(address owner, address[] calldata tokens)
        external
        view
        returns (uint16 leaderCapBps, AccountView[] memory accounts)
    {
        leaderCapBps = hub.leaderCapOf(owner);
        accounts = new AccountView[](tokens.length);
        for (uint256 i; i < tokens.length; ++i) {
            (uint256 invested,) = hub.investedOf(owner, tokens[i], address(0));
            accounts[i] = AccountView({
                token: tokens[i],
                balance: hub.accountBalance(owner, tokens[i]),
                invested: invested,
                fees: hub.feeBalance(owner, tokens[i])
            });
        }
    }

    function _holdings(uint32 vaultId, uint32 strategyId) private view returns (Holding[] memory holdings) {
        address[] memory tokens = hub.tokensOf(strategyId);
        holdings = new Holding[](tokens.length);
        for (uint256 i; i < tokens.length; ++i) {
            (uint256 outflow, uint256 held) = hub.escrowOf(vaultId, i);
            holdings[i] = Holding(tokens[i], hub.vaultBalance(vaultId, tokens[i]), outflow, held);
        }
    }

    function _equity(uint32 vaultId) private view returns (bool priced, uint256 equity) {
        try hub.equityOf(vaultId) returns (uint256 value) {
            return (true, value);
        } catch {
            return (false, 0);
        }
    }

    /// @dev Days that are over by now forgotten, as the hub will at its next look.
    function _peak(StrategyState memory state) private view returns (uint256) {
        return DailyPeaks.highest(DailyPeaks.roll(state.peaks, state.day, block.timestamp / DAY)) * PEAK_UNIT;
    }
}
