// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHubExtension} from "../../../contracts/interfaces/IHubExtension.sol";
import {IHubKeepers} from "../../../contracts/interfaces/IHubKeepers.sol";
import {IHubOffers} from "../../../contracts/interfaces/IHubOffers.sol";
import {IHubTrading} from "../../../contracts/interfaces/IHubTrading.sol";
import {
    CloseParams,
    FeeTerms,
    ManualParams,
    Order,
    StrategyParams,
    TradeParams
} from "../../../contracts/interfaces/Types.sol";
import {World} from "../support/World.sol";
import {Accomplice, IMenu, TellingToken} from "./Accomplice.sol";

/// @notice Forge replaces calls that the hub makes, and those that it causes, by calls of a hostile contract that asks
/// the hub for something else meanwhile.
/// @dev Isolated: each call is a transaction of its own, as the hub is strict about what happens within one.
/// forge-config: default.isolate = true
contract ReentrancyInvariants is World, IMenu {
    uint256 private constant COURSES = 26;
    uint256 private constant CONTINUE = 5;
    uint256 private constant EVICT = 24;
    uint32 private constant STRATEGY = 1;
    uint32 private constant LEADERS_VAULT = 1;
    Accomplice private accomplice;
    TellingToken private telling;

    function setUp() public {
        deployWorld(2);
        accomplice = new Accomplice(address(hub), oracle, this);
        telling = new TellingToken(accomplice);
        accomplice.trades(address(telling), address(usdc));
        oracle.setFeed(address(telling), address(feedOf[usdc]), 1 hours);
        hub.listToken(address(telling));
        hub.listPool(address(accomplice), address(accomplice));
        telling.mint(address(accomplice), 1e24);
        usdc.mint(address(accomplice), 1e24);
        _openStrategy();
        _live();
        targetContract(address(accomplice));
        bytes4[] memory actions = new bytes4[](1);
        actions[0] = Accomplice.act.selector;
        targetSelector(FuzzSelector(address(accomplice), actions));
        targetSender(address(accomplice));
    }

    /// @notice While the hub waits for a token or a venue, nothing that changes its books can be done, and it holds all
    /// that it owes.
    /// forge-config: default.invariant.call-override = true
    function invariant_nothing_can_be_done_while_the_hub_waits() public view {
        assertEq(accomplice.breaches(), 0, "the hub was entered");
        assertGe(telling.balanceOf(address(hub)), _owed(address(telling)), "telling token");
        assertGe(usdc.balanceOf(address(hub)), _owed(address(usdc)), "dollars");
    }

    /// @notice The campaign means something: in a full run the hub was asked while it waited.
    function afterInvariant() public view {
        if (accomplice.acts() > 200) assertGt(accomplice.reentries(), 0, "no call was replaced");
    }

    /// @notice The campaign means something: alone, each of the calls succeeds, but `evict`: nothing here is worth so
    /// little.
    function test_every_call_of_the_menu_succeeds_on_its_own() public {
        vm.startPrank(address(accomplice), address(accomplice));
        for (uint256 which; which < COURSES; ++which) {
            if (which == EVICT) continue;
            for (uint256 seed; seed < 16 && accomplice.successes(which) == 0; ++seed) {
                accomplice.act(CONTINUE, seed); // an open trade is in the way of the next
                accomplice.act(which, seed);
            }
            assertGt(accomplice.successes(which), 0, vm.toString(this.callOf(which, 0)));
        }
        assertEq(accomplice.reentries(), 0);
    }

    /// @inheritdoc IMenu
    /// @dev In an order in which each can succeed after those before it. `test_reentrancy_menu.py` compares it with what
    /// the hub guards.
    function callOf(uint256 which, uint256 seed) external view returns (bytes memory) {
        which %= COURSES;
        uint32 vaultId = uint32(1 + seed % hub.vaultCount());
        if (which < 9) return _moneyCall(which, seed, vaultId);
        return which < 17 ? _vaultCall(which, vaultId) : _feeCall(which, seed, vaultId);
    }

    function _moneyCall(uint256 which, uint256 seed, uint32 vaultId) private view returns (bytes memory) {
        address me = address(accomplice);
        if (which == 0) return abi.encodeCall(IHubExtension.deposit, (address(telling), 20e18, me));
        if (which == 1) {
            return abi.encodeCall(IHubExtension.depositWithPermit, (address(telling), 1e18, 0, 27, "", ""));
        }
        if (which == 2) return abi.encodeCall(IHubTrading.trade, (_sale(seed)));
        if (which == 3) return abi.encodeCall(IHubTrading.executeOrder, (_order(seed), ""));
        if (which == 4) return abi.encodeCall(IHubKeepers.manualTrade, (_own(seed, vaultId)));
        if (which == CONTINUE) return abi.encodeCall(IHubKeepers.continueTrade, (STRATEGY, 2));
        if (which == 6) return abi.encodeCall(IHubExtension.withdraw, (address(telling), 1e18, me));
        if (which == 7) return abi.encodeCall(IHubExtension.allocate, (vaultId, 1e18));
        return abi.encodeCall(IHubExtension.deallocate, (vaultId, address(telling), 1e15));
    }

    function _vaultCall(uint256 which, uint32 vaultId) private view returns (bytes memory) {
        if (which == 9) return abi.encodeCall(IHubExtension.pause, (vaultId));
        if (which == 10) return abi.encodeCall(IHubExtension.resume, (vaultId));
        if (which == 11) return abi.encodeCall(IHubExtension.setPolicy, (vaultId, hub.policyOf(0)));
        if (which == 12) {
            return abi.encodeCall(IHubExtension.openVault, (STRATEGY, hub.policyOf(0), 2e18, _version(), address(0)));
        }
        if (which == 13) return abi.encodeCall(IHubOffers.createStrategy, (_params()));
        if (which == 14) return abi.encodeCall(IHubExtension.prune, (STRATEGY, _hole()));
        if (which == 15) return abi.encodeCall(IHubExtension.requestExit, (vaultId));
        return abi.encodeCall(IHubKeepers.closeVaults, (_closing(vaultId)));
    }

    function _feeCall(uint256 which, uint256 seed, uint32 vaultId) private view returns (bytes memory) {
        if (which == 17) return abi.encodeCall(IHubExtension.claimFees, (address(telling)));
        if (which == 18) return abi.encodeCall(IHubExtension.settle, (vaultId));
        if (which == 19) return abi.encodeCall(IHubExtension.settleEscrow, (vaultId));
        if (which == 20) return abi.encodeCall(IHubOffers.applyTerms, (STRATEGY));
        if (which == 21) return abi.encodeCall(IHubOffers.proposeTerms, (STRATEGY, _terms(uint16(seed % 100))));
        if (which == 22) return abi.encodeCall(IHubExtension.acceptTerms, (vaultId, _version()));
        if (which == 23) return abi.encodeCall(IHubExtension.exit, (vaultId, _tokens(), address(accomplice)));
        if (which == EVICT) return abi.encodeCall(IHubExtension.evict, (vaultId));
        return abi.encodeCall(IHubExtension.leaveStrategy, (vaultId));
    }

    /// @dev A leader and four followers, so that a trade takes three batches, all of them the accomplice's.
    function _openStrategy() private {
        vm.startPrank(address(accomplice));
        hub.setLeaderCap(5_000);
        hub.deposit(address(telling), 2_000e18, address(accomplice));
        hub.createStrategy(_params());
        hub.allocate(LEADERS_VAULT, 100e18);
        for (uint256 i; i < 4; ++i) {
            hub.openVault(STRATEGY, hub.policyOf(0), 100e18, 1, address(0));
        }
        vm.stopPrank();
    }

    /// @dev Some of what the menu offers needs a past: a trade, a vault that left while it was open, an empty vault, one
    /// that took something out without a price, and terms that have waited.
    function _live() private {
        vm.startPrank(address(accomplice));
        hub.trade(_sale(0));
        hub.leaveStrategy(hub.vaultCount());
        while (hub.strategyOf(STRATEGY).fanoutOpen) {
            hub.continueTrade(STRATEGY, 2);
        }
        hub.exit(LEADERS_VAULT + 4, _tokens(), address(accomplice));
        hub.proposeTerms(STRATEGY, _terms(99));
        vm.warp(block.timestamp + LISTING_DELAY);
        hub.deallocate(LEADERS_VAULT + 1, address(usdc), 1e6);
        hub.deallocate(LEADERS_VAULT + 2, address(usdc), 1e6);
        vm.stopPrank();
        feedOf[usdc].post(1e8);
    }

    function _params() private view returns (StrategyParams memory params) {
        params = strategyParams(30);
        params.baseToken = address(telling);
        params.tokens = new address[](1);
        params.tokens[0] = address(usdc);
        params.pools = new address[](1);
        params.pools[0] = address(accomplice);
        params.terms = _terms(30);
        params.minDeposit = 1e18;
        params.limits.minStake = 1e18;
    }

    function _terms(uint16 copyBps) private pure returns (FeeTerms memory terms) {
        (terms.copyBps, terms.performanceBps, terms.managementBps) = (copyBps, 2_000, 200);
    }

    function _version() private view returns (uint16) {
        return hub.strategyOf(STRATEGY).termsVersion;
    }

    function _own(uint256 seed, uint32 vaultId) private view returns (ManualParams memory params) {
        TradeParams memory sale = _sale(seed);
        params = ManualParams(vaultId, sale.pool, sale.tokenIn, sale.tokenOut, 1e6, 0, sale.deadline);
    }

    function _closing(uint32 vaultId) private view returns (CloseParams memory params) {
        (params.strategyId, params.pool, params.tokenIn) = (STRATEGY, address(accomplice), address(usdc));
        params.vaultIds = new uint32[](1);
        params.vaultIds[0] = vaultId;
    }

    function _sale(uint256 seed) private view returns (TradeParams memory params) {
        (address tokenIn, address tokenOut) =
            seed % 2 == 0 ? (address(telling), address(usdc)) : (address(usdc), address(telling));
        params = tradeParams(STRATEGY, tokenIn, tokenOut, ALL / 10);
        params.pool = address(accomplice);
    }

    function _order(uint256 seed) private view returns (Order memory order) {
        order.trade = _sale(seed);
        order.minFill = ALL;
        order.nonce = seed % 1_024;
    }

    function _hole() private view returns (uint32 position) {
        while (hub.memberAt(STRATEGY, position) != 0) ++position;
    }

    function _tokens() private view returns (address[] memory tokens) {
        tokens = new address[](2);
        (tokens[0], tokens[1]) = (address(telling), address(usdc));
    }

    function _owed(address token) private view returns (uint256 sum) {
        for (uint32 vaultId = 1; vaultId <= hub.vaultCount(); ++vaultId) {
            sum += hub.vaultBalance(vaultId, token);
            (, uint256 held) = hub.escrowOf(vaultId, token == address(telling) ? 0 : 1);
            sum += held;
        }
        sum += hub.accountBalance(address(accomplice), token) + hub.feeBalance(address(accomplice), token);
        sum += hub.accountBalance(treasury, token) + hub.feeBalance(treasury, token);
    }
}
