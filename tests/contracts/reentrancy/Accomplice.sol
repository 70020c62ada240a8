// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IPriceOracle} from "../../../contracts/interfaces/IPriceOracle.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {FreeToken} from "../support/HostileTokens.sol";

/// @notice Writes down what may be asked of the hub: call number `which`, with arguments drawn from `seed`.
interface IMenu {
    function callOf(uint256 which, uint256 seed) external view returns (bytes memory);
}

/// @notice Tells somebody in the middle of every transfer.
contract TellingToken is FreeToken {
    Accomplice private immutable _listener;

    constructor(Accomplice listener) {
        _listener = listener;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (from != address(0)) _listener.listen();
    }
}

/// @notice Leader, follower, venue and pool in one, and told of every transfer: whoever holds the control flow while
/// the hub waits, this is it. Forge puts `act` in the place of the calls that the hub and the token make.
/// @dev Forge leaves the calls of the transaction's sender alone, so the campaign sends as this contract.
contract Accomplice is IVenue, IERC1271 {
    address private immutable _hub;
    IPriceOracle private immutable _oracle;
    IMenu private immutable _menu;
    address private _token0;
    address private _token1;
    bool private _acting;

    mapping(uint256 which => uint256) public successes;
    uint256 public acts;
    uint256 public reentries;
    uint256 public breaches;

    constructor(address hub, IPriceOracle oracle, IMenu menu) {
        (_hub, _oracle, _menu) = (hub, oracle, menu);
    }

    function trades(address tokenA, address tokenB) external {
        (_token0, _token1) = tokenA < tokenB ? (tokenA, tokenB) : (tokenB, tokenA);
        IERC20(tokenA).approve(_hub, type(uint256).max);
        IERC20(tokenB).approve(_hub, type(uint256).max);
    }

    /// @notice Asks the hub for something. While the hub is already at work on something, it must refuse.
    function act(uint256 which, uint256 seed) external {
        bool inside = _acting;
        bytes memory data = _menu.callOf(which, seed);
        _acting = true;
        (bool done,) = _hub.call(data);
        _acting = inside;
        if (inside) {
            ++reentries;
            if (done) ++breaches;
        } else {
            ++acts;
            if (done) ++successes[which];
        }
    }

    function listen() external {}

    /// @notice Pays what the oracle says, so that every bound is kept.
    function swap(address, address tokenIn, address tokenOut, uint256 amountIn, uint256) external {
        require(IERC20(tokenOut).transfer(_hub, _oracle.quote(tokenIn, tokenOut, amountIn)), "not paid");
    }

    /// @dev As deep as anybody asks.
    function market(address, address tokenIn, address tokenOut, uint256 amountIn, uint256)
        external
        view
        returns (uint256, uint256)
    {
        return (_oracle.quote(tokenIn, tokenOut, amountIn), type(uint256).max);
    }

    function poolTokens(address) external view returns (address, address) {
        return (_token0, _token1);
    }

    function window() external pure returns (uint32) {
        return 0;
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}
