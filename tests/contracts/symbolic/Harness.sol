// SPDX-License-Identifier: GPL-2.0-or-later
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice What Halmos answers to beside Forge's cheats.
interface Svm {
    function createCalldata(string memory contractName) external returns (bytes memory);
}

/// @notice Forge's cheats that Halmos knows too.
interface Cheats {
    function assume(bool condition) external;
    function prank(address sender) external;
    function chainId(uint256 id) external;
    function warp(uint256 time) external;
    function getCode(string memory artifact) external returns (bytes memory);
}

/// @notice Puts contracts there by the code that is compiled, so that a proof that changes has no hub compiled anew.
abstract contract Deployer {
    Cheats internal constant vm = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));

    function _deploy(string memory name, bytes memory arguments) internal returns (address made) {
        string memory artifact = string.concat("build/proofs/out/", name, ".sol/", name, ".json");
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        require(made != address(0), "not deployed");
    }
}

/// @notice A token that keeps to its word, and counts how often it was asked for an allowance.
contract PlainToken {
    mapping(address account => uint256) public balanceOf;
    uint256 public approvals;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function transfer(address to, uint256 amount) public returns (bool) {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        return true;
    }

    function approve(address, uint256) external returns (bool) {
        ++approvals;
        return true;
    }

    function increaseAllowance(address, uint256) external returns (bool) {
        ++approvals;
        return true;
    }
}

/// @notice Venue and oracle that fill any part at any price. What is sold here is worth less than one unit of what is
/// bought, by both, so that no bound binds.
contract AnyMarket {
    uint256 private _sold;
    uint256 private _bought;

    function plan(uint256 sold, uint256 bought) external {
        (_sold, _bought) = (sold, bought);
    }

    function swap(address, address tokenIn, address tokenOut, uint256 amountIn, uint256) external {
        PlainToken(tokenIn).transfer(msg.sender, amountIn - _sold);
        PlainToken(tokenOut).mint(msg.sender, _bought);
    }

    function market(address, address, address, uint256, uint256) external pure returns (uint256, uint256) {
        return (0, type(uint256).max);
    }

    function priceDown(address, address) external pure returns (uint256) {
        return 1;
    }

    /// @dev As a leader, it has signed everything.
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}
