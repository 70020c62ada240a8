// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Hub} from "../../../contracts/core/Hub.sol";
import {HubExtension} from "../../../contracts/core/HubExtension.sol";
import {HubKeepers} from "../../../contracts/core/HubKeepers.sol";
import {HubOffers} from "../../../contracts/core/HubOffers.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {Policy, Strategy, StrategyParams, Vault, VaultStatus} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {DenyList} from "../support/DenyList.sol";
import {FalseReturningToken, FeeToken} from "../support/HostileTokens.sol";
import {TradingWorld} from "./TradingWorld.sol";

/// @notice What may be listed, offered and paid in, who may say no, and for how long.
/// forge-config: default.isolate = true
contract RegistryTest is TradingWorld {
    Policy private none;

    // ------------------------------------------------------------------ lists

    function test_a_listing_waits_once_there_is_a_strategy() public {
        TestnetToken first = _newToken();
        hub.listToken(address(first));
        assertTrue(hub.isListedToken(address(first)));
        lead(offer());
        TestnetToken second = _newToken();
        uint256 from = vm.getBlockTimestamp() + LISTING_DELAY;
        vm.expectEmit();
        emit IHubLog.TokenListed(address(second), uint40(from));
        hub.listToken(address(second));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AlreadyListed.selector, address(second)));
        hub.listToken(address(second));
        address pool = makeAddr("pool");
        plain.addPool(pool, address(usdc), address(second));
        vm.expectEmit();
        emit IHubLog.PoolListed(pool, address(plain), address(usdc), address(second), uint40(from));
        hub.listPool(pool, address(plain));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AlreadyListed.selector, pool));
        hub.listPool(pool, address(plain));
        warpTo(from - 1);
        assertFalse(hub.isListedToken(address(second)));
        assertEq(hub.venueOf(pool), address(0));
        StrategyParams memory params = offer();
        params.pools[0] = pool;
        vm.expectRevert(abi.encodeWithSelector(IHubLog.PoolNotListed.selector, pool));
        hub.createStrategy(params);
        params = offer();
        params.tokens[0] = address(second);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.TokenNotListed.selector, address(second)));
        hub.createStrategy(params);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.TokenNotListed.selector, address(second)));
        hub.deposit(address(second), 1, leader);
        warpTo(from);
        assertTrue(hub.isListedToken(address(second)));
        assertEq(hub.venueOf(pool), address(plain));
    }

    function test_what_cannot_be_listed() public {
        vm.expectRevert(IHubLog.ZeroAddress.selector);
        hub.listToken(address(0));
        vm.expectRevert(abi.encodeWithSelector(IPriceOracle.FeedMissing.selector, stranger));
        hub.listToken(stranger);
        address pool = makeAddr("pool");
        plain.addPool(pool, stranger, address(usdc));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.TokenNotListed.selector, stranger));
        hub.listPool(pool, address(plain));
        plain.addPool(pool, address(usdc), stranger);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.TokenNotListed.selector, stranger));
        hub.listPool(pool, address(plain));
        vm.expectRevert(abi.encodeWithSelector(IVenue.NotAPool.selector, stranger));
        hub.listPool(stranger, address(venue));
        assertEq(hub.venueOf(stranger), address(0));
        assertFalse(hub.isListedToken(stranger));
    }

    function test_the_owner_alone_lists_and_appoints() public {
        vm.startPrank(stranger);
        bytes memory unauthorized = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.expectRevert(unauthorized);
        hub.listToken(stranger);
        vm.expectRevert(unauthorized);
        hub.listPool(stranger, stranger);
        vm.expectRevert(unauthorized);
        hub.setTreasury(stranger);
        vm.expectRevert(unauthorized);
        hub.setGuardian(stranger);
        vm.expectRevert(unauthorized);
        hub.setGate(stranger);
        vm.expectRevert(unauthorized);
        hub.setProtocolShare(1);
        vm.expectRevert(unauthorized);
        hub.resumeTrading(0);
        vm.expectRevert(IHubLog.NotAllowedToVeto.selector);
        hub.veto(stranger);
        vm.expectRevert(IHubLog.NotAllowedToHalt.selector);
        hub.haltTrading(0);
        vm.expectRevert(IHubLog.NotAllowedToHalt.selector);
        hub.haltTrading(1);
        vm.stopPrank();
        vm.expectRevert(IHubLog.ZeroAddress.selector);
        hub.setTreasury(address(0));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.AboveCap.selector, 2_001, 2_000));
        hub.setProtocolShare(2_001);
        vm.expectEmit();
        emit IHubLog.TreasurySet(stranger);
        hub.setTreasury(stranger);
        vm.expectEmit();
        emit IHubLog.GuardianSet(keeper);
        hub.setGuardian(keeper);
        vm.expectEmit();
        emit IHubLog.GateSet(keeper);
        hub.setGate(keeper);
        vm.expectEmit();
        emit IHubLog.ProtocolShareSet(2_000);
        hub.setProtocolShare(2_000);
        assertEq(hub.treasury(), stranger);
        assertEq(hub.guardian(), keeper);
        assertEq(hub.gate(), keeper);
        assertEq(hub.protocolShare(), 2_000);
        assertEq(hub.listingDelay(), LISTING_DELAY);
        assertEq(hub.maxDeviationBps(), MAX_DEVIATION_BPS);
        assertEq(hub.batchSize(), 3);
        assertEq(hub.oracle(), address(oracle));
    }

    function test_owner_or_guardian_veto_what_waits_and_nothing_else() public {
        hub.setGuardian(keeper);
        lead(offer());
        TestnetToken token = _newToken();
        hub.listToken(address(token));
        vm.expectEmit();
        emit IHubLog.ListingVetoed(address(token), keeper);
        vm.prank(keeper);
        hub.veto(address(token));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NotPending.selector, address(token)));
        hub.veto(address(token));
        hub.listToken(address(token));
        address pool = makeAddr("pool");
        plain.addPool(pool, address(usdc), address(weth));
        hub.listPool(pool, address(plain));
        hub.veto(pool);
        pass(LISTING_DELAY);
        assertEq(hub.venueOf(pool), address(0));
        assertTrue(hub.isListedToken(address(token)));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NotPending.selector, address(token)));
        hub.veto(address(token));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NotPending.selector, usdcWeth));
        hub.veto(usdcWeth);
    }

    // ------------------------------------------------------------------ halts and gate

    function test_owner_guardian_and_for_their_own_leaders_halt() public {
        lead(offer());
        hub.setGuardian(keeper);
        vm.expectEmit();
        emit IHubLog.TradingHalted(strategyId, leader);
        vm.prank(leader);
        hub.haltTrading(strategyId);
        assertTrue(hub.strategyOf(strategyId).halted);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.Halted.selector, strategyId));
        hub.haltTrading(strategyId);
        vm.expectEmit();
        emit IHubLog.TradingResumed(strategyId);
        hub.resumeTrading(strategyId);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.NotHalted.selector, strategyId));
        hub.resumeTrading(strategyId);
        vm.prank(keeper);
        hub.haltTrading(strategyId);
        assertFalse(hub.halted());
        vm.prank(keeper);
        hub.haltTrading(0);
        assertTrue(hub.halted());
        vm.prank(leader);
        vm.expectRevert(IHubLog.NotAllowedToHalt.selector);
        hub.haltTrading(0);
        vm.prank(address(0));
        vm.expectRevert(IHubLog.NotAllowedToHalt.selector);
        hub.haltTrading(0);
        hub.resumeTrading(0);
        assertFalse(hub.halted());
        vm.expectRevert(abi.encodeWithSelector(IHubLog.UnknownStrategy.selector, 99));
        hub.haltTrading(99);
    }

    function test_a_halt_stops_entries_and_no_exit() public {
        lead(offer());
        uint32 vault = follow(0, HELD, none);
        for (uint32 what; what < 2; ++what) {
            uint32 id = what * strategyId;
            hub.haltTrading(id);
            bytes memory halted = abi.encodeWithSelector(IHubLog.Halted.selector, id);
            vm.startPrank(followers[0]);
            vm.expectRevert(halted);
            hub.allocate(vault, 1);
            vm.expectRevert(halted);
            hub.openVault(strategyId, none, 10e6, 1, address(0));
            hub.deallocate(vault, address(usdc), 1e6);
            hub.withdraw(address(usdc), 1e6, followers[0]);
            vm.stopPrank();
            if (id == 0) {
                vm.expectRevert(halted);
                hub.createStrategy(offer());
            }
            hub.resumeTrading(id);
        }
    }

    function test_a_gate_refuses_entry_and_no_exit() public {
        lead(offer());
        uint32 vault = follow(0, HELD, none);
        DenyList gate = new DenyList();
        hub.setGate(address(gate));
        gate.set(followers[0], true);
        bytes memory refused = abi.encodeWithSelector(IHubLog.Refused.selector, address(gate), followers[0]);
        vm.startPrank(followers[0]);
        vm.expectRevert(refused);
        hub.deposit(address(usdc), 1, followers[0]);
        vm.expectRevert(refused);
        hub.deposit(address(usdc), 1, stranger);
        vm.expectRevert(refused);
        hub.allocate(vault, 1);
        vm.expectRevert(refused);
        hub.openVault(strategyId, none, 10e6, 1, address(0));
        vm.expectRevert(refused);
        hub.createStrategy(offer());
        address[] memory tokens = new address[](1);
        tokens[0] = address(usdc);
        hub.exit(vault, tokens, followers[0]);
        hub.withdraw(address(usdc), 1e6, followers[0]);
        vm.stopPrank();
        vm.expectRevert(refused);
        hub.deposit(address(usdc), 1, followers[0]);
        gate.set(followers[0], false);
        fund(followers[0], 1);
    }

    // ------------------------------------------------------------------ offers

    function test_a_strategy_is_what_was_offered() public {
        hub.setProtocolShare(700);
        StrategyParams memory params = offer();
        (params.maxSlippageBps, params.maxDriftBps, params.copyWindow) = (1_000, 1_000, 1 days);
        (params.minDeposit, params.limits.minStake) = (20e6, 20e6);
        params.name = string(new bytes(64));
        vm.expectEmit();
        emit IHubLog.StrategyCreated(1, leader, 1, address(usdc), 1_000, 1_000, 1 days, 20e6, 700, params.name);
        vm.expectEmit();
        emit IHubLog.StrategyLimitsSet(1, params.limits);
        vm.expectEmit();
        emit IHubLog.TermsSet(1, 1, params.terms);
        for (uint8 i; i < 3; ++i) {
            vm.expectEmit();
            emit IHubLog.StrategyTokenAdded(1, i == 0 ? address(usdc) : params.tokens[i - 1], i);
        }
        vm.expectEmit();
        emit IHubLog.StrategyPoolAdded(1, params.pools[0]);
        vm.prank(leader);
        (uint32 id, uint32 vault) = hub.createStrategy(params);
        assertEq(id, 1);
        assertEq(vault, 1);
        Strategy memory made = hub.strategyOf(1);
        assertEq(
            abi.encode(made), abi.encode(Strategy(leader, 1, 0, 0, 1_000, 1_000, 1 days, 3, false, false, 20e6, 1, 700))
        );
        assertEq(abi.encode(hub.limitsOf(1)), abi.encode(params.limits));
        assertEq(abi.encode(hub.termsOf(1, 1)), abi.encode(params.terms));
        assertEq(hub.stateOf(1).index, 1e10);
        assertEq(hub.stateOf(1).day, vm.getBlockTimestamp() / 1 days);
        assertEq(hub.strategyCount(), 1);
        assertEq(hub.vaultCount(), 1);
        address[] memory tokens = hub.tokensOf(1);
        assertEq(tokens[0], address(usdc));
        assertEq(tokens[2], address(wbtc));
        assertTrue(hub.isPoolAllowed(1, usdcWeth));
        assertFalse(hub.isPoolAllowed(1, stranger));
        Vault memory head = hub.vaultOf(1);
        assertEq(head.owner, leader);
        assertEq(head.position, type(uint32).max);
        assertEq(uint8(head.status), uint8(VaultStatus.Active));
        assertEq(head.accruedAt, vm.getBlockTimestamp());
        assertEq(head.subscribedUntil, vm.getBlockTimestamp());
        assertEq(head.settleFrom, 0);
    }

    function test_offers_beyond_the_caps_are_refused() public {
        bytes4 cap = IHubLog.AboveCap.selector;
        for (uint256 flaw; flaw < 26; ++flaw) {
            StrategyParams memory p = offer();
            bytes memory why = abi.encodeWithSelector(IHubLog.BadLimits.selector);
            if (flaw == 0) (p.maxSlippageBps, why) = (1_001, abi.encodeWithSelector(cap, 1_001, 1_000));
            if (flaw == 1) (p.maxDriftBps, why) = (1_001, abi.encodeWithSelector(cap, 1_001, 1_000));
            if (flaw == 2) (p.copyWindow, why) = (1 days + 1, abi.encodeWithSelector(cap, 1 days + 1, 1 days));
            if (flaw == 3) {
                (p.tokens, why) = (new address[](16), abi.encodeWithSelector(IHubLog.TooManyTokens.selector));
            }
            if (flaw == 4) {
                (p.name, why) = (string(new bytes(65)), abi.encodeWithSelector(IHubLog.NameTooLong.selector));
            }
            if (flaw == 5) p.limits.lossBudgetBps = 0;
            if (flaw == 6) (p.limits.lossBudgetBps, why) = (2_001, abi.encodeWithSelector(cap, 2_001, 2_000));
            if (flaw == 7) p.limits.maxDrawdownBps = 0;
            if (flaw == 8) (p.limits.maxDrawdownBps, why) = (5_001, abi.encodeWithSelector(cap, 5_001, 5_000));
            if (flaw == 9) p.limits.maxTokenBps = 0;
            if (flaw == 10) (p.limits.maxTokenBps, why) = (10_001, abi.encodeWithSelector(cap, 10_001, 10_000));
            if (flaw == 11) p.limits.maxExposureBps = 0;
            if (flaw == 12) (p.limits.maxExposureBps, why) = (10_001, abi.encodeWithSelector(cap, 10_001, 10_000));
            if (flaw == 13) p.limits.maxImpactBps = 0;
            if (flaw == 14) (p.limits.maxImpactBps, why) = (1_001, abi.encodeWithSelector(cap, 1_001, 1_000));
            if (flaw == 15) (p.limits.stopBps, why) = (5_001, abi.encodeWithSelector(cap, 5_001, 5_000));
            if (flaw == 16) {
                (p.limits.minInterval, why) = (1 days + 1, abi.encodeWithSelector(cap, 1 days + 1, 1 days));
            }
            if (flaw == 17) p.limits.maxRoundTrips = 0;
            if (flaw == 18) p.limits.minStake = 10e6 - 1;
            if (flaw == 19) (p.minDeposit, p.limits.minStake) = (0, 9_999);
            if (flaw == 20) {
                (p.baseToken, why) = (stranger, abi.encodeWithSelector(IHubLog.TokenNotListed.selector, stranger));
            }
            if (flaw == 21) (p.tokens[1], why) = (address(usdc), _duplicate(address(usdc)));
            if (flaw == 22) (p.tokens[1], why) = (address(weth), _duplicate(address(weth)));
            if (flaw == 23) {
                (p.pools[1], why) = (stranger, abi.encodeWithSelector(IHubLog.PoolNotListed.selector, stranger));
            }
            if (flaw == 24) {
                (p.pools[1], why) = (p.pools[0], abi.encodeWithSelector(IHubLog.AlreadyListed.selector, p.pools[0]));
            }
            if (flaw == 25) {
                p.tokens = new address[](1);
                p.tokens[0] = address(weth);
                why = abi.encodeWithSelector(IHubLog.TokenNotAllowed.selector, address(wbtc));
            }
            vm.expectRevert(why);
            hub.createStrategy(p);
        }
        StrategyParams memory least = offer();
        (least.minDeposit, least.limits.minStake, least.limits.maxRoundTrips) = (0, 10_000, 1);
        (least.limits.lossBudgetBps, least.limits.maxDrawdownBps, least.limits.maxImpactBps) = (1, 5_000, 1);
        (least.limits.stopBps, least.limits.minInterval) = (5_000, 1 days);
        hub.createStrategy(least);
    }

    function test_vaults_open_as_they_should() public {
        vm.expectRevert(abi.encodeWithSelector(IHubLog.UnknownStrategy.selector, 1));
        hub.openVault(1, none, 10e6, 1, address(0));
        lead(offer());
        fund(followers[0], 100e6);
        vm.startPrank(followers[0]);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BelowMinimumDeposit.selector, 10e6 - 1, 10e6));
        hub.openVault(strategyId, none, 10e6 - 1, 1, address(0));
        vm.expectRevert(abi.encodeWithSelector(IHubLog.StaleTerms.selector, 1));
        hub.openVault(strategyId, none, 10e6, 2, address(0));
        vm.expectEmit();
        emit IHubLog.VaultOpened(2, strategyId, followers[0], 0, 0, 1, stranger);
        uint32 vault = hub.openVault(strategyId, none, 10e6, 1, stranger);
        assertEq(hub.referrerOf(vault), stranger);
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.allocate(vault, 0);
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.deallocate(vault, address(usdc), 0);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.TokenNotAllowed.selector, stranger));
        hub.deallocate(vault, stranger, 1);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InsufficientBalance.selector, 10e6, 10e6 + 1));
        hub.deallocate(vault, address(usdc), 10e6 + 1);
        vm.expectEmit();
        emit IHubLog.Deallocated(vault, followers[0], address(usdc), 10e6);
        hub.deallocate(vault, address(usdc), type(uint256).max);
        hub.leaveStrategy(vault);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.BadStatus.selector, VaultStatus.Left));
        hub.allocate(vault, 1);
        vm.stopPrank();
        vm.expectRevert(IHubLog.NotVaultOwner.selector);
        hub.deallocate(vault, address(usdc), 1);
    }

    // ------------------------------------------------------------------ accounts

    function test_deposits_and_withdrawals_are_exact_and_said() public {
        usdc.mint(stranger, 100);
        vm.startPrank(stranger);
        usdc.approve(address(hub), 100);
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.deposit(address(usdc), 0, stranger);
        vm.expectRevert(IHubLog.ZeroAddress.selector);
        hub.deposit(address(usdc), 1, address(0));
        vm.expectEmit();
        emit IHubLog.Deposited(keeper, address(usdc), 60, stranger);
        hub.deposit(address(usdc), 60, keeper);
        hub.deposit(address(usdc), 40, keeper);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InsufficientBalance.selector, 0, 1));
        hub.withdraw(address(usdc), 1, stranger);
        vm.stopPrank();
        assertEq(hub.accountBalance(keeper, address(usdc)), 100);
        vm.startPrank(keeper);
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.withdraw(address(usdc), 0, keeper);
        vm.expectRevert(IHubLog.ZeroAddress.selector);
        hub.withdraw(address(usdc), 1, address(0));
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        hub.claimFees(address(usdc));
        vm.expectEmit();
        emit IHubLog.Withdrawn(keeper, address(usdc), 70, stranger);
        hub.withdraw(address(usdc), 70, stranger);
        vm.stopPrank();
        assertEq(hub.accountBalance(keeper, address(usdc)), 30);
        assertEq(usdc.balanceOf(stranger), 70);
    }

    function test_fees_are_claimed_into_the_account() public {
        StrategyParams memory params = offer();
        params.terms.copyBps = 100;
        lead(params);
        follow(0, HELD, none);
        trade(usdc, weth, ALL);
        vm.expectEmit();
        emit IHubLog.FeesClaimed(leader, address(usdc), HELD / 100);
        vm.prank(leader);
        assertEq(hub.claimFees(address(usdc)), HELD / 100);
        assertEq(hub.accountBalance(leader, address(usdc)), HELD / 100);
        assertEq(fees(leader, usdc), 0);
    }

    function test_tokens_that_move_another_amount_are_refused() public {
        FeeToken token = new FeeToken();
        oracle.setFeed(address(token), address(feedOf[usdc]), 1 hours);
        hub.listToken(address(token));
        token.mint(address(this), 1_000);
        token.approve(address(hub), 1_000);
        hub.deposit(address(token), 500, address(this));
        token.setFee(100, false);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InexactTransfer.selector, address(token), 100, 99));
        hub.deposit(address(token), 100, address(this));
        token.setFee(100, true);
        vm.expectRevert(abi.encodeWithSelector(IHubLog.InexactTransfer.selector, address(token), 100, 101));
        hub.withdraw(address(token), 100, stranger);
        FalseReturningToken liar = new FalseReturningToken();
        oracle.setFeed(address(liar), address(feedOf[usdc]), 1 hours);
        hub.listToken(address(liar));
        vm.expectRevert();
        hub.deposit(address(liar), 1, address(this));
    }

    // ------------------------------------------------------------------ parts

    function test_parts_that_lack_something_are_refused() public {
        Hub whole = Hub(payable(address(hub)));
        address keepers = whole.keepers();
        vm.expectRevert(IHubLog.ZeroAddress.selector);
        new Hub(address(this), address(0), keepers);
        vm.expectRevert(IHubLog.ZeroAddress.selector);
        new HubOffers(address(0), 3, 500, 1 days);
        vm.expectRevert(IHubLog.ZeroAmount.selector);
        new HubOffers(address(oracle), 0, 500, 1 days);
        address extension = whole.extension();
        assertEq(HubKeepers(keepers).extension(), extension);
        HubOffers offers = HubOffers(HubExtension(payable(extension)).offers());
        assertEq(offers.owner(), address(offers));
        assertEq(HubKeepers(keepers).owner(), keepers);
        assertEq(HubKeepers(keepers).wrappedNative(), address(0));
        assertEq(whole.owner(), address(this));
        assertEq(whole.MAX_KEEPER_FEE_BPS(), 20);
    }

    function _duplicate(address token) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IHubLog.DuplicateToken.selector, token);
    }

    function _newToken() private returns (TestnetToken token) {
        token = new TestnetToken("Another", "ANO", 18, address(this));
        oracle.setFeed(address(token), address(feedOf[weth]), 1 hours);
    }
}
