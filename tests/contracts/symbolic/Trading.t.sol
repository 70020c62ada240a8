// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubTrading} from "../../../contracts/interfaces/IHubTrading.sol";
import {Order, TradeParams} from "../../../contracts/interfaces/Types.sol";
import {AnyMarket, Deployer, PlainToken} from "./Harness.sol";
import {TradingHarness} from "./TradingHarness.sol";

/// @notice Proofs about allowances.
contract AllowanceProof is Deployer {
    /// @notice No trade leaves anybody an allowance of the hub's, whatever part is sold and whatever it brings: none is
    /// ever given. Bounded: one strategy, in which nobody but the leader trades.
    function check_a_trade_grants_no_allowance(uint128 holding, uint128 part, uint128 brings) external {
        (AnyMarket market, PlainToken sold, PlainToken bought) = (new AnyMarket(), new PlainToken(), new PlainToken());
        TradingHarness hub = TradingHarness(_deploy("TradingHarness", abi.encode(address(market))));
        hub.listStrategy(address(this), address(market), address(sold), address(bought));
        hub.fund(1, holding);
        sold.mint(address(hub), holding);
        market.plan(part, brings);
        TradeParams memory params;
        (params.strategyId, params.pool) = (1, address(market));
        (params.tokenIn, params.tokenOut) = (address(sold), address(bought));
        (params.portion, params.deadline) = (1e18, type(uint40).max);
        (bool done,) = address(hub).call(abi.encodeCall(IHubTrading.trade, (params)));
        vm.assume(done);
        assert(sold.approvals() == 0 && bought.approvals() == 0);
    }
}

/// @notice Proofs about orders.
contract OrdersProof is Deployer {
    AnyMarket private market = new AnyMarket();
    PlainToken private sold = new PlainToken();
    PlainToken private bought = new PlainToken();
    TradingHarness private hub = _hub();

    function setUp() public {
        hub.listStrategy(address(market), address(market), address(sold), address(bought));
        hub.fund(1, 1_000);
        sold.mint(address(hub), 1_000);
        market.plan(1_000, 1_000);
    }

    /// @notice An order whose nonce is closed never fills, whatever part it sells at whatever limit, trigger and time,
    /// whoever carries it, whatever is signed. Bounded: one strategy and one pair, whose leader has signed everything.
    function check_a_closed_nonce_never_fills(Order memory order, uint256 bits, bool byLeader) external {
        vm.assume(bits & (1 << (order.nonce & 255)) != 0);
        hub.close(address(market), order.nonce >> 8, bits);
        (order.trade.strategyId, order.trade.pool) = (1, address(market));
        (order.trade.tokenIn, order.trade.tokenOut) = (address(sold), address(bought));
        assert(!_fills(order, byLeader));
    }

    /// @notice The same order fills while its nonce is open: the proof above is not of something that never happens.
    /// Bounded: a sale of everything, at once.
    function check_an_open_nonce_fills(uint256 nonce, uint256 bits, bool byLeader) external {
        vm.assume(bits & (1 << (nonce & 255)) == 0);
        hub.close(address(market), nonce >> 8, bits);
        Order memory order;
        order.trade = TradeParams({
            strategyId: 1,
            pool: address(market),
            tokenIn: address(sold),
            tokenOut: address(bought),
            portion: 1e18,
            limitPrice: 0,
            deadline: type(uint40).max
        });
        (order.minFill, order.nonce) = (1e18, nonce);
        assert(_fills(order, byLeader));
        assert(hub.closedNonces(address(market), nonce >> 8) == bits | (1 << (nonce & 255)));
        assert(hub.holding(1, 1) == 0 && hub.holding(1, 0) == 1_000);
    }

    function _fills(Order memory order, bool byLeader) private returns (bool done) {
        vm.prank(byLeader ? address(market) : address(0xCA221E2));
        (done,) = address(hub).call(abi.encodeCall(IHubTrading.executeOrder, (order, "")));
    }

    /// @notice A cancelled nonce is closed, and no cancelling opens another or closes anybody else's.
    function check_cancelling_only_closes(address who, address other, uint256 word, uint256 bits, uint256 mask)
        external
    {
        hub.close(who, word, bits);
        hub.close(other, word, bits);
        vm.prank(who);
        hub.cancelOrders(word, mask);
        assert(hub.closedNonces(who, word) == bits | mask);
        if (other != who) assert(hub.closedNonces(other, word) == bits);
    }

    /// @notice One order's digest is another on every other hub and every other chain.
    function check_a_digest_is_for_one_hub_and_one_chain(Order calldata order, uint64 chain, uint64 otherChain)
        external
    {
        vm.assume(chain != otherChain);
        vm.chainId(chain);
        (TradingHarness here, TradingHarness there) = (_hub(), _hub());
        bytes32 digest = here.orderDigest(order);
        assert(digest != there.orderDigest(order));
        vm.chainId(otherChain);
        assert(digest != here.orderDigest(order));
    }

    /// @notice Two orders that differ in any field have different digests: a signature covers all of an order.
    function check_a_digest_covers_every_field(Order calldata one, Order calldata other) external view {
        if (keccak256(abi.encode(one)) == keccak256(abi.encode(other))) return;
        assert(hub.orderDigest(one) != hub.orderDigest(other));
    }

    function _hub() private returns (TradingHarness) {
        return TradingHarness(_deploy("TradingHarness", abi.encode(address(market))));
    }
}
