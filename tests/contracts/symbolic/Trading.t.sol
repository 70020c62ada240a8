// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IHubTrading} from "../../../contracts/interfaces/IHubTrading.sol";
import {Fanout, Order, TradeParams} from "../../../contracts/interfaces/Types.sol";
import {AnyMarket, Cheats, KeepersHarness, PlainToken, TradingHarness} from "./Harness.sol";

/// @notice What the proofs about trades start from.
abstract contract TradingProof {
    Cheats internal constant vm = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant LEADER = address(0x1EAD);
    address internal constant TREASURY = address(0x7EA);

    AnyMarket internal market = new AnyMarket();
    PlainToken internal sold = new PlainToken();
    PlainToken internal bought = new PlainToken();
}

/// @notice Proofs about a fan-out's cursor.
contract CursorProof is TradingProof {
    uint32 private constant VAULT = 7;

    KeepersHarness private hub = new KeepersHarness(address(market));

    function setUp() public {
        hub.listStrategy(LEADER, address(market), address(sold), address(bought));
        hub.fund(VAULT, 1_000);
        sold.mint(address(hub), 1_000);
        market.plan(1_000, 1_000);
    }

    /// @notice Of all cursors of a fan-out, whatever its start, exactly one visits a position: the one as far from 0 as
    /// the position is from the start, around the end. Bounded: up to four positions.
    function check_every_position_is_visited_at_exactly_one_cursor(
        uint32 start,
        uint32 count,
        uint32 cursor,
        uint32 position
    ) external {
        vm.assume(start < count && cursor < count && position < count && count <= 4);
        uint32 visited = _visit(start, _told(count), _told(cursor), position);
        bool mine = cursor == (position >= start ? position - start : position + (count - start));
        assert(visited == 1);
        assert(hub.holding(VAULT, 1) == (mine ? 0 : 1_000));
    }

    function _visit(uint32 start, uint32 count, uint32 cursor, uint32 position) private returns (uint32) {
        Fanout memory fanout;
        (fanout.start, fanout.count, fanout.cursor) = (start, count, cursor);
        (fanout.deadline, fanout.indexIn) = (type(uint40).max, 1);
        (fanout.pool, fanout.portion) = (address(market), 1e18);
        hub.openFanout(fanout, position, VAULT);
        return hub.continueTrade(1, 1);
    }

    /// @dev The same number, case by case: the hub makes arrays of this size, and Halmos none of an unknown size.
    function _told(uint32 number) private returns (uint32) {
        for (uint32 each; each <= 4; ++each) {
            if (number == each) return each;
        }
        vm.assume(false);
        return number;
    }
}

/// @notice Proofs about what a clearing gives and takes.
/// @custom:halmos --solver-command ".venv-proofs/bin/python tests/contracts/symbolic/integers.py"
contract ConservationProof is TradingProof {
    KeepersHarness private hub = new KeepersHarness(address(market));

    /// @notice Whatever part is sold and whatever it brings, what two vaults put in is what was sold and the fee, and what
    /// they get is what was bought, less than one unit a vault aside, which is the treasury's; neither gets more than its
    /// part of it; nothing overflows, and nobody is given an allowance. Bounded: two vaults with holdings of two sizes.
    function check_a_clearing_conserves(bool dust, uint128 amountIn, uint128 amountOut) external {
        (uint256 first, uint256 second) = dust ? (1, 2) : (333_333_333, 777_777_777);
        hub.listStrategy(LEADER, address(market), address(sold), address(bought));
        hub.fund(1, first);
        hub.fund(2, second);
        sold.mint(address(hub), first + second);
        market.plan(amountIn, amountOut);
        bytes memory call = abi.encodeCall(hub.clear, (address(market), first, second));
        (bool done, bytes memory answer) = address(hub).call(call);
        if (done) {
            _assertConserved(first, second, amountIn, amountOut);
        }
        // The market may try to take more than it was given.
        else {
            assert(amountIn > first + second - second / 100 || bytes4(answer) != bytes4(keccak256("Panic(uint256)")));
        }
    }

    function _assertConserved(uint256 first, uint256 second, uint256 amountIn, uint256 amountOut) private view {
        uint256 dustIn = hub.fees(TREASURY, address(sold));
        uint256 dustOut = hub.fees(TREASURY, address(bought));
        uint256 fee = hub.fees(LEADER, address(sold));
        assert(hub.holding(1, 1) + hub.holding(2, 1) + amountIn + fee + dustIn == first + second);
        assert(hub.holding(1, 0) + hub.holding(2, 0) + dustOut == amountOut);
        assert(dustIn < 2 && dustOut < 2 && fee * 100 <= second);
        uint256 offered = first + second - second / 100;
        assert(hub.holding(1, 0) * offered <= first * amountOut);
        assert(sold.approvals() + bought.approvals() == 0);
    }
}

/// @notice Proofs about orders.
contract OrdersProof is TradingProof {
    TradingHarness private hub = new TradingHarness(address(market));

    function setUp() public {
        hub.listStrategy(address(market), address(market), address(sold), address(bought));
        hub.fund(1, 1_000);
        sold.mint(address(hub), 1_000);
        market.plan(1_000, 1_000);
    }

    /// @notice An order whose nonce is closed never fills, whatever it says, whoever carries it, whatever is signed.
    /// Bounded: the hub knows one strategy, whose leader has signed everything.
    function check_a_closed_nonce_never_fills(Order calldata order, uint256 bits, bool byLeader) external {
        vm.assume(bits & (1 << (order.nonce & 255)) != 0);
        hub.close(order.trade.strategyId == 1 ? address(market) : address(0), order.nonce >> 8, bits);
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
        TradingHarness here = new TradingHarness(address(market));
        TradingHarness there = new TradingHarness(address(market));
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
}
