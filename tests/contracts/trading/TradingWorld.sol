// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IHubLog} from "../../../contracts/interfaces/IHubLog.sol";
import {
    CloseParams,
    Order,
    OrderKind,
    Policy,
    Reason,
    StrategyParams,
    TradeParams
} from "../../../contracts/interfaces/Types.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {UniswapV3Venue} from "../../../contracts/venues/UniswapV3Venue.sol";
import {World} from "../support/World.sol";
import {PlainVenue} from "./PlainVenue.sol";

/// @notice A leader with 10,000 USDC, and what a trade did to whom. Trades are at the oracle's exact price unless a test
/// asks for Uniswap's pools. Each call is a transaction of its own.
abstract contract TradingWorld is World {
    /// @notice What the last trade said of a vault.
    struct Told {
        uint256 trade;
        bool copied;
        Reason reason;
        uint256 amountIn;
        uint256 fee;
        uint256 amountOut;
    }

    /// @notice The last `BatchCleared`.
    struct Cleared {
        address tokenIn;
        address tokenOut;
        uint32 cursor;
        uint64 portion;
        uint256 amountIn;
        uint256 dustIn;
        uint256 amountOut;
        uint256 dust;
        uint256 copyFees;
        uint256 keeperFee;
        address keeper;
        uint256 oracleOut;
    }

    uint256 internal constant STAKE = 10_000e6;
    uint256 internal constant HELD = 1_000e6;
    uint40 internal constant FOREVER = type(uint40).max;
    /// @dev Units of WETH that a unit of USDC is worth.
    uint256 internal constant WETH_A_UNIT = 4e8;

    uint256 internal leaderKey;
    address internal leader;
    address internal keeper = makeAddr("keeper");
    address internal stranger = makeAddr("stranger");
    address[5] internal followers;
    PlainVenue internal plain;
    uint32 internal strategyId;
    uint32 internal leaderVault;

    Cleared internal cleared;
    uint32[] internal order;
    uint256 internal statuses;
    bool internal completed;
    uint256 private _trades;
    mapping(uint32 vaultId => Told) private _told;

    function setUp() public virtual {
        deployWorld(3);
        (leader, leaderKey) = makeAddrAndKey("leader");
        for (uint256 i; i < 5; ++i) {
            followers[i] = makeAddr(string.concat("follower ", vm.toString(i)));
        }
        _openPlainPools();
    }

    /// @dev Lists everything in a hub that has taken the first one's place.
    function relist() internal {
        venue = new UniswapV3Venue(address(hub), address(factory), WINDOW);
        hub.listToken(address(usdc));
        hub.listToken(address(weth));
        hub.listToken(address(wbtc));
        hub.listPool(usdcWeth, address(venue));
        hub.listPool(usdcWbtc, address(venue));
        hub.listPool(wethWbtc, address(venue));
        _openPlainPools();
    }

    /// @dev On all six pools: Uniswap's and the exact ones.
    function offer() internal view returns (StrategyParams memory params) {
        params = strategyParams(0);
        address[] memory pools = new address[](6);
        (pools[0], pools[1], pools[2]) = (usdcWeth, usdcWbtc, wethWbtc);
        pools[3] = plainPool(address(usdc), address(weth));
        pools[4] = plainPool(address(usdc), address(wbtc));
        pools[5] = plainPool(address(weth), address(wbtc));
        params.pools = pools;
    }

    function lead(StrategyParams memory params) internal {
        (strategyId, leaderVault) = openStrategy(leader, params, STAKE);
    }

    function follow(uint256 who, uint256 amount, Policy memory policy) internal returns (uint32 vaultId) {
        fund(followers[who], amount * 4);
        uint16 terms = hub.strategyOf(strategyId).termsVersion;
        vm.prank(followers[who]);
        return hub.openVault(strategyId, policy, amount, terms, address(0));
    }

    function plainPool(address a, address b) internal pure returns (address) {
        (address low, address high) = a < b ? (a, b) : (b, a);
        return address(uint160(uint256(keccak256(abi.encode(low, high)))));
    }

    function terms(TestnetToken sold, TestnetToken bought, uint64 portion) internal view returns (TradeParams memory) {
        address pool = plainPool(address(sold), address(bought));
        return TradeParams(strategyId, pool, address(sold), address(bought), portion, 0, FOREVER);
    }

    function trade(TestnetToken sold, TestnetToken bought, uint64 portion) internal {
        trade(terms(sold, bought, portion));
    }

    function trade(TradeParams memory params) internal {
        vm.recordLogs();
        vm.prank(leader);
        hub.trade(params);
        listen();
    }

    function refuse(TradeParams memory params, bytes memory why) internal {
        vm.prank(leader);
        vm.expectRevert(why);
        hub.trade(params);
    }

    function refuse(TestnetToken sold, TestnetToken bought, uint64 portion, bytes memory why) internal {
        refuse(terms(sold, bought, portion), why);
    }

    /// @dev With an expectation of slippage, in one transaction.
    function tradeExpecting(uint16 bps, TradeParams memory params, bytes memory why) internal {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(hub.expectSlippage, (bps));
        calls[1] = abi.encodeCall(hub.trade, (params));
        vm.recordLogs();
        vm.prank(leader);
        if (why.length != 0) vm.expectRevert(why);
        Multicall(address(hub)).multicall(calls);
        if (why.length == 0) listen();
    }

    function goOn(uint32 visits) internal returns (uint32 visited) {
        vm.recordLogs();
        vm.prank(keeper);
        visited = hub.continueTrade(strategyId, visits);
        listen();
    }

    function close(TestnetToken sold, uint32[] memory vaults) internal {
        CloseParams memory params =
            CloseParams(strategyId, plainPool(address(sold), address(usdc)), address(sold), vaults);
        vm.recordLogs();
        vm.prank(keeper);
        hub.closeVaults(params);
        listen();
    }

    function close(TestnetToken sold, uint32 vault) internal {
        close(sold, one(vault));
    }

    function refuseClose(TestnetToken sold, uint32[] memory vaults, bytes memory why) internal {
        CloseParams memory params =
            CloseParams(strategyId, plainPool(address(sold), address(usdc)), address(sold), vaults);
        vm.prank(keeper);
        vm.expectRevert(why);
        hub.closeVaults(params);
    }

    function one(uint32 vault) internal pure returns (uint32[] memory vaults) {
        vaults = new uint32[](1);
        vaults[0] = vault;
    }

    function two(uint32 first, uint32 second) internal pure returns (uint32[] memory vaults) {
        vaults = new uint32[](2);
        (vaults[0], vaults[1]) = (first, second);
    }

    function marketOrder(TradeParams memory params, uint256 nonce) internal pure returns (Order memory) {
        return Order(params, OrderKind.Market, 1e18, 0, nonce);
    }

    function sign(Order memory what) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(leaderKey, hub.orderDigest(what));
        return abi.encodePacked(r, s, v);
    }

    function carry(Order memory what) internal {
        bytes memory signature = sign(what);
        vm.recordLogs();
        vm.prank(keeper);
        hub.executeOrder(what, signature);
        listen();
    }

    function refuseOrder(Order memory what, bytes memory why) internal {
        bytes memory signature = sign(what);
        vm.prank(keeper);
        vm.expectRevert(why);
        hub.executeOrder(what, signature);
    }

    function setPrice(TestnetToken token, uint256 price) internal {
        feedOf[token].post(int256(price));
    }

    /// @dev All feeds are dated now. Not by `block.timestamp`: the compiler takes it for a constant.
    function pass(uint256 duration) internal {
        warpTo(vm.getBlockTimestamp() + duration);
    }

    function warpTo(uint256 time) internal {
        vm.warp(time);
        refresh(usdc);
        refresh(weth);
        refresh(wbtc);
    }

    function refresh(TestnetToken token) internal {
        (, int256 answer,,,) = feedOf[token].latestRoundData();
        feedOf[token].post(answer);
    }

    function inVault(uint32 vaultId, TestnetToken token) internal view returns (uint256) {
        return hub.vaultBalance(vaultId, address(token));
    }

    function fees(address who, TestnetToken token) internal view returns (uint256) {
        return hub.feeBalance(who, address(token));
    }

    function told(uint32 vaultId) internal view returns (Told memory empty) {
        return _told[vaultId].trade == _trades ? _told[vaultId] : empty;
    }

    /// @dev Copied in full or, by `reason`, in part.
    function assertCopied(uint32 vaultId, uint256 amountIn, Reason reason) internal view {
        Told memory what = told(vaultId);
        assertTrue(what.copied, "copied");
        assertEq(what.amountIn, amountIn, "amount in");
        assertEq(uint8(what.reason), uint8(reason), "reduced by");
    }

    function assertSkipped(uint32 vaultId, Reason reason) internal view {
        Told memory what = told(vaultId);
        assertFalse(what.copied, "skipped");
        assertEq(what.trade, _trades, "visited");
        assertEq(uint8(what.reason), uint8(reason), "reason");
    }

    function listen() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        ++_trades;
        delete order;
        delete cleared;
        (statuses, completed) = (0, false);
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(hub)) continue;
            bytes32 topic = logs[i].topics[0];
            if (topic == IHubLog.TradeCopied.selector) _hearCopy(logs[i]);
            if (topic == IHubLog.CopySkipped.selector) _hearSkip(logs[i]);
            if (topic == IHubLog.BatchCleared.selector) cleared = abi.decode(logs[i].data, (Cleared));
            if (topic == IHubLog.VaultStatusSet.selector) ++statuses;
            if (topic == IHubLog.TradeCompleted.selector) completed = true;
        }
    }

    function _hearCopy(Vm.Log memory log) private {
        uint32 vaultId = uint32(uint256(log.topics[2]));
        (, uint256 amountIn, uint256 fee, uint256 amountOut, Reason reason) =
            abi.decode(log.data, (uint32, uint256, uint256, uint256, Reason));
        _told[vaultId] = Told(_trades, true, reason, amountIn, fee, amountOut);
        order.push(vaultId);
    }

    function _hearSkip(Vm.Log memory log) private {
        uint32 vaultId = uint32(uint256(log.topics[2]));
        (, Reason reason) = abi.decode(log.data, (uint32, Reason));
        _told[vaultId] = Told(_trades, false, reason, 0, 0, 0);
        order.push(vaultId);
    }

    function _openPlainPools() private {
        plain = new PlainVenue(address(hub), address(oracle));
        _addPool(usdc, weth);
        _addPool(usdc, wbtc);
        _addPool(weth, wbtc);
        usdc.mint(address(plain), 1e18);
        weth.mint(address(plain), 1e27);
        wbtc.mint(address(plain), 1e16);
    }

    function _addPool(TestnetToken a, TestnetToken b) private {
        address pool = plainPool(address(a), address(b));
        plain.addPool(pool, address(a), address(b));
        hub.listPool(pool, address(plain));
    }
}
