// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubExtension} from "../../../contracts/interfaces/IHubExtension.sol";
import {IHubKeepers} from "../../../contracts/interfaces/IHubKeepers.sol";
import {IHubOffers} from "../../../contracts/interfaces/IHubOffers.sol";
import {IHubTrading} from "../../../contracts/interfaces/IHubTrading.sol";
import {
    CloseParams,
    FeeTerms,
    ManualParams,
    OnBreach,
    Reason,
    Strategy,
    TradeParams
} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {Handler} from "./Handler.sol";

/// @notice What the plain handler does not do: fees, terms, caps, closes, manual trades, price skips, and an oracle that
/// falls silent.
contract WholeHandler is Handler {
    // ------------------------------------------------------------------ accounts

    function depositWithPermit(uint256 actorSeed, uint256 tokenSeed, uint256 amount) external {
        address actor = _actor(actorSeed);
        TestnetToken token = TestnetToken(_token(tokenSeed));
        amount = bound(amount, 0, 1_000 * 10 ** token.decimals());
        token.mint(actor, amount);
        // The tokens know no permits; the allowance that is there counts.
        bytes memory call =
            abi.encodeCall(IHubExtension.depositWithPermit, (address(token), amount, block.timestamp, 27, 0, 0));
        _act("depositWithPermit", actor, call);
    }

    function setLeaderCap(uint256 actorSeed, uint16 capBps) external {
        _act(
            "setLeaderCap",
            _actor(actorSeed),
            abi.encodeCall(IHubExtension.setLeaderCap, (uint16(bound(capBps, 0, 5_100))))
        );
    }

    // ------------------------------------------------------------------ terms and fees

    function proposeTerms(uint256 strategySeed, uint256 seed) external {
        uint32 strategyId = _strategy(strategySeed);
        FeeTerms memory terms;
        terms.copyBps = uint16(seed % 60);
        terms.performanceBps = uint16((seed >> 8) % 3_100);
        terms.managementBps = uint16((seed >> 24) % 510);
        terms.withdrawalBps = uint16((seed >> 40) % 101);
        terms.referrerBps = uint16((seed >> 56) % 5_000);
        if (terms.performanceBps != 0 && seed % 2 == 0) terms.performancePeriod = 7 days;
        address leader = hub.strategyOf(strategyId).leader;
        _act("proposeTerms", leader, abi.encodeCall(IHubOffers.proposeTerms, (strategyId, terms)));
    }

    function applyTerms(uint256 actorSeed, uint256 strategySeed) external {
        bytes memory call = abi.encodeCall(IHubOffers.applyTerms, (_strategy(strategySeed)));
        _act("applyTerms", _actor(actorSeed), call);
    }

    function acceptTerms(uint256 vaultSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        uint16 version = hub.strategyOf(hub.vaultOf(vaultId).strategyId).termsVersion;
        _actOn(vaultId, "acceptTerms", owner, abi.encodeCall(IHubExtension.acceptTerms, (vaultId, version)));
    }

    function settle(uint256 actorSeed, uint256 vaultSeed) external {
        (uint32 vaultId,) = _vault(vaultSeed);
        _actOn(vaultId, "settle", _actor(actorSeed), abi.encodeCall(IHubExtension.settle, (vaultId)));
    }

    function settleEscrow(uint256 actorSeed, uint256 vaultSeed) external {
        for (uint256 i; i < 4; ++i) {
            (uint32 vaultId,) = _vault(vaultSeed + i);
            if (!hub.riskOf(vaultId).escrowed && i < 3) continue;
            bytes memory call = abi.encodeCall(IHubExtension.settleEscrow, (vaultId));
            _actOn(vaultId, "settleEscrow", _actor(actorSeed), call);
            return;
        }
    }

    function setProtocolShare(uint16 protocolBps) external {
        bytes memory call = abi.encodeCall(IHubOffers.setProtocolShare, (uint16(bound(protocolBps, 0, 2_100))));
        _act("setProtocolShare", address(this), call);
    }

    // ------------------------------------------------------------------ stops, closes and manual trades

    function requestExit(uint256 vaultSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("requestExit", owner, abi.encodeCall(IHubExtension.requestExit, (vaultId)));
    }

    /// @dev Those that can be closed, most often; now and then anybody.
    function closeVaults(uint256 actorSeed, uint256 strategySeed, uint256 tokenSeed, uint256 seed) external {
        uint32 strategyId = _strategy(strategySeed);
        uint32[] memory ids = new uint32[](hub.vaultCount());
        uint256 size;
        for (uint32 vaultId = 1; vaultId <= hub.vaultCount(); ++vaultId) {
            if (hub.vaultOf(vaultId).strategyId != strategyId) continue;
            if (seed % 16 != 0 && !_isClosable(vaultId)) continue;
            ids[size++] = vaultId;
        }
        assembly ("memory-safe") {
            mstore(ids, size)
        }
        address tokenIn = tokens[1 + tokenSeed % 2];
        CloseParams memory params = CloseParams(strategyId, poolOf(tokenIn, tokens[0]), tokenIn, ids);
        _act("closeVaults", _actor(actorSeed), abi.encodeCall(IHubKeepers.closeVaults, (params)));
    }

    function manualTrade(uint256 vaultSeed, uint256 tokenSeed, uint256 amount) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        address tokenIn = _token(tokenSeed);
        address tokenOut = tokens[(tokenSeed % 3 + 1 + (tokenSeed >> 8) % 2) % 3];
        ManualParams memory params = ManualParams({
            vaultId: vaultId,
            pool: poolOf(tokenIn, tokenOut),
            tokenIn: tokenIn,
            tokenOut: tokenOut,
            amountIn: uint128(bound(amount, 0, hub.vaultBalance(vaultId, tokenIn))),
            minOut: 0,
            deadline: uint40(block.timestamp)
        });
        _act("manualTrade", owner, abi.encodeCall(IHubKeepers.manualTrade, (params)));
    }

    /// @dev A trade for which the leader expects some slippage, seldom the right one.
    function tradeExpecting(uint256 strategySeed, uint256 tokenSeed, uint256 portion, uint256 seed) external {
        uint32 strategyId = _strategy(strategySeed);
        Strategy memory strategy = hub.strategyOf(strategyId);
        address tokenIn = _token(tokenSeed);
        address tokenOut = tokens[(tokenSeed % 3 + 1 + (tokenSeed >> 8) % 2) % 3];
        TradeParams memory params = tradeParams(strategyId, tokenIn, tokenOut, uint64(bound(portion, 0, ALL)));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IHubTrading.expectSlippage, ([uint16(10), 31, 50, 101][seed % 4]));
        calls[1] = abi.encodeCall(IHubTrading.trade, (params));
        _act("expectSlippage", strategy.leader, abi.encodeCall(Multicall.multicall, (calls)));
    }

    // ------------------------------------------------------------------ the world

    /// @dev Until the next `passTime`.
    function silenceFeed(uint256 tokenSeed) external {
        if (tokenSeed % 4 != 0) return;
        address token = _token(tokenSeed >> 2);
        (, int256 answer,,,) = feedOf[TestnetToken(token)].latestRoundData();
        if (answer > 0) lastPrice[token] = answer;
        feedOf[TestnetToken(token)].post(0);
    }

    function passDays(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1 days, 8 days));
        for (uint256 i; i < tokens.length; ++i) {
            (, int256 answer,,,) = feedOf[TestnetToken(tokens[i])].latestRoundData();
            if (answer > 0) lastPrice[tokens[i]] = answer;
            feedOf[TestnetToken(tokens[i])].post(lastPrice[tokens[i]]);
        }
    }

    function _isClosable(uint32 vaultId) private view returns (bool) {
        try hub.stopOf(vaultId) returns (Reason reason) {
            bool isExiting = reason == Reason.Exiting;
            return isExiting || (reason != Reason.None && hub.policyOf(vaultId).onStop >= OnBreach.Suspend);
        } catch {
            return false;
        }
    }
}
