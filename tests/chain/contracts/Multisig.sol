// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// A wallet of several owners, with the part of the Safe's interface (1.3 to 1.4) that is used here: owners sign a
// SafeTx by EIP-712, anybody sends it, and each number is taken once. Plain calls only: no delegate calls, no
// refunds of gas, no modules. For tests; it was audited by nobody.
contract Multisig {
    bytes32 private constant DOMAIN_TYPE = keccak256("EIP712Domain(uint256 chainId,address verifyingContract)");
    bytes32 private constant TX_TYPE = keccak256(
        "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
        "uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
    );
    uint256 private constant SIGNATURE_SIZE = 65;

    uint256 public nonce;
    uint256 private threshold;
    address[] private owners;
    mapping(address => bool) public isOwner;

    event ExecutionSuccess(bytes32 indexed txHash, uint256 payment);
    event ExecutionFailure(bytes32 indexed txHash, uint256 payment);
    event SafeReceived(address indexed sender, uint256 value);

    struct Call {
        address to;
        uint256 value;
        uint8 operation;
        uint256 safeTxGas;
        uint256 baseGas;
        uint256 gasPrice;
        address gasToken;
        address refundReceiver;
    }

    constructor(address[] memory owners_, uint256 threshold_) {
        require(threshold_ > 0 && threshold_ <= owners_.length, "threshold");
        for (uint256 i = 0; i < owners_.length; i++) {
            require(owners_[i] != address(0) && !isOwner[owners_[i]], "owner");
            isOwner[owners_[i]] = true;
        }
        owners = owners_;
        threshold = threshold_;
    }

    receive() external payable {
        emit SafeReceived(msg.sender, msg.value);
    }

    function getOwners() external view returns (address[] memory) {
        return owners;
    }

    function getThreshold() external view returns (uint256) {
        return threshold;
    }

    function domainSeparator() public view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, block.chainid, address(this)));
    }

    function getTransactionHash(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address refundReceiver,
        uint256 number
    ) external view returns (bytes32) {
        return digest(
            Call(to, value, operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver), data, number
        );
    }

    function execTransaction(
        address to,
        uint256 value,
        bytes calldata data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address payable refundReceiver,
        bytes memory signatures
    ) external payable returns (bool success) {
        require(operation == 0 && gasPrice == 0, "only plain calls");
        bytes32 hash = digest(
            Call(to, value, operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver), data, nonce
        );
        check(hash, signatures);
        nonce++;
        (success,) = to.call{value: value}(data);
        // As the Safe has it: without safeTxGas a failure takes everything back, the number too.
        require(success || safeTxGas != 0, "GS013");
        if (success) emit ExecutionSuccess(hash, 0);
        else emit ExecutionFailure(hash, 0);
    }

    function digest(Call memory call, bytes calldata data, uint256 number) private view returns (bytes32) {
        bytes memory head = abi.encode(TX_TYPE, call.to, call.value, keccak256(data), call.operation, call.safeTxGas);
        bytes memory tail =
            abi.encode(call.baseGas, call.gasPrice, call.gasToken, call.refundReceiver, number);
        return keccak256(abi.encodePacked("\x19\x01", domainSeparator(), keccak256(bytes.concat(head, tail))));
    }

    // The first `threshold` signatures, by owners in growing order, each once.
    function check(bytes32 hash, bytes memory signatures) private view {
        require(signatures.length >= threshold * SIGNATURE_SIZE, "GS020");
        address last = address(0);
        for (uint256 i = 0; i < threshold; i++) {
            bytes32 r;
            bytes32 s;
            uint8 v;
            assembly {
                let at := add(add(signatures, 32), mul(i, 65))
                r := mload(at)
                s := mload(add(at, 32))
                v := byte(0, mload(add(at, 64)))
            }
            address owner = ecrecover(hash, v, r, s);
            require(owner > last && isOwner[owner], "GS026");
            last = owner;
        }
    }
}
