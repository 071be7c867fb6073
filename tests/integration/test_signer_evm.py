"""What bourse-signer signs for Ethereum-like chains: payments, replacements, gas, fills, and the transactions of a
contract wallet (Safe) that has it as an owner."""

import coins
from signer_world import SAFE, STRANGER, TOKEN, day, evm_read, refused, signed
from signer_world import world  # noqa: F401 (fixture)


# ---- Ethereum-like ----

def test_native_and_token_payments_are_signed(world):
    sender = coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    for nonce, (units, contract) in enumerate(((10**18, ""), (1_000_000, TOKEN))):
        answer = signed(world.evm(f"w-{nonce}", nonce, units, contract))
        fields, signer = evm_read(answer["raw"])
        assert signer == sender
        assert answer["txid"] == "0x" + coins.keccak(bytes.fromhex(answer["raw"][2:])).hex()
        assert int.from_bytes(fields[0], "big") == 31337
        assert int.from_bytes(fields[1], "big") == nonce
        assert fields[5].hex() == (contract or STRANGER)[2:].lower()


def test_calls_must_say_what_was_named(world):
    other = {"contract": "", "to": TOKEN, "units": str(10**18)}
    refused(world.evm("w-1", 0, 10**18, payment=other), "outputs")
    refused(world.evm("w-1", 0, 10**18, payment={**other, "to": STRANGER, "units": "1"}), "outputs")
    refused(world.evm("w-1", 0, 1000, TOKEN, payment={**other, "to": STRANGER, "units": "1000"}), "outputs")
    refused(world.evm("w-1", 0, 1000, TOKEN, value="1"), "data")
    approve = "0x095ea7b3" + STRANGER[2:].lower().rjust(64, "0") + f"{1000:064x}"
    refused(world.evm("w-1", 0, 1000, TOKEN, data=approve), "data")
    refused(world.evm("w-1", 0, 1000, STRANGER), "unlisted")
    refused(world.evm("w-1", 0, 10**18, gas=10**7), "fee_max")
    refused(world.evm("w-1", 0, 10**18, chain_id="1"), "chain_unlisted")
    refused(world.evm("w-1", 0, 10**18, account=0), "account")


def test_replacement_has_the_nonce_of_the_first(world):
    first = signed(world.evm("w-1", 4, 10**18))
    refused(world.evm("w-1", 5, 10**18), "payout_second")
    refused(world.evm("w-1", 4, 10**18, index=1, max_fee="3000000000"), "payout_second")
    dearer = signed(world.evm("w-1", 4, 10**18, max_fee="3000000000"))
    assert dearer["txid"] != first["txid"]
    world.restart()
    assert signed(world.evm("w-1", 4, 10**18)) == first
    refused(world.evm("w-1", 5, 10**18), "payout_second")
    refused(world.evm("w-2", 4, 10**18), "tx_again")
    assert day(world, "withdrawal", "geth") == 10**18


def test_gas_goes_to_our_deposit_addresses(world):
    address = coins.evm_address(world.key("m/44'/60'/0'/0/70").public)
    body = {"purpose": "gas", "account": 3, "to": address, "value": "1000"}
    payment = {"contract": "", "to": address, "units": "1000"}
    refused(world.evm("g-1", 0, 1000, payment=payment, **body), "destination")
    signed(world.evm("g-1", 0, 1000, payment={**payment, "account": 0, "index": 70}, **body))
    refused(world.evm("g-2", 1, 1000, payment={**payment, "account": 0, "index": 71}, **body), "own_address")


def test_a_number_is_filled_by_nothing_to_its_own_sender(world):
    """W-20: the purpose can be nothing else, whatever the policy lists."""
    own, other, fee = (coins.evm_address(world.key(f"m/44'/60'/{place}").public)
                       for place in ("1'/0/0", "1'/0/1", "3'/0/0"))

    def fill(payout, to, units=0, account=1, index=0, **more):
        payment = {"contract": "", "to": to, "units": str(units), "account": account, "index": index}
        return world.evm(payout, 7, units, purpose="fill", to=to, value=str(units), payment=payment, **more)

    refused(fill("f-1", own, units=1), "payment_empty")
    refused(fill("f-1", other, index=1), "destination")
    refused(fill("f-1", fee, account=3), "destination")
    signed(fill("f-1", own))


# ---- off-line ----

def word(value):
    return (int(value, 16) if isinstance(value, str) else value).to_bytes(32, "big")


def safe_digest(safe, nonce, to, value):
    """Of a SafeTx without data (EIP-712)."""
    domain = coins.keccak(coins.keccak(b"EIP712Domain(uint256 chainId,address verifyingContract)")
                          + word(31337) + word(safe))
    fields = coins.keccak(coins.keccak(
        b"SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
        b"uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)")
        + word(to) + word(value) + coins.keccak(b"") + word(0) * 6 + word(nonce))
    return coins.keccak(b"\x19\x01" + domain + fields)


def sign_safe(world, payout, nonce, account=1, safe=SAFE, **more):
    return world.call("POST", "/sign/safe", {
        "payout_id": payout, "purpose": "withdrawal", "client": "geth", "chain_id": 31337, "account": account,
        "index": 0, "safe": safe, "nonce": nonce, "to": STRANGER, "value": "1000", "data": "0x",
        "payment": {"contract": "", "to": STRANGER, "units": "1000"}, **more})


def test_owner_signs_for_a_contract_wallet_that_is_listed(world):
    answer = signed(sign_safe(world, "w-1", 7))
    assert answer["digest"] == "0x" + safe_digest(SAFE, 7, STRANGER, 1000).hex()
    r, s, v = (int(answer["signature"][2:][begin:end], 16) for begin, end in ((0, 64), (64, 128), (128, 130)))
    point = coins.recover(bytes.fromhex(answer["digest"][2:]), v - 27, r, s)
    assert coins.evm_address(coins.compress(point)) == answer["owner"]
    assert answer["owner"] == coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    assert answer["call"].startswith("0x6a761202") and answer["signature"][2:] in answer["call"]
    # The same again, with the signature of the other owner beside ours.
    others = [{"signature": answer["signature"]}]
    assert signed(sign_safe(world, "w-1", 7, signatures=others)) == answer
    refused(sign_safe(world, "w-1", 8), "payout_second")
    refused(sign_safe(world, "w-2", 8, safe=STRANGER), "safe_unlisted")
    refused(sign_safe(world, "w-2", 8, account=2), "account")
    refused(sign_safe(world, "w-2", 8, value="1001"), "outputs")


def test_gas_of_a_contract_wallet_is_paid_for_what_its_owner_signed(world):
    owner = signed(sign_safe(world, "w-1", 7))
    safe = {"nonce": 7, "to": STRANGER, "value": "1000", "data": "0x", "signatures": owner["signatures"]}

    def send(payout="w-1", nonce=0, **more):
        return world.evm(payout, nonce, 1000, **{"to": SAFE, "value": "0", "safe": safe, **more})

    answer = signed(send())
    fields, sender = evm_read(answer["raw"])
    assert sender == coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    assert fields[5].hex() == SAFE[2:].lower() and "0x" + fields[7].hex() == owner["call"]
    assert signed(send()) == answer
    signed(send(max_fee="3000000000"))
    signed(send(nonce=1))  # the contract takes its number 7 once, whatever account sends it
    refused(send(safe={**safe, "nonce": 8}, max_fee="3500000000"), "payout_second")
    refused(send("w-2"), "tx_again")
    refused(send(safe={**safe, "value": "1001"}), "outputs")
    refused(send(value="1"), "data")
    refused(send(to=STRANGER), "safe_unlisted")
    assert send(data=owner["call"]).status_code == 422
    assert send(safe={**safe, "signatures": "0x"}).status_code == 422
    assert day(world, "withdrawal", "geth") == 1000


def test_a_fill_is_no_call_of_a_contract_wallet(world):
    owner = signed(sign_safe(world, "w-1", 7))
    own = coins.evm_address(world.key("m/44'/60'/1'/0/0").public)
    safe = {"nonce": 8, "to": own, "value": "0", "data": "0x", "signatures": owner["signatures"]}
    payment = {"contract": "", "to": own, "units": "0", "account": 1, "index": 0}
    refused(world.evm("f-1", 7, 0, purpose="fill", to=SAFE, value="0", safe=safe, payment=payment), "destination")
    refused(sign_safe(world, "f-2", 8, purpose="fill"), "unlisted")
