// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import "./Token.sol";

// W-03: says false instead of failing: the transaction succeeds, nothing moves, nothing is logged.
contract FalseToken is Token {
    constructor() Token("FALSE", 6, 1e30) {}

    function transfer(address, uint256) external pure override returns (bool) {
        return false;
    }
}

// W-05: keeps two of each hundred; its log says a hundred.
contract FeeToken is Token {
    constructor() Token("FEE", 6, 1e30) {}

    function _move(address from, address to, uint256 value) internal override {
        require(balanceOf[from] >= value, "balance");
        balanceOf[from] -= value;
        balanceOf[to] += value - value / 50;
        emit Transfer(from, to, value);
    }
}

// W-05: its owner stops it, and shuts people out.
contract PausableToken is Token {
    address public owner = msg.sender;
    bool public paused;
    mapping(address => bool) public isBlacklisted;

    constructor() Token("PAUSE", 6, 1e30) {}

    function setPaused(bool value) external {
        require(msg.sender == owner, "owner");
        paused = value;
    }

    function setBlacklisted(address who, bool value) external {
        require(msg.sender == owner, "owner");
        isBlacklisted[who] = value;
    }

    function _move(address from, address to, uint256 value) internal override {
        require(!paused, "paused");
        require(!isBlacklisted[from] && !isBlacklisted[to], "blacklisted");
        super._move(from, to, value);
    }
}

// W-05: balances change without a transfer.
contract RebasingToken is Token {
    constructor() Token("REBASE", 6, 1e30) {}

    function rebase(address who, uint256 balance) external {
        balanceOf[who] = balance;
    }
}

// W-04: logs whatever it is told, also about tokens which are not its own. It has the symbol and the
// decimals of the one that it plays.
contract Emitter {
    string public symbol = "USDT";
    uint8 public decimals = 6;

    event Transfer(address indexed from, address indexed to, uint256 value);

    bytes32 constant TRANSFER = keccak256("Transfer(address,address,uint256)");

    function transferLog(address from, address to, uint256 value) external {
        emit Transfer(from, to, value);
    }

    function many(address from, address to, uint256 value, uint256 times) external {
        for (uint256 i = 0; i < times; i++) emit Transfer(from, to, value);
    }

    function balanceOf(address) external pure returns (uint256) {
        return type(uint256).max;
    }

    // Topics and data as they come: short, long, missing.
    function raw(uint256 topics, bytes32 first, bytes32 second, bytes32 third, bytes calldata data) external {
        bytes memory copy = data;
        bytes32 transferTopic = TRANSFER;
        assembly {
            let at := add(copy, 32)
            let size := mload(copy)
            switch topics
            case 0 { log0(at, size) }
            case 1 { log1(at, size, transferTopic) }
            case 2 { log2(at, size, transferTopic, first) }
            case 3 { log3(at, size, transferTopic, first, second) }
            default { log4(at, size, transferTopic, first, second, third) }
        }
    }
}

// W-09: what a token answers about itself is not to be believed either.
contract OddAnswers {
    function symbol() external pure returns (bytes32) {
        return bytes32("MKR"); // the old form: 32 bytes, no length
    }

    function decimals() external pure returns (uint256) {
        return 300;
    }
}
