// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that anybody may mint, like all below.
abstract contract FreeToken is ERC20 {
    constructor() ERC20("Hostile", "HOST") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice Burns a share of what is moved: of what arrives, or on top of what the sender is asked for.
contract FeeToken is FreeToken {
    uint256 public feeBps;
    bool public onTop;

    function setFee(uint256 feeBps_, bool onTop_) external {
        (feeBps, onTop) = (feeBps_, onTop_);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        bool moved = from != address(0) && to != address(0);
        if (moved && feeBps != 0) super._update(onTop ? from : to, address(0), value * feeBps / 10_000);
    }
}

/// @notice Says no by returning false instead of reverting.
contract FalseReturningToken is FreeToken {
    function transfer(address, uint256) public pure override returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) public pure override returns (bool) {
        return false;
    }
}

/// @notice Refuses transfers to and from the addresses its issuer has blocked.
contract BlockingToken is FreeToken {
    mapping(address account => bool) public blocked;

    error Blocked(address account);

    function setBlocked(address account, bool blocked_) external {
        blocked[account] = blocked_;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (blocked[from]) revert Blocked(from);
        if (blocked[to]) revert Blocked(to);
        super._update(from, to, value);
    }
}

/// @notice Gives and takes balances when it likes, as tokens that rebase do.
contract RebasingToken is FreeToken {
    function rebase(address account, uint256 balance) external {
        _burn(account, balanceOf(account));
        _mint(account, balance);
    }
}

/// @notice Calls somebody in the middle of every transfer, once it is told whom, and remembers the answer.
contract CallingToken is FreeToken {
    address private _target;
    bytes private _data;
    bytes public lastAnswer;

    function callDuringTransfer(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (_target == address(0)) return;
        (bool ok, bytes memory answer) = _target.call(_data);
        lastAnswer = answer;
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}

/// @notice Returns nothing from transfers, as USDT does on Ethereum. Nothing else is wrong with it.
contract SilentToken {
    uint8 public constant decimals = 6;
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}
