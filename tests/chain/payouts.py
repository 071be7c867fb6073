"""Payouts as accounting asks for them, on the chains of a local stack: what the end-to-end tests and the
kill runner share.

    from payouts import Gateway
    gateway = Gateway(WORLD)
    gateway.put("withdraw-1", "ltc-regtest", address, 100_000)
    gateway.until("withdraw-1", "confirmed", mine=node)
"""

import secrets
import time

import jwt
import pymysql
import requests

TOKEN_SECONDS = 60
PUT_SECONDS = 90
DONE = ("confirmed", "failed", "cancelled", "refused")


class Gateway:
    def __init__(self, world):
        self.world = world
        self.url = f"http://127.0.0.1:{world.port_base + 13}"
        self.key = world.file("keys/accounting.key").read_text()

    # ---- doors ----

    def token(self, issuer="accounting"):
        now = int(time.time())
        return jwt.encode({"iat": now, "exp": now + TOKEN_SECONDS, "jti": secrets.token_hex(16),
                           "sub": "service", "iss": issuer, "aud": "blockchain"},
                          self.key, algorithm="ES256")

    def call(self, method, path, body=None):
        """(status, document); status 0: nobody answers."""
        try:
            answer = requests.request(method, self.url + path, json=body, timeout=60,
                                      headers={"Authorization": f"Bearer {self.token()}"})
        except requests.RequestException:
            return 0, None
        return answer.status_code, answer.json() if answer.text else None

    def put(self, payout_id, chain, to, units, purpose="withdrawal", **more):
        """As accounting does: asked again until somebody answers."""
        body = {"chain": chain, "to": to, "units": str(units), "purpose": purpose,
                "owner": "ID0TEST", **more}
        deadline = time.monotonic() + PUT_SECONDS
        while True:
            status, document = self.call("PUT", f"/internal/payouts/{payout_id}", body)
            if status not in (0, 503) or time.monotonic() > deadline:
                return status, document
            time.sleep(0.05)

    def get(self, payout_id):
        return self.call("GET", f"/internal/payouts/{payout_id}")[1]

    def cancel(self, payout_id):
        return self.call("POST", f"/internal/payouts/{payout_id}/cancel")

    def settle(self, payout_id, outcome, evidence="", operator=None):
        """(status, document) of what an operator says of a payout; `operator`: a user's token."""
        answer = requests.post(self.url + f"/api/v2/admin/payouts/{payout_id}/settle", timeout=60,
                               json={"outcome": outcome, "evidence": evidence, "note": "a test"},
                               headers={"Authorization": f"Bearer {operator}"})
        return answer.status_code, answer.json()

    def address(self, chain, purpose, owner):
        """An address of ours; the same owner has the same."""
        deadline = time.monotonic() + PUT_SECONDS
        while True:
            status, document = self.call("PUT", f"/internal/chains/{chain}/addresses/{owner}",
                                         {"purpose": purpose, "owner": owner})
            if status in (200, 201):
                return document["address"]
            assert time.monotonic() < deadline, (status, document)
            time.sleep(0.1)

    # ---- what became of it ----

    def until(self, payout_id, *states, mine=None, seconds=120):
        """The payout, when it is in one of these states; `mine`: a node that makes blocks meanwhile."""
        deadline = time.monotonic() + seconds
        while True:
            payout = self.get(payout_id)
            if payout and payout.get("state") in states:
                return payout
            assert time.monotonic() < deadline, payout
            if mine:
                mine.mine(1)
            time.sleep(0.1)

    def sql(self, statement, *arguments):
        env = self.world.env("operator")
        connection = pymysql.connect(unix_socket=env["DB_SOCKET"], user=env["DB_USER"],
                                     database="bourse_blockchain", autocommit=True)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, arguments)
                return cursor.fetchall()
        finally:
            connection.close()

    def told(self, payout_id):
        """The states that the events of a payout told, in order."""
        return [row[0] for row in self.sql(
            "SELECT JSON_VALUE(body, '$.state') FROM events WHERE name = 'payout.updated' AND "
            "JSON_VALUE(body, '$.payout_id') = %s ORDER BY seq", payout_id)]


# ---- the other side: what a receiver sees ----

def received(node, currency, address):
    """Smallest units that lie on an address, blocks only."""
    return int(node.balance(currency, address).scaleb(node.CURRENCIES[currency]))


def outside_address(node):
    """A new address of somebody else."""
    if "ltc" in node.CURRENCIES:
        return node.outside_address()
    return "0x" + secrets.token_hex(20)
