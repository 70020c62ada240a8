// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {Hub} from "../../../contracts/core/Hub.sol";
import {IHub, Policy, Strategy, StrategyParams, TradeParams} from "../../../contracts/interfaces/IHub.sol";
import {TestnetFeed} from "../../../contracts/testnet/TestnetFeed.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {World} from "../support/World.sol";
import {Books} from "./Books.sol";

/// @notice Calls every external function of the hub as one of a few people, with arguments near what can succeed,
/// while prices and time move. The hub may refuse with an error of its own; a panic or an empty revert is a bug.
contract Handler is World {
    Books public books = new Books();
    address[] public actors;
    address[] public tokens;
    mapping(address token => uint256) public donated;
    string[] public actions;
    mapping(string action => uint256) public successes;
    mapping(string action => uint256) public attempts;
    uint256 public unexplainedReverts;
    uint256 public trespasses;

    /// @dev Not in the constructor: Uniswap calls back, and a contract under construction has no code to answer.
    function start(uint32 batchSize) external {
        vm.recordLogs();
        deployWorld(batchSize);
        tokens = [address(usdc), address(weth), address(wbtc)];
        for (uint256 i; i < 6; ++i) {
            actors.push(vm.addr(1_000 + i));
        }
        for (uint256 i; i < 2; ++i) {
            (uint32 strategyId,) = openStrategy(actors[i], i == 0 ? 0 : 30, 20_000e6);
            for (uint256 j = 2; j < actors.length; ++j) {
                openVault(actors[j], strategyId, 1_000e6 * j);
                openVault(actors[j], strategyId, 10e6 * j + j);
            }
        }
        // After the funding, which leaves no allowance behind.
        for (uint256 i; i < actors.length; ++i) {
            for (uint256 t; t < tokens.length; ++t) {
                vm.prank(actors[i]);
                IERC20(tokens[t]).approve(address(hub), type(uint256).max);
            }
        }
        books.post(vm.getRecordedLogs(), address(hub));
    }

    function theHub() external view returns (Hub) {
        return hub;
    }

    function firstTreasury() external view returns (address) {
        return treasury;
    }

    function actionCount() external view returns (uint256) {
        return actions.length;
    }

    function actorCount() external view returns (uint256) {
        return actors.length;
    }

    // ------------------------------------------------------------------ accounts

    function deposit(uint256 actorSeed, uint256 tokenSeed, uint256 amount) external {
        address actor = _actor(actorSeed);
        TestnetToken token = TestnetToken(_token(tokenSeed));
        amount = bound(amount, 0, 1_000 * 10 ** token.decimals());
        token.mint(actor, amount);
        _act("deposit", actor, abi.encodeCall(IHub.deposit, (address(token), amount, _actor(actorSeed >> 8))));
    }

    function withdraw(uint256 actorSeed, uint256 tokenSeed, uint256 amount) external {
        (address actor, address token) = (_actor(actorSeed), _token(tokenSeed));
        amount = bound(amount, 0, hub.accountBalance(actor, token) + 1);
        _act("withdraw", actor, abi.encodeCall(IHub.withdraw, (token, amount, _actor(actorSeed >> 8))));
    }

    function claimFees(uint256 actorSeed, uint256 tokenSeed) external {
        address actor = actorSeed % 4 == 0 ? hub.treasury() : _actor(actorSeed % 2);
        _act("claimFees", actor, abi.encodeCall(IHub.claimFees, (_token(tokenSeed))));
    }

    // ------------------------------------------------------------------ followers

    function openVault(uint256 actorSeed, uint256 strategySeed, uint256 amount, uint256 policySeed) external {
        (address actor, uint32 strategyId) = (_actor(actorSeed), _strategy(strategySeed));
        amount = bound(amount, 0, hub.accountBalance(actor, address(usdc)));
        if (hub.strategyOf(strategyId).memberCount > 20) return;
        _act("openVault", actor, abi.encodeCall(IHub.openVault, (strategyId, _policy(policySeed), amount)));
    }

    function allocate(uint256 vaultSeed, uint256 amount) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        amount = bound(amount, 0, hub.accountBalance(owner, address(usdc)));
        _act("allocate", owner, abi.encodeCall(IHub.allocate, (vaultId, amount)));
    }

    function deallocate(uint256 vaultSeed, uint256 tokenSeed, uint256 amount) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        address token = _token(tokenSeed);
        amount = bound(amount, 0, hub.vaultBalance(vaultId, token) / 4 + 1);
        _act("deallocate", owner, abi.encodeCall(IHub.deallocate, (vaultId, token, amount)));
    }

    function exit(uint256 vaultSeed, uint256 tokenSeed) external {
        if (vaultSeed % 8 != 0) return; // leaving for good is rarer than staying
        (uint32 vaultId, address owner) = _vault(vaultSeed >> 3);
        address[] memory chosen = new address[](tokenSeed % 4);
        for (uint256 i; i < chosen.length; ++i) {
            chosen[i] = tokens[i];
        }
        _act("exit", owner, abi.encodeCall(IHub.exit, (vaultId, chosen, owner)));
    }

    function leaveStrategy(uint256 vaultSeed) external {
        if (vaultSeed % 8 != 0) return;
        (uint32 vaultId, address owner) = _vault(vaultSeed >> 3);
        _act("leaveStrategy", owner, abi.encodeCall(IHub.leaveStrategy, (vaultId)));
    }

    function setPolicy(uint256 vaultSeed, uint256 policySeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("setPolicy", owner, abi.encodeCall(IHub.setPolicy, (vaultId, _policy(policySeed))));
    }

    function pause(uint256 vaultSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("pause", owner, abi.encodeCall(IHub.pause, (vaultId)));
    }

    function resume(uint256 vaultSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("resume", owner, abi.encodeCall(IHub.resume, (vaultId)));
    }

    /// @dev Somebody calls for a vault that is not theirs; only its owner may move anything.
    function touchForeignVault(uint256 vaultSeed, uint256 actorSeed, uint256 tokenSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        address thief = _actor(actorSeed);
        if (thief == owner) return;
        address[] memory all = tokens;
        vm.startPrank(thief);
        _refuse(abi.encodeCall(IHub.exit, (vaultId, all, thief)));
        _refuse(abi.encodeCall(IHub.deallocate, (vaultId, _token(tokenSeed), 1)));
        _refuse(abi.encodeCall(IHub.leaveStrategy, (vaultId)));
        _refuse(abi.encodeCall(IHub.setPolicy, (vaultId, Policy(0, 0))));
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ leaders and keepers

    function createStrategy(uint256 actorSeed, uint16 copyFeeBps) external {
        if (hub.strategyCount() >= 4) return;
        StrategyParams memory params = strategyParams(uint16(bound(copyFeeBps, 0, 110)));
        _act("createStrategy", _actor(actorSeed), abi.encodeCall(IHub.createStrategy, (params)));
    }

    function trade(uint256 strategySeed, uint256 tokenSeed, uint256 portion, uint256 allSeed) external {
        uint32 strategyId = _strategy(strategySeed);
        Strategy memory strategy = hub.strategyOf(strategyId);
        address tokenIn = _token(tokenSeed);
        address tokenOut = tokens[(tokenSeed % 3 + 1 + (tokenSeed >> 8) % 2) % 3];
        TradeParams memory params = tradeParams(strategyId, tokenIn, tokenOut, uint64(bound(portion, 0, ALL)));
        if (allSeed % 4 == 0) params.portion = ALL;
        _act("trade", strategy.leader, abi.encodeCall(IHub.trade, (params)));
    }

    function continueTrade(uint256 actorSeed, uint256 strategySeed, uint32 visits) external {
        bytes memory data = abi.encodeCall(IHub.continueTrade, (_strategy(strategySeed), uint32(bound(visits, 0, 9))));
        _act("continueTrade", _actor(actorSeed), data);
    }

    function prune(uint256 actorSeed, uint256 strategySeed, uint256 positionSeed) external {
        uint32 strategyId = _strategy(strategySeed);
        uint32 count = hub.strategyOf(strategyId).memberCount;
        uint32 position = count == 0 ? 0 : uint32(positionSeed % count);
        for (uint32 i; i < count; ++i) {
            if (hub.memberAt(strategyId, i) == 0) position = i;
        }
        _act("prune", _actor(actorSeed), abi.encodeCall(IHub.prune, (strategyId, position)));
    }

    function multicall(uint256 actorSeed, uint256 strategySeed, uint256 amount) external {
        address actor = _actor(actorSeed);
        amount = bound(amount, 0, 500e6);
        usdc.mint(actor, amount);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IHub.deposit, (address(usdc), amount, actor));
        calls[1] = abi.encodeCall(IHub.openVault, (_strategy(strategySeed), Policy(0, 0), amount));
        if (hub.strategyOf(_strategy(strategySeed)).memberCount > 20) return;
        _act("multicall", actor, abi.encodeCall(Multicall.multicall, (calls)));
    }

    // ------------------------------------------------------------------ owner

    function setTreasury(uint256 actorSeed) external {
        _act("setTreasury", address(this), abi.encodeCall(IHub.setTreasury, (_actor(actorSeed))));
    }

    function listToken(uint256 seed) external {
        address token = seed % 2 == 0 ? _token(seed) : vm.addr(bound(seed, 1, 1e9));
        _act("listToken", address(this), abi.encodeCall(IHub.listToken, (token)));
    }

    /// @dev All three genuine pools are listed; another listing, or a false pool, must be refused.
    function listPool(uint256 seed) external {
        address pool = seed % 2 == 0 ? usdcWeth : _token(seed);
        _refuse(abi.encodeCall(IHub.listPool, (pool, address(venue))));
    }

    function handOver(uint256 actorSeed) external {
        address next = _actor(actorSeed);
        _act("transferOwnership", hub.owner(), abi.encodeCall(Ownable.transferOwnership, (next)));
        _act("acceptOwnership", next, abi.encodeCall(Ownable2Step.acceptOwnership, ()));
        _act("transferOwnership", next, abi.encodeCall(Ownable.transferOwnership, (address(this))));
        _act("acceptOwnership", address(this), abi.encodeCall(Ownable2Step.acceptOwnership, ()));
    }

    function actAsOwnerWithoutBeing(uint256 actorSeed) external {
        vm.startPrank(_actor(actorSeed));
        _refuse(abi.encodeCall(IHub.listToken, (address(1))));
        _refuse(abi.encodeCall(IHub.setTreasury, (address(1))));
        _refuse(abi.encodeCall(IHub.listPool, (usdcWeth, address(1))));
        _refuse(abi.encodeCall(Ownable.renounceOwnership, ()));
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ the world

    function movePrice(uint256 poolSeed, bool up, uint256 amount) external {
        address pool = poolSeed % 2 == 0 ? usdcWeth : usdcWbtc;
        amount = bound(amount, 1e6, 300_000e6);
        bool usdcIsZero = IUniswapV3Pool(pool).token0() == address(usdc);
        if (up) swapInPool(pool, usdcIsZero, amount);
        else swapInPool(pool, !usdcIsZero, pool == usdcWeth ? amount * 4e8 : amount / 500);
        _postPrice(pool, usdcIsZero);
    }

    function passTime(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 8 minutes));
        for (uint256 i; i < tokens.length; ++i) {
            TestnetFeed feed = feedOf[TestnetToken(tokens[i])];
            (, int256 answer,,,) = feed.latestRoundData();
            feed.post(answer);
        }
    }

    function donate(uint256 tokenSeed, uint256 amount) external {
        address token = _token(tokenSeed);
        amount = bound(amount, 1, 1e9);
        TestnetToken(token).mint(address(hub), amount);
        donated[token] += amount;
    }

    // ------------------------------------------------------------------ internals

    function _act(string memory action, address actor, bytes memory data) private {
        if (attempts[action]++ == 0) actions.push(action);
        vm.recordLogs();
        vm.prank(actor);
        (bool ok, bytes memory result) = address(hub).call(data);
        if (!ok) return _explain(result);
        ++successes[action];
        books.post(vm.getRecordedLogs(), address(hub));
    }

    function _refuse(bytes memory data) private {
        (bool ok, bytes memory result) = address(hub).call(data);
        if (ok) ++trespasses;
        else _explain(result);
    }

    /// @dev An error of ours or of a library has a selector; a panic and an empty revert have no explanation.
    function _explain(bytes memory result) private {
        if (result.length < 4 || bytes4(result) == bytes4(keccak256("Panic(uint256)"))) ++unexplainedReverts;
    }

    function _postPrice(address pool, bool usdcIsZero) private {
        (uint160 sqrtPriceX96,,,,,,) = IUniswapV3Pool(pool).slot0();
        uint256 priceX96 = Math.mulDiv(sqrtPriceX96, sqrtPriceX96, 1 << 96);
        uint256 unit = pool == usdcWeth ? 1e18 : 1e8;
        uint256 usd =
            usdcIsZero ? Math.mulDiv(unit * 100, 1 << 96, priceX96) : Math.mulDiv(unit * 100, priceX96, 1 << 96);
        feedOf[pool == usdcWeth ? weth : wbtc].post(int256(usd));
    }

    function _actor(uint256 seed) private view returns (address) {
        return actors[seed % actors.length];
    }

    function _token(uint256 seed) private view returns (address) {
        return tokens[seed % tokens.length];
    }

    function _strategy(uint256 seed) private view returns (uint32) {
        return uint32(seed % hub.strategyCount()) + 1;
    }

    function _vault(uint256 seed) private view returns (uint32 vaultId, address owner) {
        vaultId = uint32(seed % hub.vaultCount()) + 1;
        owner = hub.vaultOf(vaultId).owner;
    }

    function _policy(uint256 seed) private pure returns (Policy memory) {
        return Policy(uint128((seed % 3) * 50e6), uint128(((seed >> 8) % 3) * 200e6));
    }
}
