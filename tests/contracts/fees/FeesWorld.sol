// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {HubExtension} from "../../../contracts/core/HubExtension.sol";
import {HubOffers} from "../../../contracts/core/HubOffers.sol";
import {IHubExtension} from "../../../contracts/interfaces/IHubExtension.sol";
import {IHubOffers} from "../../../contracts/interfaces/IHubOffers.sol";
import {FeeTerms, Policy, StrategyLimits, StrategyParams} from "../../../contracts/interfaces/Types.sol";
import {ChainlinkOracle} from "../../../contracts/oracles/ChainlinkOracle.sol";
import {TestnetFeed} from "../../../contracts/testnet/TestnetFeed.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {Bench} from "./Bench.sol";

/// @notice The bookkeeping on real feeds: USDC is the base token, WETH begins at 1,000 USDC and WBTC at 10,000.
abstract contract FeesWorld is Test {
    uint40 internal constant LISTING_DELAY = 2 days;
    uint256 internal constant START = 1_700_000_000;
    uint256 internal constant WETH_PRICE = 1_000e8;
    uint256 internal constant WBTC_PRICE = 10_000e8;
    uint256 internal constant DEPOSIT = 1_000e6;

    address internal treasury = makeAddr("treasury");
    address internal leader = makeAddr("leader");
    address internal follower = makeAddr("follower");
    address internal referrer = makeAddr("referrer");
    address internal anybody = makeAddr("anybody");

    IHubExtension internal hub;
    IHubOffers internal offers;
    Bench internal bench;
    address[2] internal parts;
    ChainlinkOracle internal oracle;
    TestnetToken internal usdc;
    TestnetToken internal weth;
    TestnetToken internal wbtc;
    mapping(TestnetToken token => TestnetFeed) internal feedOf;
    TestnetToken[3] internal tokens;

    uint32 internal strategyId;
    uint32 internal leaderVault;

    function setUp() public virtual {
        vm.warp(START);
        oracle = new ChainlinkOracle(address(this), address(0), 0);
        HubOffers seldom = new HubOffers(address(oracle), 100, 500, LISTING_DELAY);
        HubExtension extension = new HubExtension(address(seldom));
        parts = [address(extension), address(seldom)];
        // By its artifact, so that a mutant of what the parts share is in all of them.
        bytes memory with = abi.encode(address(this), treasury, address(extension));
        bench = Bench(payable(vm.deployCode("Bench.sol:Bench", with)));
        hub = IHubExtension(address(bench));
        offers = IHubOffers(address(bench));
        usdc = _list("USD Coin", "USDC", 6, 1e8);
        weth = _list("Wrapped Ether", "WETH", 18, int256(WETH_PRICE));
        wbtc = _list("Wrapped Bitcoin", "WBTC", 8, int256(WBTC_PRICE));
        tokens = [usdc, weth, wbtc];
    }

    /// @dev 20% of gains, as value leaves, and nothing else.
    function plainTerms() internal pure returns (FeeTerms memory terms) {
        terms.performanceBps = 2_000;
    }

    function limits() internal pure returns (StrategyLimits memory) {
        return StrategyLimits({
            lossBudgetBps: 100,
            maxDrawdownBps: 1_500,
            maxTokenBps: 10_000,
            maxExposureBps: 10_000,
            maxImpactBps: 100,
            stopBps: 500,
            minInterval: 0,
            maxRoundTrips: 20,
            minStake: 100e6
        });
    }

    function strategyParams(FeeTerms memory terms) internal view returns (StrategyParams memory params) {
        params.baseToken = address(usdc);
        params.tokens = new address[](2);
        (params.tokens[0], params.tokens[1]) = (address(weth), address(wbtc));
        params.terms = terms;
        params.limits = limits();
        params.maxSlippageBps = 300;
        params.maxDriftBps = 100;
        params.copyWindow = 10 minutes;
        params.minDeposit = 100e6;
        params.name = "Test strategy";
    }

    function openStrategy(FeeTerms memory terms) internal {
        vm.prank(leader);
        (strategyId, leaderVault) = offers.createStrategy(strategyParams(terms));
    }

    /// @dev Into the account; by default a follower has as much again beside it, and half of it may be with one leader.
    function fund(address owner, uint256 amount) internal {
        usdc.mint(owner, amount);
        vm.startPrank(owner);
        usdc.approve(address(hub), amount);
        hub.deposit(address(usdc), amount, owner);
        vm.stopPrank();
    }

    function openVault(uint256 amount) internal returns (uint32 vaultId) {
        fund(follower, 2 * amount);
        uint16 version = offers.strategyOf(strategyId).termsVersion;
        Policy memory policy;
        vm.startPrank(follower);
        hub.setLeaderCap(5_000);
        vaultId = hub.openVault(strategyId, policy, amount, version, address(0));
        vm.stopPrank();
    }

    function allocate(uint32 vaultId, uint256 amount) internal {
        fund(follower, 2 * amount);
        vm.prank(follower);
        hub.allocate(vaultId, amount);
    }

    function deallocate(uint32 vaultId, TestnetToken token, uint256 amount) internal returns (uint256 paid) {
        uint256 before = inAccount(follower, token);
        vm.prank(follower);
        hub.deallocate(vaultId, address(token), amount);
        return inAccount(follower, token) - before;
    }

    /// @return paid By token.
    function exitAll(uint32 vaultId) internal returns (uint256[3] memory paid) {
        address[] memory all = new address[](3);
        for (uint256 i; i < 3; ++i) {
            all[i] = address(tokens[i]);
            paid[i] = tokens[i].balanceOf(follower);
        }
        vm.prank(follower);
        hub.exit(vaultId, all, follower);
        for (uint256 i; i < 3; ++i) {
            paid[i] = tokens[i].balanceOf(follower) - paid[i];
        }
    }

    /// @dev Spends `amountIn` base token units of the vault on `token`, at the oracle's price.
    function buy(uint32 vaultId, TestnetToken token, uint256 amountIn) internal returns (uint256 amountOut) {
        amountOut = oracle.quote(address(usdc), address(token), amountIn);
        deal(address(usdc), address(hub), usdc.balanceOf(address(hub)) - amountIn);
        token.mint(address(hub), amountOut);
        bench.swap(vaultId, 0, amountIn, token == weth ? 1 : 2, amountOut);
    }

    /// @dev Price in whole dollars; dated now, as every other feed is again.
    function setPrice(TestnetToken token, uint256 dollars) internal {
        feedOf[token].post(int256(dollars * 1e8));
        refresh();
    }

    function refresh() internal {
        for (uint256 i; i < 3; ++i) {
            (, int256 answer,,,) = feedOf[tokens[i]].latestRoundData();
            feedOf[tokens[i]].post(answer);
        }
    }

    /// @dev Time passes, and the feeds go on. Not by `block.timestamp`: the compiler takes it for a constant.
    function pass(uint256 duration) internal {
        vm.warp(vm.getBlockTimestamp() + duration);
        refresh();
    }

    function killFeed(TestnetToken token) internal {
        feedOf[token].post(0);
    }

    function inAccount(address owner, TestnetToken token) internal view returns (uint256) {
        return offers.accountBalance(owner, address(token));
    }

    function fees(address recipient, TestnetToken token) internal view returns (uint256) {
        return offers.feeBalance(recipient, address(token));
    }

    function inVault(uint32 vaultId, TestnetToken token) internal view returns (uint256) {
        return offers.vaultBalance(vaultId, address(token));
    }

    function markOf(uint32 vaultId) internal view returns (uint256) {
        return offers.marksOf(vaultId).mark;
    }

    function investedIn(uint32 vaultId) internal view returns (uint256) {
        return offers.marksOf(vaultId).invested;
    }

    /// @dev The hub holds exactly what it owes: vaults, accounts, fees and what is held back.
    function assertSolvent() internal view {
        for (uint256 i; i < 3; ++i) {
            TestnetToken token = tokens[i];
            uint256 owed = inAccount(follower, token) + inAccount(leader, token) + fees(leader, token)
                + fees(treasury, token) + fees(referrer, token);
            for (uint32 vaultId = 1; vaultId <= offers.vaultCount(); ++vaultId) {
                (, uint256 held) = offers.escrowOf(vaultId, i);
                owed += inVault(vaultId, token) + held;
            }
            assertEq(token.balanceOf(address(hub)), owed, "solvency");
        }
    }

    function _list(string memory name, string memory symbol, uint8 decimals, int256 price)
        private
        returns (TestnetToken token)
    {
        token = new TestnetToken(name, symbol, decimals, address(this));
        TestnetFeed feed = new TestnetFeed(8, string.concat(symbol, " / USD"), address(this));
        feed.post(price);
        feedOf[token] = feed;
        oracle.setFeed(address(token), address(feed), 1 hours);
        offers.listToken(address(token));
    }
}
