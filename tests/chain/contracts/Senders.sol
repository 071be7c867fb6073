// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

interface IToken {
    function transfer(address to, uint256 value) external returns (bool);
}

// Pays many from one transaction: coins by inner calls, tokens by their contract (demand P#2637, W-07).
contract MultiSend {
    receive() external payable {}

    function pay(address payable[] calldata to, uint256[] calldata values) external payable {
        for (uint256 i = 0; i < to.length; i++) {
            (bool ok, ) = to[i].call{value: values[i]}("");
            require(ok, "pay");
        }
    }

    function payToken(address token, address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) require(IToken(token).transfer(to[i], values[i]), "token");
    }

    // W-06: pays, fails, and goes on as if nothing had been; the transaction succeeds.
    function payAndRevert(address payable to, uint256 value) external payable {
        try this.payThenFail{value: value}(to) {} catch {}
    }

    function payThenFail(address payable to) external payable {
        (bool ok, ) = to.call{value: msg.value}("");
        require(ok, "pay");
        revert("void");
    }

    // Half of it is void: the second payment stands.
    function payTwice(address payable first, address payable second, uint256 value) external payable {
        try this.payThenFail{value: value}(first) {} catch {}
        (bool ok, ) = second.call{value: value}("");
        require(ok, "pay");
    }

    // The payment is in a frame that stands, below one that is void.
    function payDeep(address payable to, uint256 value) external payable {
        try this.deeper{value: value}(to) {} catch {}
    }

    function deeper(address payable to) external payable {
        this.relay{value: msg.value}(to);
        revert("void above");
    }

    function relay(address payable to) external payable {
        (bool ok, ) = to.call{value: msg.value}("");
        require(ok, "pay");
    }

    function fail() external payable {
        revert("no");
    }

    function burnGas() external payable {
        while (true) {}
    }

    function die(address payable to) external payable {
        selfdestruct(to);
    }
}

// Sends what it holds away from its constructor: the payment is an inner call of a creation.
contract BirthPayment {
    constructor(address payable to) payable {
        (bool ok, ) = to.call{value: msg.value}("");
        require(ok, "pay");
    }
}
