// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity >=0.8.20;

import {IHubLog} from "./IHubLog.sol";
import {Order, TradeParams} from "./Types.sol";

/// @title Hub, trading half
/// @notice What moves vaults' money through an exchange.
interface IHubTrading is IHubLog {
    // ------------------------------------------------------------------ leaders

    /// @notice Sells a portion of the leader's holding and, in the same swap, of every follower's, in member order
    /// from a rotating start, up to `batchSize` positions. What is left is for `continueTrade`.
    function trade(TradeParams calldata params) external returns (uint64 tradeId);

    /// @notice Closes the caller's nonces `word * 256 + bit` for each bit set in `mask`, used or not.
    function cancelOrders(uint256 word, uint256 mask) external;

    // ------------------------------------------------------------------ keepers (anyone)

    /// @notice For the caller's next trade in this transaction: vaults whose own slippage limit is below `bps` are
    /// skipped. The trade reverts unless exactly those had to be, so there is one right answer and nobody's choice.
    /// Goes before the trade in one `multicall`. Without it nobody is skipped for price.
    function expectSlippage(uint16 bps) external;

    /// @notice Fills a leader's signed order, as `trade` would for the leader: the caller decides nothing but when.
    /// @param signature Of `orderDigest(order)` by the strategy's leader: ECDSA, or ERC-1271 for a contract.
    function executeOrder(Order calldata order, bytes calldata signature) external returns (uint64 tradeId);

    // ------------------------------------------------------------------ views

    /// @notice EIP-712 digest of an order: what the leader signs.
    function orderDigest(Order calldata order) external view returns (bytes32);

    /// @notice Closed nonces of a leader, 256 a word: bit `nonce % 256` of word `nonce / 256`.
    function closedNonces(address leader, uint256 word) external view returns (uint256);

    /// @notice Part of the leader's first holding that the open order with this nonce has sold; 1e18 is all.
    function filledOf(address leader, uint256 nonce) external view returns (uint64);
}
