// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IHubTrading} from "../interfaces/IHubTrading.sol";
import {IPriceOracle} from "../interfaces/IPriceOracle.sol";
import {Order, OrderKind, TradeParams} from "../interfaces/Types.sol";
import {Carrier, Fill, Trades} from "./Trades.sol";

/// @title Orders
/// @notice Trades that a leader signs and anybody may carry to the hub. Whoever carries one decides nothing but when:
/// an order fills at its own terms or not at all.
/// @dev Nonces are unordered, as Permit2's are: 256 a word, a set bit is closed for good.
abstract contract Orders is Trades, EIP712 {
    bytes32 private constant TRADE_TYPEHASH = keccak256(
        "TradeParams(uint32 strategyId,address pool,address tokenIn,address tokenOut,uint64 portion,uint256 limitPrice,uint40 deadline)"
    );
    bytes32 private constant ORDER_TYPEHASH = keccak256(
        "Order(TradeParams trade,uint8 kind,uint64 minFill,uint256 triggerPrice,uint256 nonce)TradeParams(uint32 strategyId,address pool,address tokenIn,address tokenOut,uint64 portion,uint256 limitPrice,uint40 deadline)"
    );

    /// @inheritdoc IHubTrading
    function executeOrder(Order calldata order, bytes calldata signature)
        external
        nonReentrant
        returns (uint64 tradeId)
    {
        uint256 gasBefore = gasleft();
        address leader = _strategies[order.trade.strategyId].leader;
        bytes32 digest = orderDigest(order);
        _checkOrder(order);
        uint256 word = order.nonce >> 8;
        uint256 bit = 1 << (order.nonce & 255);
        if (_closedNonces[leader][word] & bit != 0) revert OrderClosed(leader, order.nonce);
        if (!_isSignedBy(leader, digest, signature)) revert BadSignature();

        uint256 filledBefore = _filled[leader][order.nonce];
        if (filledBefore >= order.trade.portion) revert OrderClosed(leader, order.nonce);
        uint256 portion = _leftDown(order.trade.portion, filledBefore);
        Fill memory fill;
        address keeper = msg.sender == leader ? address(0) : msg.sender;
        (tradeId, fill) = _trade(order.trade, portion, order.minFill, Carrier(keeper, gasBefore));
        uint256 filled = filledBefore + ((WAD - filledBefore) * fill.portion) / WAD;
        if (fill.complete) {
            _closedNonces[leader][word] |= bit;
            filled = order.trade.portion;
            if (filledBefore != 0) delete _filled[leader][order.nonce];
        } else {
            _filled[leader][order.nonce] = uint64(filled);
        }
        emit OrderFilled(digest, tradeId, leader, order.nonce, uint64(filled), fill.complete, msg.sender);
    }

    /// @inheritdoc IHubTrading
    function cancelOrders(uint256 word, uint256 mask) external {
        _closedNonces[msg.sender][word] |= mask;
        emit OrdersCancelled(msg.sender, word, mask);
    }

    /// @inheritdoc IHubTrading
    function orderDigest(Order calldata order) public view returns (bytes32) {
        TradeParams calldata terms = order.trade;
        bytes32 tradeHash = keccak256(
            abi.encode(
                TRADE_TYPEHASH,
                terms.strategyId,
                terms.pool,
                terms.tokenIn,
                terms.tokenOut,
                terms.portion,
                terms.limitPrice,
                terms.deadline
            )
        );
        return _hashTypedDataV4(
            keccak256(abi.encode(ORDER_TYPEHASH, tradeHash, order.kind, order.minFill, order.triggerPrice, order.nonce))
        );
    }

    /// @inheritdoc IHubTrading
    function closedNonces(address leader, uint256 word) external view returns (uint256) {
        return _closedNonces[leader][word];
    }

    /// @inheritdoc IHubTrading
    function filledOf(address leader, uint256 nonce) external view returns (uint64) {
        return _filled[leader][nonce];
    }

    /// @dev A key may sign for its own address even where that has code by now (EIP-7702); a contract signs by
    /// ERC-1271.
    function _isSignedBy(address leader, bytes32 digest, bytes calldata signature) private view returns (bool) {
        if (leader == address(0)) return false;
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && signer == leader) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(leader, digest, signature);
    }

    /// @dev Terms that contradict each other are refused rather than guessed at; a trigger is the oracle's to pull, so
    /// that nobody can pull it by pushing a pool.
    function _checkOrder(Order calldata order) private view {
        OrderKind kind = order.kind;
        bool waits = kind > OrderKind.Limit;
        bool hasLimit = order.trade.limitPrice != 0;
        if (order.trade.portion == 0 || order.trade.portion > WAD) revert BadPortion(order.trade.portion);
        if (order.minFill == 0 || order.minFill > WAD || waits != (order.triggerPrice != 0)) revert BadOrder();
        if (!hasLimit && (kind == OrderKind.Limit || kind == OrderKind.StopLimit || order.minFill != WAD)) {
            revert BadOrder();
        }
        if (!waits) return;
        uint256 price = IPriceOracle(_oracle).priceDown(order.trade.tokenIn, order.trade.tokenOut);
        bool triggered = kind == OrderKind.TakeProfit ? price >= order.triggerPrice : price <= order.triggerPrice;
        if (!triggered) revert NotTriggered(price, order.triggerPrice);
    }

    /// @dev Of a holding of which `filled` is sold, the part that brings the total to `portion`: (p - f) / (1 - f).
    function _leftDown(uint256 portion, uint256 filled) private pure returns (uint256) {
        return ((portion - filled) * WAD) / (WAD - filled);
    }
}
