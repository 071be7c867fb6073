"""Payouts on a Bitcoin-like chain, a real litecoind (W-18 to W-24)."""

import base64
import json
import secrets

import requests

from coins import ok
from gateway import Liar, gateway as ask, node_url, service_token
from members import token
from payouts import outside_address, received
from world import REPOSITORY, WORLD, wait_for

CHAIN = "ltc-regtest"


def new_id(name="withdraw"):
    return f"{name}-{secrets.token_hex(4)}"


def test_payout__asked_twice__is_paid_once(gateway, ltc):
    payout, to = new_id(), outside_address(ltc)
    assert gateway.put(payout, CHAIN, to, 1_000_000)[0] == 201
    assert gateway.put(payout, CHAIN, to, 1_000_000)[0] == 200
    assert gateway.put(payout, CHAIN, to, 1_000_001) == (
        409, {"errors": ["blockchain.payout.differs"]})
    done = gateway.until(payout, "confirmed", mine=ltc)
    assert received(ltc, "ltc", to) == 1_000_000
    assert len(done["transactions"]) == 1
    assert gateway.told(payout)[0] == "signed" and gateway.told(payout)[-1] == "confirmed"
    assert gateway.cancel(payout) == (409, {"errors": ["blockchain.payout.signed"]})
    fees = gateway.sql("SELECT JSON_VALUE(body, '$.units') FROM events WHERE name = 'network_fee.paid' "
                       "AND JSON_VALUE(body, '$.txid') = %s", done["txid"])
    assert fees == ((done["fee_units"],),)
    story = gateway.call("GET", f"/internal/explain/payout/{payout}")[1]
    assert story["payout"]["payout_id"] == payout and story["custody"] is None
    assert story["reasons"] == ["It is paid.", f"Transaction {done['txid']} is in block {done['height']}."]
    tx = gateway.call("GET", f"/internal/chains/{CHAIN}/txs/{done['txid']}")[1]
    assert (tx["place"], tx["height"], tx["failed"]) == ("mined", done["height"], False)
    block = gateway.call("GET", f"/internal/chains/{CHAIN}/blocks/{done['height']}")[1]
    assert (block["hash"], block["height"]) == (tx["block_hash"], done["height"])
    assert block["parent"] == ltc.block_hash(done["height"] - 1)
    assert gateway.call("GET", f"/internal/chains/{CHAIN}/blocks/{10**8}")[0] == 404
    first = gateway.call("GET", f"/internal/chains/{CHAIN}/transfers?limit=1")[1]
    rest = gateway.call("GET", f"/internal/chains/{CHAIN}/transfers?after={first[0]['transfer_id']}&limit=2")[1]
    assert rest[0]["transfer_id"] > first[0]["transfer_id"] and len(rest) == 2


def test_payouts__many_at_once__share_a_transaction(gateway, ltc):
    with WORLD.paused("signer"):  # so that they queue
        first = new_id()
        gateway.put(first, CHAIN, outside_address(ltc), 1_000_000)
        ids = [new_id() for _ in range(20)]
        places = [outside_address(ltc) for _ in ids]
        for payout, to in zip(ids, places):
            assert gateway.put(payout, CHAIN, to, 200_000)[0] == 201
    done = [gateway.until(payout, "confirmed", mine=ltc) for payout in ids]
    assert len({payout["txid"] for payout in done}) <= 2
    assert all(received(ltc, "ltc", to) == 200_000 for to in places)


def test_payout__bad_or_own_address__is_refused(gateway, ltc):
    own = gateway.address(CHAIN, "deposit", "e2e-deposit")
    hot = gateway.address(CHAIN, "hot", "e2e-hot")
    for to in (own, hot, "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", own[:-1] + "q", "x"):
        status, payout = gateway.put(new_id(), CHAIN, to, 1_000_000)
        assert (status, payout["state"]) == (201, "refused"), (to, payout)
    status, payout = gateway.put(new_id("offload"), CHAIN, outside_address(ltc), 1_000_000, "offload")
    assert (status, payout["state"]) == (201, "refused")


def test_payout__more_than_there_is__waits_and_can_be_cancelled(gateway, ltc):
    large, small = new_id(), new_id()
    gateway.put(large, CHAIN, outside_address(ltc), 10**15)
    gateway.until(large, "waiting")
    gateway.put(small, CHAIN, outside_address(ltc), 1_000_000)
    waiting = gateway.until(small, "waiting")
    assert waiting["reason"] == "liquidity", "first come, first served"
    status, cancelled = gateway.cancel(large)
    assert (status, cancelled["state"]) == (200, "cancelled")
    assert gateway.cancel(large)[0] == 200
    gateway.until(small, "confirmed", mine=ltc)


def test_payout__not_mined__gets_a_higher_fee_and_is_paid_once(gateway, ltc):
    payout, to = new_id(), outside_address(ltc)
    with WORLD.service_with("blockchain", BUMP_BLOCKS="1"):
        gateway.put(payout, CHAIN, to, 3_000_000)
        before = gateway.until(payout, "broadcast")
        ltc.call("prioritisetransaction", before["txid"], 0, -10**8)  # no block takes it
        ltc.mine(1)
        bumped = wait_for(lambda: (found := gateway.get(payout))
                          and len([tx for tx in found["transactions"] if tx["txid"]]) > 1 and found,
                          what="a replacement")
        done = gateway.until(payout, "confirmed", mine=ltc)
    assert done["txid"] != before["txid"]
    assert int(done["fee_units"]) > int(before["fee_units"])
    assert bumped["transactions"][1]["replacement"]
    assert received(ltc, "ltc", to) == 3_000_000


def stuck(gateway, ltc, payout, to, units):
    """A payout that a node has and no block takes."""
    gateway.put(payout, CHAIN, to, units)
    before = gateway.until(payout, "broadcast")
    ltc.call("prioritisetransaction", before["txid"], 0, -10**8)
    return before


def test_replacement__refused_by_the_signer__is_asked_for_again(gateway, ltc):
    payout, to = new_id(), outside_address(ltc)
    policy = (REPOSITORY / "deploy/config/signer_policy.yml").read_text()
    tight = WORLD.file("tight_policy.yml")
    tight.write_text(policy.replace('fee_max: "10000000"', 'fee_max: "1"', 1))
    with WORLD.service_with("blockchain", BUMP_BLOCKS="1"):
        before = stuck(gateway, ltc, payout, to, 2_100_000)
        with WORLD.service_with("signer", POLICY_FILE=str(tight)):
            ltc.mine(1)
            wait_for(lambda: gateway.sql("SELECT 1 FROM payout_txs n JOIN payout_txs o ON o.id = n.replaces WHERE "
                                         "o.txid = %s AND n.state = 4", before["txid"]), what="a refusal")
        done = gateway.until(payout, "confirmed", mine=ltc)
    assert done["txid"] != before["txid"]
    assert received(ltc, "ltc", to) == 2_100_000


def test_replaced__once_the_node_has_the_other__is_not_offered_each_round(gateway, ltc, admin):
    payout, to = new_id(), outside_address(ltc)
    row = next(row for row in ok(admin.get("/admin/blockchains?limit=100")) if row["key"] == CHAIN)
    liar, offers = Liar(ltc), []
    liar.lie = lambda method, params, answer: \
        (method == "sendrawtransaction" and offers.append(params[0])) or answer

    def ask_at(url):
        ok(admin.post("/admin/blockchains/update", id=row["id"], server=url))

    ask_at(liar.url)
    with WORLD.service_with("blockchain", BUMP_BLOCKS="1", PAYOUT_POLL_MS="50"):
        try:
            before = stuck(gateway, ltc, payout, to, 2_200_000)
            raw = ltc.call("getrawtransaction", before["txid"])
            ltc.mine(1)
            after = wait_for(lambda: (found := gateway.get(payout)) and found["txid"] != before["txid"] and found,
                             what="a replacement")
            ltc.call("prioritisetransaction", after["txid"], 0, -10**8)
            wait_for(lambda: offers.count(raw) > 1, 120, "it is offered once more")
            seen = offers.count(raw)
            for _ in range(3):  # these need some rounds each, and no block
                other = new_id()
                gateway.put(other, CHAIN, outside_address(ltc), 600_000)
                gateway.until(other, "broadcast", "waiting")
            assert offers.count(raw) <= seen + 1
            ltc.call("prioritisetransaction", after["txid"], 0, 2 * 10**8)
            gateway.until(payout, "confirmed", mine=ltc)
        finally:
            ask_at(node_url(ltc))  # before the gateway starts again
    liar.close()
    assert received(ltc, "ltc", to) == 2_200_000


def test_payout__block_taken_back__the_same_bytes_are_mined_again(gateway, ltc):
    payout, to = new_id(), outside_address(ltc)
    gateway.put(payout, CHAIN, to, 1_500_000)
    gateway.until(payout, "broadcast")
    ltc.mine(1)
    wait_for(lambda: gateway.get(payout)["height"], what="its block")
    txid = gateway.get(payout)["txid"]
    ltc.reorg(1)
    ltc.mine(2)
    done = gateway.until(payout, "confirmed", mine=ltc)
    assert done["txid"] == txid and len(done["transactions"]) == 1
    assert received(ltc, "ltc", to) == 1_500_000


def test_collection__sweeps_a_deposit_address(gateway, ltc):
    deposit = gateway.address(CHAIN, "deposit", f"e2e-{secrets.token_hex(4)}")
    hot = gateway.address(CHAIN, "hot", f"e2e-{secrets.token_hex(4)}")
    ltc.pay("ltc", deposit, "0.4")
    ltc.pay("ltc", deposit, "0.6")
    ltc.mine(3)
    payout = new_id("collect")
    gateway.put(payout, CHAIN, hot, 10**8, "collection", **{"from": deposit, "subtract_fee": True})
    done = gateway.until(payout, "confirmed", mine=ltc)
    assert received(ltc, "ltc", deposit) == 0
    assert received(ltc, "ltc", hot) == 10**8 - int(done["fee_units"])


def test_broadcast__node_gives_no_answer__is_unknown_and_the_same_bytes_go_out(gateway, ltc):
    """W-19: it is never refunded, never made again."""
    payout, to = new_id(), outside_address(ltc)
    with WORLD.paused("signer"):
        gateway.put(payout, CHAIN, to, 1_200_000)
        wait_for(lambda: ltc.mine(1) and gateway.get(payout)["state"] == "building",  # change of before needs a block
                 what="the question to the signer")
        stop = WORLD.paused("litecoind")
        stop.__enter__()
    try:
        lost = gateway.until(payout, "unknown", "signed")
        assert gateway.cancel(payout)[0] == 409
    finally:
        stop.__exit__(None, None, None)
    done = gateway.until(payout, "confirmed", mine=ltc)
    assert done["txid"] == lost["txid"] and len(done["transactions"]) == 1
    assert received(ltc, "ltc", to) == 1_200_000


def test_collection__without_coins_of_its_own__leaves_those_of_others_alone(gateway, ltc):
    deposit = gateway.address(CHAIN, "deposit", f"e2e-{secrets.token_hex(4)}")
    hot, warm = (gateway.address(CHAIN, kind, f"e2e-{secrets.token_hex(4)}") for kind in ("hot", "warm"))
    ltc.pay("ltc", deposit, "0.7")
    ltc.mine(3)
    without, first, second = new_id("collect"), new_id("collect"), new_id("collect")
    more = {"from": deposit, "subtract_fee": True}
    gateway.put(without, CHAIN, hot, 30_000_000, "collection", **more)
    gateway.until(without, "waiting")
    gateway.sql("UPDATE payouts SET created_at = created_at - INTERVAL 1 HOUR WHERE id = %s", without)
    ltc.pay("ltc", deposit, "0.2")
    ltc.mine(3)
    gateway.put(new_id("collect"), CHAIN, hot, 20_000_000, "collection", **more)
    wait_for(lambda: ltc.mine(1) and received(ltc, "ltc", deposit) == 70_000_000,
             what="the coin of its own")
    gateway.put(first, CHAIN, hot, 45_000_000, "collection", **more)
    gateway.put(second, CHAIN, warm, 25_000_000, "collection", **more)
    done = [gateway.until(payout, "confirmed", mine=ltc) for payout in (first, second)]
    assert done[0]["txid"] == done[1]["txid"]
    assert gateway.get(without)["reason"] == "liquidity"
    assert gateway.cancel(without)[0] == 200


def test_collections__parts_of_one_deposit__go_together_and_leave_other_coins_alone(gateway, ltc):
    deposit = gateway.address(CHAIN, "deposit", f"e2e-{secrets.token_hex(4)}")
    hot, warm = (gateway.address(CHAIN, kind, f"e2e-{secrets.token_hex(4)}") for kind in ("hot", "warm"))
    ltc.pay("ltc", deposit, "0.9")
    ltc.pay("ltc", deposit, "0.25")
    ltc.mine(3)
    first, second = new_id("collect"), new_id("collect")
    more = {"from": deposit, "subtract_fee": True}
    gateway.put(first, CHAIN, hot, 50_000_000, "collection", **more)
    gateway.put(second, CHAIN, warm, 40_000_000, "collection", **more)
    done = [gateway.until(payout, "confirmed", mine=ltc) for payout in (first, second)]
    assert done[0]["txid"] == done[1]["txid"]
    assert received(ltc, "ltc", deposit) == 25_000_000, "the other deposit"
    assert received(ltc, "ltc", hot) == 50_000_000 - int(done[0]["fee_units"])
    assert received(ltc, "ltc", warm) == 40_000_000


def test_settlement__signed_in_a_life_that_is_forgotten__paid_by_what_the_operator_found(gateway, ltc):
    """W-19: the tables are those of an old backup, but for the coins; the signer knows better. Then a transaction
    is shown that pays it, and counts once."""
    payout, other, to = new_id(), new_id(), outside_address(ltc)
    gateway.put(payout, CHAIN, to, 700_000)
    sent = gateway.until(payout, "broadcast")
    with WORLD.paused("blockchain"):
        row = gateway.sql("SELECT id FROM payout_txs WHERE txid = %s", sent["txid"])[0][0]
        coin = gateway.sql("SELECT txid, vout FROM coin_locks WHERE tx_id = %s", row)[0]
        gateway.sql("DELETE FROM payout_payments WHERE tx_id = %s", row)
        gateway.sql("DELETE FROM payout_txs WHERE id = %s", row)
        gateway.sql("UPDATE payouts SET state = 0, reason = '', version = version + 1 WHERE id = %s", payout)
    aside = gateway.until(payout, "unknown")
    assert aside["reason"] == "signed_before"
    assert gateway.settle(payout, "paid", sent["txid"], operator()) == refused("not_mined")
    assert gateway.settle(payout, "paid", "no txid", operator()) == refused("invalid_evidence")
    gateway.put(other, CHAIN, outside_address(ltc), 300_000)
    elsewhere = gateway.until(other, "confirmed", mine=ltc)["txid"]
    assert gateway.settle(payout, "paid", elsewhere, operator()) == refused("pays_otherwise")
    used = f"{coin[0]}:{coin[1]}"

    def deep(outcome, evidence):
        answer = gateway.settle(payout, outcome, evidence, operator())
        early = answer in (refused("not_deep"), refused("may_be_paid"))
        return (ltc.mine(1) and None) if early else answer
    assert wait_for(lambda: deep("unpaid", used), 60, "the coin's end") == refused("is_paid")
    status, settled = wait_for(lambda: deep("paid", sent["txid"]), 60, "its depth")
    assert (status, settled["state"], settled["confirmed_by"]) == (200, "done", None)
    done = gateway.get(payout)
    assert (done["state"], done["reason"], done["txid"]) == ("confirmed", "settled_paid", sent["txid"])
    assert gateway.told(payout)[-1] == "confirmed" and received(ltc, "ltc", to) == 700_000
    assert fees_told(gateway, sent["txid"]) == ((sent["fee_units"],),)
    assert gateway.settle(payout, "paid", sent["txid"], operator())[0] == 200, "again is fine"

    again = new_id()  # the same to the same: the transaction is taken
    gateway.put(again, CHAIN, to, 700_000)
    gateway.until(again, "confirmed", mine=ltc)
    with WORLD.paused("blockchain"):
        gateway.sql("UPDATE payouts SET state = 50, reason = 'signed_before', version = version + 1 WHERE id = %s",
                    again)
    assert gateway.settle(again, "paid", sent["txid"], operator()) == refused("booked")
    told = WORLD.service("blockchain", "--settle-payout", f"{again} paid {gateway.get(again)['txid']} found it")
    assert told.returncode == 0 and "done" in told.stdout, told.stdout + told.stderr
    assert gateway.get(again)["state"] == "confirmed" and received(ltc, "ltc", to) == 1_400_000


def settled_when_deep(gateway, ltc, payout, outcome, evidence=""):
    """The answer to an operator, when it is no longer about the depth of a block; blocks come meanwhile."""
    def answer():
        found = gateway.settle(payout, outcome, evidence, operator())
        return (ltc.mine(1) and None) if found in (refused("not_deep"), refused("may_be_paid")) else found
    return wait_for(answer, 120, f"the depth of {payout}")


def fees_told(gateway, txid):
    return gateway.sql("SELECT JSON_VALUE(body, '$.units') FROM events WHERE name = 'network_fee.paid' AND "
                       "JSON_VALUE(body, '$.txid') = %s", txid)


def test_batch__that_may_be_signed__is_set_aside_and_settled_one_by_one(gateway, ltc):
    """The tables forgot for whom it was signed; it is paid once, and its fee booked once."""
    large, ids, places = new_id(), [new_id(), new_id()], [outside_address(ltc), outside_address(ltc)]
    gateway.put(large, CHAIN, outside_address(ltc), 10**15)
    gateway.until(large, "waiting")
    for payout, to in zip(ids, places):
        gateway.put(payout, CHAIN, to, 400_000)
        gateway.until(payout, "waiting")
    gateway.cancel(large)
    sent = [gateway.until(payout, "broadcast")["txid"] for payout in ids]
    assert sent[0] == sent[1]
    later = [new_id(), new_id()]
    with WORLD.paused("blockchain"):
        row, fee = gateway.sql("SELECT id, fee_units FROM payout_txs WHERE txid = %s", sent[0])[0]
        coin = gateway.sql("SELECT txid, vout FROM coin_locks WHERE tx_id = %s", row)[0]
        for old, new in zip(ids, later):
            gateway.sql("UPDATE payouts SET id = %s, state = 20, version = version + 1 WHERE id = %s", new, old)
            gateway.sql("UPDATE payout_payments SET payout_id = %s WHERE payout_id = %s", new, old)
            gateway.sql("UPDATE payout_txs SET request = REPLACE(request, %s, %s) WHERE id = %s", old, new, row)
        gateway.sql("UPDATE payout_txs SET state = 0, txid = NULL, raw = NULL WHERE id = %s", row)
    assert [gateway.until(payout, "unknown")["reason"] for payout in later] == ["signed_before"] * 2
    listed = [row["payout_id"] for row in ask("GET", f"/api/v2/admin/payouts?chain={CHAIN}", token=operator()).json()]
    assert set(later) <= set(listed)
    assert gateway.settle(later[0], "unpaid", f"{coin[0]}:{coin[1]}", operator()) == refused("may_be_paid")
    assert settled_when_deep(gateway, ltc, later[0], "unpaid", f"{coin[0]}:{coin[1]}") == refused("is_paid")
    for payout in later:
        status, settled = settled_when_deep(gateway, ltc, payout, "paid", sent[0])
        assert (status, settled["state"]) == (200, "done"), settled
        assert gateway.get(payout)["state"] == "confirmed"
    assert fees_told(gateway, sent[0]) == ((str(fee),),)
    assert [received(ltc, "ltc", to) for to in places] == [400_000] * 2


def paid_elsewhere(gateway, ltc, txid):
    """The coins of a transaction, signed to somebody else: the signer was asked for another payout."""
    request = json.loads(gateway.sql("SELECT request FROM payout_txs WHERE txid = %s", txid)[0][0])
    payment, to, payout = request["payments"][0], outside_address(ltc), new_id()
    old, new = (bytes.fromhex(ltc.call("validateaddress", one)["witness_program"]) for one in (payment["to"], to))
    psbt = base64.b64encode(base64.b64decode(request["psbt"]).replace(old, new)).decode()
    question = {**request, "payout_ids": [payout], "psbt": psbt,
                "payments": [{**payment, "payout_id": payout, "to": to}]}
    answer = requests.post(WORLD.env("blockchain")["SIGNER_URL"] + "/internal/sign/psbt", json=question, timeout=60,
                           headers={"Authorization": f"Bearer {service_token('blockchain', 'signer')}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["raw"]


def undone_shown():
    text = requests.get(f"http://127.0.0.1:{WORLD.port_base + 14}/metrics", timeout=60).text
    return f'bourse_blockchain_payouts_undone{{chain="{CHAIN}"}} 1' in text


def test_reorganisation__coins_of_a_paid_payout_went_elsewhere__operators_see_it_and_settle(gateway, ltc):
    payout, to = new_id(), outside_address(ltc)
    gateway.put(payout, CHAIN, to, 900_000)
    paid = gateway.until(payout, "confirmed", mine=ltc)
    with WORLD.paused("blockchain"):
        raw, tip = paid_elsewhere(gateway, ltc, paid["txid"]), ltc.height()
        ltc.call("invalidateblock", ltc.block_hash(paid["height"]))
        ltc.call("prioritisetransaction", paid["txid"], 0, -10**8)  # so that the other takes its place
        other = ltc.call("sendrawtransaction", raw)
        ltc.mine(tip - paid["height"] + 2)
    gone = wait_for(lambda: ltc.mine(1) and (row := gateway.get(payout))["reason"] and row, 120, "what became of it")
    assert (gone["state"], gone["reason"]) == ("confirmed", "gone_after_reorg")
    assert payout in [row["payout_id"] for row in
                      ask("GET", f"/api/v2/admin/payouts?chain={CHAIN}", token=operator()).json()]
    story = gateway.call("GET", f"/internal/explain/payout/{payout}")[1]["reasons"]
    assert any("what it spent is spent by something else" in line for line in story), story
    wait_for(undone_shown, 60, "the metric")
    assert settled_when_deep(gateway, ltc, payout, "paid", other) == refused("pays_otherwise")
    status, settled = settled_when_deep(gateway, ltc, payout, "unpaid")
    assert (status, settled["state"], settled["confirmed_by"]) == (200, "done", None)
    assert other in settled["found"], settled
    after = gateway.get(payout)
    assert (after["state"], after["reason"], gateway.told(payout)[-1]) == ("failed", "settled_unpaid", "failed")
    assert received(ltc, "ltc", to) == 0


def operator(uid="IDADA1000001", role="admin"):
    return token(uid, role=role)


def refused(word):
    return 422, {"errors": [f"blockchain.settlement.{word}"]}
