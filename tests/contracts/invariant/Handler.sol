// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IUniswapV3Pool} from "@uniswap/v3-core/contracts/interfaces/IUniswapV3Pool.sol";
import {IHub} from "../../../contracts/interfaces/IHub.sol";
import {IHubExtension} from "../../../contracts/interfaces/IHubExtension.sol";
import {IHubKeepers} from "../../../contracts/interfaces/IHubKeepers.sol";
import {IHubOffers} from "../../../contracts/interfaces/IHubOffers.sol";
import {IHubTrading} from "../../../contracts/interfaces/IHubTrading.sol";
import {
    OnBreach,
    Order,
    OrderKind,
    Policy,
    Sizing,
    Strategy,
    StrategyParams,
    TradeParams
} from "../../../contracts/interfaces/Types.sol";
import {TestnetFeed} from "../../../contracts/testnet/TestnetFeed.sol";
import {TestnetToken} from "../../../contracts/testnet/TestnetToken.sol";
import {DenyList} from "../support/DenyList.sol";
import {World} from "../support/World.sol";
import {Books} from "./Books.sol";

/// @notice Calls every external function of the hub as one of a few people, with arguments near what can succeed,
/// while prices and time move. The hub may refuse with an error of its own; a panic or an empty revert is a bug.
abstract contract Handler is World {
    uint256 private constant FIRST_KEY = 1_000;

    Books public books = new Books();
    DenyList public gate = new DenyList();
    address[] public actors;
    address[] public tokens;
    mapping(address token => uint256) public donated;
    mapping(address token => int256) internal lastPrice;
    address public guardian = makeAddr("guardian");
    address public waiting;
    string[] public actions;
    mapping(string action => uint256) public successes;
    mapping(string action => uint256) public attempts;
    uint256 public unexplainedReverts;
    uint256 public trespasses;
    uint256 public refusedExits;
    uint256 public principalBreaches;

    /// @dev Not in the constructor: Uniswap calls back, and a contract under construction has no code to answer.
    function start(uint32 batchSize) external {
        vm.recordLogs();
        deployWorld(batchSize);
        tokens = [address(usdc), address(weth), address(wbtc)];
        for (uint256 i; i < 6; ++i) {
            actors.push(vm.addr(FIRST_KEY + i));
        }
        for (uint256 i; i < 2; ++i) {
            if (i == 1) hub.setProtocolShare(1_000);
            (uint32 strategyId,) = openStrategy(actors[i], strategyParams(i == 0 ? 0 : 30, i == 1), 20_000e6);
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

    function theHub() external view returns (IHub) {
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
        _act("deposit", actor, abi.encodeCall(IHubExtension.deposit, (address(token), amount, _actor(actorSeed >> 8))));
    }

    function withdraw(uint256 actorSeed, uint256 tokenSeed, uint256 amount) external {
        (address actor, address token) = (_actor(actorSeed), _token(tokenSeed));
        amount = bound(amount, 0, hub.accountBalance(actor, token) + 1);
        _act("withdraw", actor, abi.encodeCall(IHubExtension.withdraw, (token, amount, _actor(actorSeed >> 8))));
    }

    function claimFees(uint256 actorSeed, uint256 tokenSeed) external {
        address actor = actorSeed % 4 == 0 ? hub.treasury() : _actor(actorSeed % 2);
        _act("claimFees", actor, abi.encodeCall(IHubExtension.claimFees, (_token(tokenSeed))));
    }

    // ------------------------------------------------------------------ followers

    function openVault(uint256 actorSeed, uint256 strategySeed, uint256 amount, uint256 policySeed) external {
        (address actor, uint32 strategyId) = (_actor(actorSeed), _strategy(strategySeed));
        amount = bound(amount, 0, hub.accountBalance(actor, address(usdc)));
        if (hub.strategyOf(strategyId).memberCount > 20) return;
        _act(
            "openVault",
            actor,
            abi.encodeCall(
                IHubExtension.openVault,
                (
                    strategyId,
                    _policy(policySeed),
                    amount,
                    hub.strategyOf(strategyId).termsVersion,
                    _actor(actorSeed >> 16)
                )
            )
        );
    }

    function allocate(uint256 vaultSeed, uint256 amount) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        amount = bound(amount, 0, hub.accountBalance(owner, address(usdc)));
        _act("allocate", owner, abi.encodeCall(IHubExtension.allocate, (vaultId, amount)));
    }

    function deallocate(uint256 vaultSeed, uint256 tokenSeed, uint256 amount) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        address token = _token(tokenSeed);
        amount = bound(amount, 0, hub.vaultBalance(vaultId, token) / 4 + 1);
        bool able = amount != 0 && amount <= hub.vaultBalance(vaultId, token);
        bool done =
            _actOn(vaultId, "deallocate", owner, abi.encodeCall(IHubExtension.deallocate, (vaultId, token, amount)));
        // What time costs is charged first. Where it leaves less than was asked for, that much can be had.
        if (able && !done && !_takesLess(vaultId, owner, token, amount)) ++refusedExits;
    }

    function _takesLess(uint32 vaultId, address owner, address token, uint256 asked) private returns (bool) {
        uint256 before = hub.accountBalance(owner, token);
        bytes memory all = abi.encodeCall(IHubExtension.deallocate, (vaultId, token, type(uint256).max));
        return _actOn(vaultId, "deallocate", owner, all) && hub.accountBalance(owner, token) - before < asked;
    }

    /// @dev A vault of nothing stays a member until somebody evicts it.
    function drain(uint256 vaultSeed, uint256 tokenSeed) external {
        if (vaultSeed % 8 != 0) return;
        (uint32 vaultId, address owner) = _vault(vaultSeed >> 3);
        address token = _token(tokenSeed);
        uint256 amount = hub.vaultBalance(vaultId, token) == 0 ? 0 : type(uint256).max;
        bool done =
            _actOn(vaultId, "deallocate", owner, abi.encodeCall(IHubExtension.deallocate, (vaultId, token, amount)));
        if (amount != 0 && !done) ++refusedExits;
    }

    function exit(uint256 vaultSeed, uint256 tokenSeed) external {
        if (vaultSeed % 8 != 0) return; // leaving for good is rarer than staying
        (uint32 vaultId, address owner) = _vault(vaultSeed >> 3);
        address[] memory chosen = new address[](tokenSeed % 4);
        for (uint256 i; i < chosen.length; ++i) {
            chosen[i] = tokens[i];
        }
        if (!_actOn(vaultId, "exit", owner, abi.encodeCall(IHubExtension.exit, (vaultId, chosen, owner)))) {
            ++refusedExits;
        }
    }

    function leaveStrategy(uint256 vaultSeed) external {
        if (vaultSeed % 8 != 0) return;
        (uint32 vaultId, address owner) = _vault(vaultSeed >> 3);
        _act("leaveStrategy", owner, abi.encodeCall(IHubExtension.leaveStrategy, (vaultId)));
    }

    function setPolicy(uint256 vaultSeed, uint256 policySeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("setPolicy", owner, abi.encodeCall(IHubExtension.setPolicy, (vaultId, _policy(policySeed))));
    }

    function pause(uint256 vaultSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("pause", owner, abi.encodeCall(IHubExtension.pause, (vaultId)));
    }

    function resume(uint256 vaultSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        _act("resume", owner, abi.encodeCall(IHubExtension.resume, (vaultId)));
    }

    /// @dev Somebody calls for a vault that is not theirs; only its owner may move anything.
    function touchForeignVault(uint256 vaultSeed, uint256 actorSeed, uint256 tokenSeed) external {
        (uint32 vaultId, address owner) = _vault(vaultSeed);
        address thief = _actor(actorSeed);
        if (thief == owner) return;
        address[] memory all = tokens;
        vm.startPrank(thief);
        _refuse(abi.encodeCall(IHubExtension.exit, (vaultId, all, thief)));
        _refuse(abi.encodeCall(IHubExtension.deallocate, (vaultId, _token(tokenSeed), 1)));
        _refuse(abi.encodeCall(IHubExtension.leaveStrategy, (vaultId)));
        Policy memory policy;
        _refuse(abi.encodeCall(IHubExtension.setPolicy, (vaultId, policy)));
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ leaders and keepers

    function createStrategy(uint256 actorSeed, uint16 copyFeeBps) external {
        if (hub.strategyCount() >= 4) return;
        StrategyParams memory params = strategyParams(uint16(bound(copyFeeBps, 0, 110)), copyFeeBps % 2 == 0);
        _act("createStrategy", _actor(actorSeed), abi.encodeCall(IHubOffers.createStrategy, (params)));
    }

    function trade(uint256 strategySeed, uint256 tokenSeed, uint256 portion, uint256 allSeed) external {
        uint32 strategyId = _strategy(strategySeed);
        Strategy memory strategy = hub.strategyOf(strategyId);
        address tokenIn = _token(tokenSeed);
        address tokenOut = tokens[(tokenSeed % 3 + 1 + (tokenSeed >> 8) % 2) % 3];
        TradeParams memory params = tradeParams(strategyId, tokenIn, tokenOut, uint64(bound(portion, 0, ALL)));
        if (allSeed % 4 == 0) params.portion = ALL;
        _act("trade", strategy.leader, abi.encodeCall(IHubTrading.trade, (params)));
    }

    /// @dev Anybody carries a leader's signed order, sometimes with the signature of another. Nonces are few, so that
    /// they are used again, replaced and cancelled.
    function executeOrder(uint256 keeperSeed, uint256 strategySeed, uint256 tokenSeed, uint256 portion, uint256 seed)
        external
    {
        Order memory order;
        uint32 strategyId = _strategy(strategySeed);
        address leader = hub.strategyOf(strategyId).leader;
        address tokenIn = _token(tokenSeed);
        address tokenOut = tokens[(tokenSeed % 3 + 1 + (tokenSeed >> 8) % 2) % 3];
        order.trade = tradeParams(strategyId, tokenIn, tokenOut, uint64(bound(portion, 1, ALL)));
        order.kind = OrderKind(seed % 5);
        order.minFill = seed % 2 == 0 ? ALL : 1;
        uint256 price = oracle.priceDown(tokenIn, tokenOut);
        // Around what the pool gives now: some fill whole, some in part, some not at all.
        if (order.minFill != ALL || seed % 3 != 0) order.trade.limitPrice = price * (990 + (seed >> 8) % 15) / 1_000;
        if (order.kind > OrderKind.Limit) order.triggerPrice = price * (995 + (seed >> 16) % 10) / 1_000;
        order.nonce = (seed >> 24) % 512;
        uint256 key = seed % 16 == 0 ? FIRST_KEY + 5 : _keyOf(leader);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hub.orderDigest(order));
        bool forged = vm.addr(key) != leader;
        bytes memory call = abi.encodeCall(IHubTrading.executeOrder, (order, abi.encodePacked(r, s, v)));
        if (_act("executeOrder", _actor(keeperSeed), call) && forged) ++trespasses;
    }

    function cancelOrders(uint256 actorSeed, uint256 word, uint256 mask) external {
        bytes memory call = abi.encodeCall(IHubTrading.cancelOrders, (word % 2, mask & (mask >> 8) & (mask >> 16)));
        _act("cancelOrders", _actor(actorSeed), call);
    }

    function continueTrade(uint256 actorSeed, uint256 strategySeed, uint32 visits) external {
        bytes memory data =
            abi.encodeCall(IHubKeepers.continueTrade, (_strategy(strategySeed), uint32(bound(visits, 0, 9))));
        _act("continueTrade", _actor(actorSeed), data);
    }

    function evict(uint256 actorSeed, uint256 vaultSeed) external {
        (uint32 vaultId,) = _vault(vaultSeed);
        _act("evict", _actor(actorSeed), abi.encodeCall(IHubExtension.evict, (vaultId)));
    }

    function prune(uint256 actorSeed, uint256 strategySeed, uint256 positionSeed) external {
        uint32 strategyId = _strategy(strategySeed);
        uint32 count = hub.strategyOf(strategyId).memberCount;
        uint32 position = count == 0 ? 0 : uint32(positionSeed % count);
        for (uint32 i; i < count; ++i) {
            if (hub.memberAt(strategyId, i) == 0) position = i;
        }
        _act("prune", _actor(actorSeed), abi.encodeCall(IHubExtension.prune, (strategyId, position)));
    }

    function multicall(uint256 actorSeed, uint256 strategySeed, uint256 amount) external {
        address actor = _actor(actorSeed);
        amount = bound(amount, 0, 500e6);
        usdc.mint(actor, amount);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(IHubExtension.deposit, (address(usdc), amount, actor));
        calls[1] = abi.encodeCall(
            IHubExtension.openVault,
            (
                _strategy(strategySeed),
                _policy(3),
                amount,
                hub.strategyOf(_strategy(strategySeed)).termsVersion,
                address(0)
            )
        );
        if (hub.strategyOf(_strategy(strategySeed)).memberCount > 20) return;
        _act("multicall", actor, abi.encodeCall(Multicall.multicall, (calls)));
    }

    // ------------------------------------------------------------------ owner

    function setTreasury(uint256 actorSeed) external {
        _act("setTreasury", address(this), abi.encodeCall(IHubOffers.setTreasury, (_actor(actorSeed))));
    }

    function listToken(uint256 seed) external {
        address token = _token(seed);
        if (seed % 2 != 0) {
            token = address(new TestnetToken("New", "NEW", 18, address(this)));
            if (seed % 3 != 0) oracle.setFeed(token, address(feedOf[usdc]), 1 hours);
        }
        if (_act("listToken", address(this), abi.encodeCall(IHubOffers.listToken, (token)))) waiting = token;
    }

    /// @dev All three genuine pools are listed; another listing, or a false pool, must be refused.
    function listPool(uint256 seed) external {
        address pool = seed % 2 == 0 ? usdcWeth : _token(seed);
        _refuse(abi.encodeCall(IHubOffers.listPool, (pool, address(venue))));
    }

    function handOver(uint256 actorSeed) external {
        address next = _actor(actorSeed);
        _act("transferOwnership", Ownable(address(hub)).owner(), abi.encodeCall(Ownable.transferOwnership, (next)));
        _act("acceptOwnership", next, abi.encodeCall(Ownable2Step.acceptOwnership, ()));
        _act("transferOwnership", next, abi.encodeCall(Ownable.transferOwnership, (address(this))));
        _act("acceptOwnership", address(this), abi.encodeCall(Ownable2Step.acceptOwnership, ()));
    }

    function actAsOwnerWithoutBeing(uint256 actorSeed) external {
        vm.startPrank(_actor(actorSeed));
        _refuse(abi.encodeCall(IHubOffers.listToken, (address(1))));
        _refuse(abi.encodeCall(IHubOffers.setTreasury, (address(1))));
        _refuse(abi.encodeCall(IHubOffers.listPool, (usdcWeth, address(1))));
        _refuse(abi.encodeCall(IHubOffers.setGuardian, (address(1))));
        _refuse(abi.encodeCall(IHubOffers.setGate, (address(1))));
        _refuse(abi.encodeCall(IHubOffers.resumeTrading, (0)));
        _refuse(abi.encodeCall(IHubOffers.haltTrading, (0)));
        _refuse(abi.encodeCall(IHubOffers.veto, (address(usdc))));
        _refuse(abi.encodeCall(Ownable.renounceOwnership, ()));
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ owner and guardian

    /// @dev No actor is guardian or owner, so that they can be shown to be refused.
    function setGuardian(bool nobody) external {
        _act("setGuardian", address(this), abi.encodeCall(IHubOffers.setGuardian, (nobody ? address(0) : guardian)));
    }

    function setGate(uint256 actorSeed, uint256 seed) external {
        gate.set(_actor(actorSeed), seed % 2 == 0);
        address next = seed % 4 == 0 ? address(gate) : address(0);
        _act("setGate", address(this), abi.encodeCall(IHubOffers.setGate, (next)));
    }

    /// @dev Rarer than resuming, or nothing would ever be traded.
    function haltTrading(uint256 whoSeed, uint256 strategySeed) external {
        if (strategySeed % 4 != 0) return;
        uint32 strategyId = strategySeed % 8 == 0 ? 0 : _strategy(strategySeed >> 3);
        address who = whoSeed % 3 == 0 ? guardian : address(this);
        if (strategyId != 0 && whoSeed % 3 == 1) who = hub.strategyOf(strategyId).leader;
        _act("haltTrading", who, abi.encodeCall(IHubOffers.haltTrading, (strategyId)));
    }

    function resumeTrading(uint256 strategySeed) external {
        for (uint32 strategyId; strategyId <= hub.strategyCount(); ++strategyId) {
            bool isHalted = strategyId == 0 ? hub.halted() : hub.strategyOf(strategyId).halted;
            if (!isHalted && strategySeed % 16 != 0) continue;
            _act("resumeTrading", address(this), abi.encodeCall(IHubOffers.resumeTrading, (strategyId)));
        }
    }

    function veto(uint256 tokenSeed) external {
        address what = tokenSeed % 2 == 0 || waiting == address(0) ? _token(tokenSeed) : waiting;
        _act("veto", address(this), abi.encodeCall(IHubOffers.veto, (what)));
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
            if (answer > 0) lastPrice[tokens[i]] = answer;
            feed.post(lastPrice[tokens[i]]);
        }
    }

    function donate(uint256 tokenSeed, uint256 amount) external {
        address token = _token(tokenSeed);
        amount = bound(amount, 1, 1e9);
        TestnetToken(token).mint(address(hub), amount);
        donated[token] += amount;
    }

    // ------------------------------------------------------------------ internals

    function _act(string memory action, address actor, bytes memory data) internal returns (bool ok) {
        if (attempts[action]++ == 0) actions.push(action);
        vm.recordLogs();
        vm.prank(actor);
        bytes memory result;
        (ok, result) = address(hub).call(data);
        if (ok) {
            ++successes[action];
            books.post(vm.getRecordedLogs(), address(hub));
        } else {
            _explain(result);
        }
    }

    function _refuse(bytes memory data) internal {
        (bool ok, bytes memory result) = address(hub).call(data);
        if (ok) ++trespasses;
        else _explain(result);
    }

    /// @dev An error of ours or of a library has a selector; a panic and an empty revert have no explanation.
    function _explain(bytes memory result) internal {
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

    function _keyOf(address actor) internal view returns (uint256 key) {
        for (uint256 i; i < actors.length; ++i) {
            if (actors[i] == actor) return FIRST_KEY + i;
        }
    }

    function _actor(uint256 seed) internal view returns (address) {
        return actors[seed % actors.length];
    }

    function _token(uint256 seed) internal view returns (address) {
        return tokens[seed % tokens.length];
    }

    function _strategy(uint256 seed) internal view returns (uint32) {
        return uint32(seed % hub.strategyCount()) + 1;
    }

    function _vault(uint256 seed) internal view returns (uint32 vaultId, address owner) {
        vaultId = uint32(seed % hub.vaultCount()) + 1;
        owner = hub.vaultOf(vaultId).owner;
    }

    /// @dev Most are plain; the others have a few limits each, some of them in the way.
    function _policy(uint256 seed) internal view returns (Policy memory policy) {
        policy.minTrade = uint80((seed % 3) * 50e6);
        policy.maxTrade = uint88(((seed >> 8) % 3) * 200e6);
        if (seed % 4 != 0) return policy;
        policy.onBreach = OnBreach((seed >> 16) % 4);
        policy.onStop = OnBreach((seed >> 18) % 4);
        policy.maxSlippageBps = [0, 30, 100, 300][(seed >> 20) % 4];
        policy.maxTokenBps = uint16(((seed >> 24) % 3) * 3_000);
        policy.maxExposureBps = uint16(((seed >> 26) % 3) * 4_000);
        policy.lossBudgetBps = uint16(((seed >> 28) % 3) * 200);
        policy.stopLossBps = uint16(((seed >> 30) % 3) * 100);
        policy.takeProfitBps = uint16(((seed >> 32) % 3) * 100);
        policy.maxDrawdownBps = uint16(((seed >> 34) % 3) * 150);
        policy.maxDailyLossBps = uint16(((seed >> 36) % 3) * 150);
        policy.maxPositions = uint8((seed >> 38) % 3);
        policy.excludedTokens = uint16(((seed >> 40) % 4) & 2);
        policy.cooldown = uint32(((seed >> 44) % 2) * 60);
        if ((seed >> 46) % 4 == 0) policy.expiry = uint40(block.timestamp + 1 days);
        policy.sizing = Sizing((seed >> 48) % 4);
        if (policy.sizing == Sizing.Multiplier) policy.size = uint88(5_000 + (seed >> 52) % 10_000);
        if (policy.sizing == Sizing.Fixed) policy.size = 150e6;
        if (policy.sizing == Sizing.Risk) policy.size = 200;
        if (policy.maxTrade != 0 && policy.minTrade > policy.maxTrade) policy.minTrade = 0;
    }

    /// @dev As `_act`, for what may charge a vault: a gain is charged only where there was one.
    function _actOn(uint32 vaultId, string memory action, address actor, bytes memory data) internal returns (bool ok) {
        (bool priced, uint256 worth) = _worth(vaultId);
        uint256 mark = hub.marksOf(vaultId).mark;
        uint256 charged = books.performanceCharges(vaultId);
        ok = _act(action, actor, data);
        if (books.performanceCharges(vaultId) != charged && (!priced || worth <= mark)) ++principalBreaches;
    }

    /// @dev With what left unpriced, which is charged when it has a price.
    function _worth(uint32 vaultId) private view returns (bool priced, uint256 worth) {
        try hub.equityOf(vaultId) returns (uint256 equity) {
            worth = equity;
        } catch {
            return (false, 0);
        }
        for (uint256 i; i < tokens.length; ++i) {
            (uint256 outflow,) = hub.escrowOf(vaultId, i);
            if (outflow == 0) continue;
            try oracle.quote(tokens[i], tokens[0], outflow) returns (uint256 value) {
                worth += value + 1;
            } catch {
                return (false, 0);
            }
        }
        return (true, worth);
    }
}
