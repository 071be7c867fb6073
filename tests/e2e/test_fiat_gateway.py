"""A payment gateway that pays withdrawals: it loses answers, mixes them up, signs none, forgets orders, repeats its
webhooks, and accounting is killed while it is asked. Each is paid once or refunded once, and silence is neither."""

import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from members import administrator, errors
from test_fiat_payments import second, send as webhook, sign  # noqa: F401 (a fixture)
from test_fiat_payouts import IBAN, accept, batch, lines_of, ok, release, rich, shown, withdrawal
from world import WORLD, wait_for


@pytest.fixture(scope="module")
def admin(stack):
    return administrator()


def news(kind, tid, amount="10", **more):
    return json.dumps({"id": f"{kind}-{tid}", "type": f"payout.{kind}", "payout": tid, "amount": amount,
                       "currency": "eur", **more})


def ended(text, signature=None):
    now = str(int(time.time()))
    return 200, json.dumps({"state": "ended", "timestamp": now, "news": text,
                            "signature": signature or sign(text, now)})


TAKEN = (200, '{"state":"taken"}')
LOST = (0, "")


class Gateway:
    """Keeps each order once by its key; what it answers, in turn, is the test's. A function is called first."""

    def __init__(self):
        self.calls, self.orders, self.answers = [], {}, {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                key = self.headers["Idempotency-Key"]
                assert body == gateway.orders.setdefault(key, body)
                self.answer("POST", key, body)

            def do_GET(self):
                key = self.path.rsplit("/", 1)[1]
                self.answer("GET", key, key)

            def answer(self, method, key, signed):
                is_signed = self.headers["X-Payment-Signature"] == sign(
                    signed, self.headers["X-Payment-Timestamp"])
                gateway.calls.append((method, self.path, key, is_signed))
                left = gateway.answers.get(key, [])
                answer = left.pop(0) if left else TAKEN
                status, text = answer() if callable(answer) else answer
                if status:  # else nobody answers
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text.encode())
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def methods(self, tid):
        return [call[0] for call in self.calls if call[2] == tid]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.close()


def ordered(admin, second, *tids):  # noqa: F811
    made = ok(admin.post("/admin/fiat_batches", currency="eur", by="gateway", tids=list(tids)))
    assert errors(admin.post(f"/admin/fiat_batches/{made['id']}/release")) == [
        "admin.fiat_batch.same_operator"]
    return release(second, made)


def until(admin, made, tid, state):
    wait_for(lambda: lines_of(admin, made)[tid]["order_state"] == state, 90, f"{tid} to be {state}")


def told(text, status=200):
    answer = webhook(text)
    assert answer.status_code == status, answer.text
    return answer


@pytest.mark.outage
def test_gateway__that_lies_and_loses__pays_or_refunds_each_once(admin, second, gateway):  # noqa: F811
    assert errors(admin.post("/admin/fiat_batches", currency="eur", by="gateway")) == [
        "admin.fiat_batch.no_gateway"]
    member = rich()
    plain, lossy, refused, liar, by_file = (accept(admin, withdrawal(member)) for _ in range(5))
    with WORLD.accounting_with(PAYMENT_GATEWAY_URL=gateway.url):
        # Whatever it tells of what it was not asked to pay.
        release(second, batch(admin, by_file))
        for kind in ("paid", "failed"):
            assert errors(told(news(kind, by_file), 422)) == ["public.payment.payout_not_asked"]
        gateway.answers = {
            plain: [TAKEN, TAKEN],
            lossy: [LOST, (502, ""), ended(news("paid", plain)), (404, ""), TAKEN, (404, ""),
                    ended(news("paid", lossy))],
            refused: [(422, '{"state":"ended"}'), ended(news("failed", refused, reason="closed"))],
            liar: [ended(news("paid", liar, amount="9")), ended(news("failed", liar), "0" * 64),
                   (200, "<html>"), TAKEN, TAKEN, TAKEN, TAKEN],
        }
        made = ordered(admin, second, plain, lossy, refused, liar)
        path = f"/admin/fiat_batches/{made['id']}/pain001"
        assert errors(admin.get(path)) == ["admin.fiat_batch.by_gateway"]
        for tid, state in ((plain, "taken"), (lossy, "ended"), (refused, "ended"), (liar, "taken")):
            until(admin, made, tid, state)
        # Taken is neither paid nor back, and nobody may give it back.
        assert [shown(admin, tid)["state"] for tid in (plain, lossy, refused, liar)] == [
            "confirming", "succeed", "failed", "confirming"]
        assert member.balance("eur") == (Decimal(60), Decimal(30))
        for action in ("fail", "reject"):
            assert errors(admin.post("/admin/withdraws/actions", id=shown(admin, liar)["id"],
                                     action=action)) == [f"admin.withdraw.cannot_{action}"]
        # Asked again by the same name; what it took it is only asked about, until it has lost it.
        assert gateway.methods(lossy) == ["POST"] * 5 + ["GET", "POST"]
        assert {call[3] for call in gateway.calls} == {True}
        order = json.loads(gateway.orders[lossy])
        assert Decimal(order.pop("amount")) == 10
        assert order == {"id": lossy, "currency": "eur", "name": "Ada <Lovelace> & Co", "account": IBAN}
        # Webhooks: of another amount, repeated, and contradicted.
        assert errors(told(news("paid", plain, amount="11"), 422)) == ["public.payment.differs"]
        for _ in range(3):
            told(news("paid", plain))
            told(news("failed", liar))
            told(news("paid", lossy))
        assert errors(told(news("failed", plain), 422)) == ["public.payment.payout_was_paid"]
        told(news("paid", liar), 422)
        assert [shown(admin, tid)["state"] for tid in (plain, liar)] == ["succeed", "failed"]
        assert member.balance("eur") == (Decimal(70), Decimal(10))


@pytest.mark.outage
def test_gateway__that_says_nothing__is_shown_until_somebody_says_it(admin, second, gateway):  # noqa: F811
    tid = accept(admin, withdrawal(rich()))

    def silent():
        return {row["tid"]: row for row in ok(admin.get("/admin/fiat_batches/silent", limit=1000), 200)}

    with WORLD.accounting_with(PAYMENT_GATEWAY_URL=gateway.url, PAYMENT_SILENT_TIME=86400):
        made = ordered(admin, second, tid)
        until(admin, made, tid, "taken")
        assert tid not in silent()
    with WORLD.accounting_with(PAYMENT_SILENT_TIME=1):  # of a gateway that is there no more
        row = wait_for(lambda: silent().get(tid), 90, f"{tid} to be silent")
        assert (row["batch_id"], row["order_state"], Decimal(row["amount"])) == (made["id"], "taken", 10)
        wait_for(lambda: WORLD.metric("accounting", "bourse_accounting_fiat_payouts_silent") == len(silent()), 90,
                 "the number of silent ones")
        ok(admin.post("/admin/withdraws/actions", id=row["withdraw_id"], action="success"))
        assert tid not in silent()
        wait_for(lambda: WORLD.metric("accounting", "bourse_accounting_fiat_payouts_silent") == len(silent()), 90,
                 "one less")


@pytest.mark.outage
def test_gateway__accounting_killed_while_it_is_asked__paid_once(admin, second, gateway):  # noqa: F811
    member = rich()
    before, after, lost = (accept(admin, withdrawal(member)) for _ in range(3))

    def killed(answer):
        def kill():
            WORLD.kill("accounting")
            return answer
        return kill

    with WORLD.accounting_with(PAYMENT_GATEWAY_URL=gateway.url):
        gateway.answers = {before: [killed(LOST), ended(news("paid", before))]}
        until_ended(admin, second, before)
        # It paid, and its answer met nobody; then a webhook comes while it is asked again.
        gateway.answers = {after: [killed(ended(news("paid", after))), ended(news("paid", after))]}
        until_ended(admin, second, after)
        gateway.answers = {lost: [killed(ended(news("failed", lost))), LOST,
                                  lambda: (told(news("failed", lost)), LOST)[1]]}
        until_ended(admin, second, lost)
        assert [shown(admin, tid)["state"] for tid in (before, after, lost)] == [
            "succeed", "succeed", "failed"]
        assert member.balance("eur") == (Decimal(80), 0)
        assert all(gateway.methods(tid)[:2] == ["POST", "POST"] for tid in (before, after, lost))


def until_ended(admin, second, tid):  # noqa: F811
    made = ordered(admin, second, tid)

    def is_ended():
        try:
            return lines_of(admin, made)[tid]["order_state"] == "ended"
        except (requests.RequestException, AssertionError):
            return False  # it is killed meanwhile
    wait_for(is_ended, 120, f"the end of {tid}")
