"""Deposits on a chain of Ethereum's kind: a real anvil, the gateway of the stack with a catalogue of ours, contracts
good and hostile, reorganisations, and a node that lies. What single blocks hold is tested further in
tests/integration/chain/test_evm_family.py.
"""

import json
from contextlib import contextmanager

import pytest

import evm
import lying_node as lies
from gateway import SECONDS, gateway, stood_in
from members import token
from ports import free_base
from world import WORLD, wait_for

ETHER = 10**18
STRANGER = "0x" + "c3" * 20

pytestmark = pytest.mark.outage  # the gateway is restarted with other settings


def asset(currency, contract="", decimals=18):
    return {"currency": currency, "contract": contract, "decimals": decimals, "min_deposit": "1",
            "deposit_enabled": True, "status": "enabled"}


class Place:
    """An anvil, its contracts, and the gateway that follows it through a node that may lie."""

    def __init__(self, anvil, stand):
        self.anvil, self.stand = anvil, stand
        self.usdt = anvil.deploy("Token", "USDT", 6, 10**30)
        self.sender = anvil.deploy("MultiSend")
        self.emitter = anvil.deploy("Emitter")

    def chain(self, *servers, **changes):
        return self.stand.chain(servers=list(servers) or [self.anvil.url], start_height=self.anvil.height,
                                client="geth", **{"assets": [asset("eth"), asset("usdt", self.usdt, 6),
                                                             asset("odd", self.emitter, 6)], **changes})

    def pay(self, address, units):
        return self.anvil.send(address, units)

    def pay_token(self, address, units):
        return self.anvil.call(self.usdt, "transfer(address,uint256)", address, units)


@pytest.fixture(scope="module")
def place(stack):
    why = evm.install()
    if why:
        pytest.skip(why)
    with evm.Anvil(free_base() + 1, mnemonic_seed_unsafe=7) as anvil, stood_in() as stand:
        yield Place(anvil, stand)


@pytest.fixture(scope="module")
def chain(place):
    chain = place.chain()
    chain.until_ready()
    yield chain
    chain.change(status="disabled")


def confirmed(place, chain, address, count=1):
    place.anvil.mine(2)
    return chain.until_events("transfer.confirmed", address, count)


def settle(place, chain):
    """Until the gateway has taken in everything that the node has."""
    place.anvil.mine(2)
    chain.until_height(place.anvil.height)


# ---- what is credited ----

def test_coins_and_tokens_are_seen_and_confirmed(place, chain):
    address = chain.address(owner="IDEVM1")
    coins, token = place.pay(address, 3 * ETHER + 1), place.pay_token(address, 2_500_000)
    seen = {event["contract"]: event for event in chain.until_events("transfer.seen", address, 2)}
    assert (seen[""]["units"], seen[""]["txid"], seen[""]["owner"]) == (
        str(3 * ETHER + 1), coins["transactionHash"], "IDEVM1")
    assert (seen[place.usdt]["units"], seen[place.usdt]["txid"]) == ("2500000", token["transactionHash"])
    assert seen[""]["from"] and seen[""]["height"] == int(coins["blockNumber"], 16)
    both = confirmed(place, chain, address, 2)
    assert {event["transfer_id"] for event in both} == {event["transfer_id"] for event in seen.values()}
    assert all(event["confirmations"] >= 2 for event in both)


def test_w02_a_block_that_is_read_again_changes_nothing(place, chain):
    address = chain.address()
    receipt = place.pay_token(address, 7)
    confirmed(place, chain, address)
    before = chain.events()
    for _ in range(3):
        answer = gateway("POST", f"/internal/chains/{chain.key}/blocks/{int(receipt['blockNumber'], 16)}/scan")
        assert answer.status_code in (200, 201) and answer.json()["transfers"] == 1
    named = [event for event in chain.events()[len(before):] if event["name"].startswith("transfer")]
    assert not named


def test_w07_coins_that_a_contract_sends_are_credited_and_w06_void_ones_not(place, chain):
    first, second, void = chain.address(), chain.address(), chain.address()
    place.anvil.call(place.sender, "pay(address[],uint256[])", [first, second], [5, 6], value=11)
    place.anvil.call(place.sender, "payTwice(address,address,uint256)", void, second, 9, value=18)
    place.anvil.call(place.sender, "payAndRevert(address,uint256)", void, 4, value=4)
    place.anvil.call(place.sender, "payDeep(address,uint256)", void, 4, value=4)
    assert [event["units"] for event in confirmed(place, chain, first)] == ["5"]
    assert sorted(event["units"] for event in chain.until_events("transfer.confirmed", second, 2)) == ["6", "9"]
    assert not chain.transfers("transfer.seen", void)
    assert place.anvil.balance(void) == 0


def test_tokens_sent_by_a_contract_are_credited(place, chain):
    """Demand P#2637."""
    address = chain.address()
    place.pay_token(place.sender, 100)
    place.anvil.call(place.sender, "payToken(address,address[],uint256[])", place.usdt, [address, address], [5, 6])
    found = confirmed(place, chain, address, 2)
    assert sorted((event["index"], event["units"]) for event in found) == [(0, "5"), (1, "6")]


# ---- what is not ----

def test_w03_w04_w08_w15_what_only_looks_like_a_deposit_is_none(place, chain):
    anvil, address = place.anvil, chain.address()
    false_token = anvil.deploy("FalseToken")
    other_usdt = anvil.deploy("Token", "USDT", 18, 10**30)
    foreign = anvil.deploy("Emitter")
    chain.change(assets=[*chain.entry["assets"], asset("false", false_token, 6)])
    anvil.call(false_token, "transfer(address,uint256)", address, 5)                            # W-03
    anvil.call(foreign, "transferLog(address,address,uint256)", STRANGER, address, 10**12)      # W-04
    for topics, data in ((1, b"\0" * 32), (2, b"\0" * 32), (3, b"\5"), (3, b"\1" * 64), (4, b"")):
        anvil.call(place.emitter, "raw(uint256,bytes32,bytes32,bytes32,bytes)", topics, STRANGER, address, address,
                   data)
    anvil.call(other_usdt, "transfer(address,uint256)", address, 5)                             # W-08
    place.pay(address, 0)                                                                       # W-15
    place.pay_token(address, 0)
    anvil.call(place.sender, "fail()", value=0, succeeds=False)                                 # W-06
    place.pay(address, 1)
    [only] = confirmed(place, chain, address)
    assert (only["contract"], only["units"]) == ("", "1")
    assert len(chain.transfers("transfer.seen", address)) == 1


def test_w04_an_absurd_amount_is_put_aside_and_stops_nobody(place, chain):
    address = chain.address()
    place.anvil.call(place.emitter, "transferLog(address,address,uint256)", STRANGER, address, 2**256 - 1)
    place.pay(address, 2)
    assert [event["units"] for event in confirmed(place, chain, address)] == ["2"]
    assert WORLD.sql("SELECT reason FROM bourse_blockchain.parked WHERE chain_key = %s AND reason = 'amount_absurd'",
                     chain.key)


# ---- W-13: what is nobody's deposit and is somebody's money ----

def strays(chain, txid=""):
    answer = gateway("GET", f"/api/v2/admin/strays?chain={chain.key}&txid={txid}",
                     token=token("IDADA1000001", role="admin"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_w13_tokens_that_are_not_listed_and_coins_on_a_wrong_chain_are_told_to_operators(place, chain):
    anvil = place.anvil
    for _ in range(25):  # more than a pool: the other chain has to follow
        address = chain.address(owner="IDW13")
    unlisted = anvil.deploy("Token", "LOST", 18, 10**30)
    other = place.chain()
    other.until_ready()
    explain = f"/internal/explain/{other.key}/address/{address}"
    wait_for(lambda: gateway("GET", explain).json().get("ours"), SECONDS, "the same address on the other chain")

    lost = anvil.call(unlisted, "transfer(address,uint256)", address, 77)["transactionHash"]
    [row] = wait_for(lambda: strays(chain, lost), SECONDS, "the unlisted token")
    assert (row["kind"], row["contract"], row["address"], row["units"], row["owner"]) == (
        "unlisted_token", unlisted.lower(), address, "77", "IDW13")
    story = gateway("GET", f"/internal/explain/{chain.key}/tx/{lost}").json()
    assert any("not listed" in reason for reason in story["reasons"])
    coins = place.pay(address, 9)["transactionHash"]
    [row] = wait_for(lambda: strays(other, coins), SECONDS, "the coins on the other chain")
    assert (row["kind"], row["contract"], row["units"], row["owner"]) == ("other_chain", "", "9", None)
    assert f"{chain.key} IDW13" in row["owners_elsewhere"]

    assert [event["contract"] for event in confirmed(place, chain, address)] == [""], "the token is nobody's deposit"
    gone = anvil.call(unlisted, "transfer(address,uint256)", address, 78)["transactionHash"]
    wait_for(lambda: strays(chain, gone), SECONDS, "another one")
    anvil.rpc("anvil_reorg", 1, [])
    settle(place, chain)
    wait_for(lambda: not strays(chain, gone), SECONDS, "its block to be gone")
    assert strays(chain, lost)
    other.change(status="disabled")


# ---- W-01: reorganisations ----

def test_w01_a_payment_that_vanishes_is_reverted(place, chain):
    address = chain.address()
    place.pay(address, 5)
    chain.until_events("transfer.seen", address)
    place.anvil.rpc("anvil_reorg", 1, [])
    [reverted] = chain.until_events("transfer.reverted", address)
    assert (reverted["was"], reverted["units"]) == ("seen", "5")
    assert not chain.transfers("transfer.confirmed", address)


def test_w01_a_confirmed_payment_that_vanishes_is_reverted_and_comes_back_as_the_same(place, chain):
    address = chain.address()
    receipt = place.pay_token(address, 5)
    raw = place.anvil.rpc("eth_getRawTransactionByHash", receipt["transactionHash"])
    [credited] = confirmed(place, chain, address)
    place.anvil.rpc("anvil_reorg", 3, [])
    [reverted] = chain.until_events("transfer.reverted", address)
    assert reverted["was"] == "confirmed" and reverted["transfer_id"] == credited["transfer_id"]
    # Others come before it now: its log has another number in its block.
    place.anvil.rpc("anvil_reorg", 1, [[raw, 0]])
    place.anvil.mine(3)
    chain.until_events("transfer.confirmed", address, 2)
    again = chain.transfers("transfer.confirmed", address)[-1]
    assert (again["transfer_id"], again["units"]) == (credited["transfer_id"], "5")
    assert place.anvil.token_balance(place.usdt, address) == 5


# ---- W-16: a node that lies ----

def test_w16_lies_stop_the_chain_with_a_reason_and_no_height_is_skipped(place):
    with lies.LyingNode(place.anvil.url) as node:
        chain = place.chain(node.url)
        chain.until_ready()
        address, paid = chain.address(), 0
        for lie in (lies.html, lies.truncated, lies.huge_number, lies.gzip_bomb, lies.null_result, lies.hang_up):
            node.lie(lie, "eth_getBlockByHash")
            paid += 1
            place.pay(address, paid)
            place.anvil.mine(1)
            wait_for(lambda: not chain.show()["ready"], SECONDS, "the chain to be not ready")
            assert len(chain.transfers("transfer.seen", address)) == paid - 1
            node.tell_the_truth()
            chain.until_events("transfer.seen", address, paid)
        settle(place, chain)
        assert [event["units"] for event in chain.until_events("transfer.confirmed", address, paid)] == [
            str(units) for units in range(1, paid + 1)]
        chain.change(status="disabled")


def test_w16_another_chain_is_not_followed(place):
    with lies.LyingNode(place.anvil.url) as node:
        chain = place.chain(node.url)
        chain.until_ready()
        node.lie(lies.result("0x539"), "eth_chainId")
        chain.until_stuck("1337")
        node.tell_the_truth()
        chain.until_ready()
        chain.change(status="disabled")


def test_w16_the_other_provider_answers_when_one_is_down(place):
    with lies.LyingNode(place.anvil.url) as node:
        chain = place.chain(node.url, place.anvil.url)
        chain.until_ready()
        address = chain.address()
        node.lie(lies.bad_gateway)
        place.pay(address, 6)
        assert [event["units"] for event in confirmed(place, chain, address)] == ["6"]
        chain.change(status="disabled")


STATE_GONE = {"error": {"code": -32000, "message": "missing trie node 00 (path )"}}
NOTHING = {"result": "0x" + "0" * 64}


def of_balances(lie):
    """Each answer to a question for balances; {}: the truth."""
    def how(_method, answer):
        rows = json.loads(answer[2])
        told = [{"jsonrpc": "2.0", "id": row["id"], **lie} if lie else row for row in rows]
        return 200, lies.JSON, json.dumps(told).encode()
    return how


def parked_of(chain, txid):
    """The reasons why something of the transaction waits."""
    story = gateway("GET", f"/internal/explain/{chain.key}/tx/{txid}").json()
    return [row["reason"] for row in story["parked"] if row["state"] == "waiting"]


def until_parked(chain, txid, words):
    return wait_for(lambda: any(words in reason for reason in parked_of(chain, txid)), SECONDS, f"{words} of {txid}")


def doubled(logs):
    """The amounts of token transfers, twice as much."""
    return [{**log, "data": f"0x{2 * int(log['data'], 16):064x}"} for log in logs]


def test_w16_on_a_main_network_a_second_provider_must_find_the_same_transfers(place):
    """The hash of a block says nothing of the logs that a node tells of it."""
    with lies.LyingNode(place.anvil.url) as first, lies.LyingNode(place.anvil.url) as second:
        for node in (first, second):
            node.lie(lies.result("0x1"), "eth_chainId")
            node.lie(lies.result([]), "eth_accounts")
        chain = place.chain(first.url)
        chain.until_stuck("SINGLE_PROVIDER_ALLOWED")
        chain.change(servers=[first.url, second.url])
        chain.until_ready()
        address = chain.address()
        first.lie(lies.edited(doubled), "eth_getLogs")
        place.pay_token(address, 11)
        chain.until_stuck("find different transfers")
        assert not chain.transfers("transfer.seen", address)
        first.lie(lies.edited(lambda logs: logs), "eth_getLogs")
        assert [event["units"] for event in confirmed(place, chain, address)] == ["11"]
        # What the first lost of balances the second knows (W-05).
        first.lie(of_balances(STATE_GONE), "eth_call")
        lost = place.pay_token(address, 12)["transactionHash"]
        assert {event["units"] for event in confirmed(place, chain, address, 2)} == {"11", "12"}
        # Where they differ on balances alone nobody is credited, and the chain goes on.
        first.lie(of_balances(NOTHING), "eth_call")
        denied = place.pay_token(address, 13)["transactionHash"]
        settle(place, chain)
        until_parked(chain, denied, "brought_otherwise: in 13, out 0, balance 0, then 0")
        assert len(chain.transfers("transfer.seen", address)) == 2 and parked_of(chain, lost) == []
        first.lie(of_balances({}), "eth_call")
        assert chain.until_events("transfer.seen", address, 3)[-1]["units"] == "13"
        chain.change(status="disabled")


def test_w17_a_receipt_that_is_missing_holds_nobody_up(place):
    with lies.LyingNode(place.anvil.url) as node:
        chain = place.chain(node.url)
        chain.until_ready()
        late, early = chain.address(), chain.address()
        node.lie(lies.null_result, "eth_getTransactionReceipt")
        place.pay_token(late, 8)
        settle(place, chain)
        assert not chain.transfers("transfer.seen", late)
        node.tell_the_truth()
        place.pay(early, 9)
        assert [event["units"] for event in confirmed(place, chain, early)] == ["9"]
        WORLD.sql("UPDATE bourse_blockchain.parked SET next_try_at = UTC_TIMESTAMP(6) WHERE chain_key = %s", chain.key)
        assert [event["units"] for event in chain.until_events("transfer.seen", late)] == ["8"]
        chain.change(status="disabled")


# ---- W-33: nodes that should not be used ----

def test_w33_a_node_in_the_open_network_needs_tls_and_credentials(place):
    for server, words in (("http://203.0.113.7:8545", "TLS"), ("https://node.example.org/", "credentials")):
        chain = place.chain(server)
        chain.until_stuck(words)
        chain.change(status="disabled")


def test_w33_unlocked_accounts_on_a_real_chain(place):
    with lies.LyingNode(place.anvil.url) as node:
        node.lie(lies.result("0x1"), "eth_chainId")
        chain = place.chain(node.url)
        chain.until_stuck("unlocked accounts")
        chain.change(status="disabled")


# ---- what accounting asks ----

def test_w09_an_asset_is_checked_against_its_contract(place, chain):
    def check(contract, decimals):
        answer = gateway("POST", f"/internal/chains/{chain.key}/check_asset",
                         {"contract": contract, "decimals": decimals})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    place.pay_token(STRANGER, 5)
    good = check(place.usdt, 6)
    assert good.pop("samples") > 0
    assert good == {"ok": True, "decimals": 6, "symbol": "USDT", "reason": None}
    wrong = check(place.usdt, 18)
    assert not wrong["ok"] and wrong["decimals"] == 6 and "decimals" in wrong["reason"]
    assert not check(STRANGER, 6)["ok"]
    assert "decimals" in check(place.anvil.deploy("OddAnswers"), 18)["reason"]
    assert check("", 18)["ok"]


# ---- a node that lost the state of earlier blocks ----

def test_a_node_that_has_only_its_last_state_is_followed_on(place, tmp_path):
    """anvil after a restart has no traces and no balances of the blocks before, like a node that prunes."""
    with evm.Anvil(free_base() + 2, mnemonic_seed_unsafe=7, state=tmp_path / "state.json") as anvil:
        here = Place(anvil, place.stand)
        chain = here.chain()
        chain.until_ready()
        address = chain.address()
        chain.change(status="disabled")
        chain.until_stuck("not active")
        known = chain.show()["height"]
        block_hash = anvil.rpc("eth_getBlockByNumber", hex(known), False)["hash"]
        here.pay(address, ETHER)
        here.pay_token(address, 5)  # an inner call can hide in it; what it brought nobody can say any more
        anvil.mine(1)
        anvil.restart()
        chain.change(status="active")
        chain.until_height(anvil.height)
        # What the token brought is there at the tip.
        assert {event["units"] for event in chain.until_events("transfer.seen", address, 2)} == {str(ETHER), "5"}

        def count(height, block_hash):
            return gateway("GET", f"/internal/chains/{chain.key}/count?height={height}&hash={block_hash}&contract=")
        gone = count(known, block_hash)
        assert (gone.status_code, gone.json()) == (410, {"errors": ["blockchain.node.state_gone"]}), gone.text
        tip = anvil.rpc("eth_getBlockByNumber", "latest", False)
        assert count(int(tip["number"], 16), tip["hash"]).json()["units"] == str(ETHER)
        # What inner calls paid in those blocks nobody knows: they wait, and are counted.
        assert gateway("GET", f"/internal/chains/{chain.key}/statement").json()["parked"] > 0
        chain.change(status="disabled")


# ---- W-05: what a token brings is what its logs say, for each deposit ----

@pytest.fixture
def block(place):
    """What is sent meanwhile is in one block."""
    @contextmanager
    def block():
        place.anvil.rpc("evm_setAutomine", False)
        try:
            yield
        finally:
            place.anvil.rpc("anvil_mine", "0x1")
            place.anvil.rpc("evm_setAutomine", True)
    return block


def test_w05_a_token_that_takes_a_fee_later_credits_nobody(place, block):
    anvil = place.anvil
    fee, rebasing = anvil.deploy("FeeToken"), anvil.deploy("RebasingToken")
    chain = place.chain(assets=[asset("eth"), asset("usdt", place.usdt, 6), asset("fee", fee, 6),
                                asset("rebase", rebasing, 6)])
    chain.until_ready()
    first, second = chain.address(), chain.address()

    def transfer(token, to, units):
        return anvil.submit(token, 0, anvil.data(token, "transfer(address,uint256)", to, units), gas=200_000)
    with block():
        taken = transfer(fee, first, 1000)
        moved = transfer(rebasing, first, 1000)
        anvil.submit(rebasing, 0, anvil.data(rebasing, "rebase(address,uint256)", first, 900), gas=200_000)
        transfer(place.usdt, second, 5)
    good = transfer(rebasing, second, 7)
    assert chain.until_events("transfer.seen", second, 2)  # its neighbours are credited
    until_parked(chain, taken, "brought_otherwise: in 1000, out 0, balance 0, then 980")
    until_parked(chain, moved, "brought_otherwise: in 1000, out 0, balance 0, then 900")
    assert parked_of(chain, good) == [] and chain.transfers("transfer.seen", first) == []
    # In the same block twice, and out of it again by a transaction of ours.
    third = chain.address()
    anvil.rpc("anvil_impersonateAccount", third)
    anvil.fund(third, ETHER)
    with block():
        transfer(place.usdt, third, 30)
        transfer(place.usdt, third, 20)
        anvil.submit(place.usdt, 0, anvil.data(place.usdt, "transfer(address,uint256)", STRANGER, 10), third, 200_000)
    assert {event["units"] for event in chain.until_events("transfer.seen", third, 2)} == {"30", "20"}
    chain.change(status="disabled")


def test_w05_a_node_that_can_not_say_or_lies_about_balances(place):
    with lies.LyingNode(place.anvil.url) as node:
        chain = place.chain(node.url)
        chain.until_ready()
        address = chain.address()
        for lie, words in ((STATE_GONE, "the node keeps no state"), (NOTHING, "brought_otherwise")):
            node.lie(of_balances(lie), "eth_call")
            before = len(chain.transfers("transfer.seen", address))
            receipt = place.pay_token(address, 5)
            txid = receipt["transactionHash"]
            settle(place, chain)  # the chain goes on
            until_parked(chain, txid, words)
            assert len(chain.transfers("transfer.seen", address)) == before
            node.tell_the_truth()
            chain.until_events("transfer.seen", address, before + 1)
            wait_for(lambda txid=txid: parked_of(chain, txid) == [], SECONDS, "nothing that waits")
        # What was credited does not wait again when its block is read of a node that forgot.
        node.lie(of_balances(STATE_GONE), "eth_call")
        answer = gateway("POST", f"/internal/chains/{chain.key}/blocks/{int(receipt['blockNumber'], 16)}/scan")
        assert answer.status_code in (200, 201) and answer.json()["parked"] > 0
        assert parked_of(chain, txid) == [] and len(chain.transfers("transfer.seen", address)) == 2
        chain.change(status="disabled")


def test_w05_a_token_that_brings_less_than_it_says_is_refused(place, chain):
    token = place.anvil.deploy("FeeToken")

    def check():
        return gateway("POST", f"/internal/chains/{chain.key}/check_asset", {"contract": token, "decimals": 6}).json()

    new = check()
    assert (new["ok"], new["samples"]) == (True, 0)  # nobody has moved it yet
    place.anvil.call(token, "transfer(address,uint256)", STRANGER, 1000)
    taken = check()
    assert not taken["ok"] and "1000 units brought 980" in taken["reason"]


def test_balances_holdings_and_fees(place, chain):
    def ask(rest):
        answer = gateway("GET", f"/internal/chains/{chain.key}/{rest}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    settle(place, chain)
    before = {row["currency"]: row for row in ask("holdings")}
    address = chain.address()
    place.pay(address, 4 * ETHER)
    place.pay_token(address, 44)
    confirmed(place, chain, address, 2)
    settle(place, chain)
    after = {row["currency"]: row for row in ask("holdings")}
    assert int(after["eth"]["units"]) - int(before["eth"]["units"]) == 4 * ETHER
    assert int(after["usdt"]["units"]) - int(before["usdt"]["units"]) == 44
    # A token that says that everybody has everything spoils no other sum.
    assert after["odd"]["units"] is None and after["odd"]["reason"]
    assert after["usdt"]["contract"] == place.usdt and after["eth"]["addresses"] > before["eth"]["addresses"]
    assert ask(f"balances?address={address}")["units"] == str(4 * ETHER)
    assert ask(f"balances?address={address}&contract={place.usdt}")["units"] == "44"
    assert int(ask("fees?speed=fast")["native_units"]) > int(ask("fees?speed=safelow")["native_units"]) > 0
