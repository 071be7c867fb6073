"""What the tests of events and mails share: events put into auth's table or signed and published as
their owners would, the letters in the outbox, and a mail server that obeys.

    person = Person(language="de")
    tell("system.session.create", person, user_ip="192.0.2.1", user_agent="x")
    letter(person, "Anmeldung")
"""

import base64
import email
import email.policy
import json
import secrets
import ssl
import subprocess
import threading
import time
import uuid
from contextlib import contextmanager, suppress

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from ports import free_base
from world import WORLD, wait_for

QUEUE, DEAD = "bourse.auth.mail", "bourse.auth.mail.dead"
EXCHANGES = {"barong": "barong.events", "peatio": "peatio.events"}
MAIL_S = 180


def sql(statement, *arguments):
    """A statement about auth's tables; {} stands for the schema."""
    return WORLD.sql(statement.replace("{}", "bourse_auth"), *arguments)


class Person:
    """A user whom only the mailer needs: a row, nobody signs in."""

    def __init__(self, language=None):
        self.uid = "ID" + secrets.token_hex(5).upper()
        self.email = f"{self.uid.lower()}@bourse.test"
        data = json.dumps({"language": language}) if language else None
        sql("INSERT INTO {}.uids (uid, kind) VALUES (%s, 'user')", self.uid)
        sql("INSERT INTO {}.users (uid, email, password_digest, state, level, data)"
            " VALUES (%s, %s, '', 'active', 3, %s)", self.uid, self.email, data)

    def record(self, **more):
        return {"user": {"uid": self.uid, "email": "not.used@evil.test"}, **more}


# ---- events ----

def tell(name, person, **record):
    """An event as auth's own actions leave it."""
    text = json.dumps(person.record(**record) if person else record)
    sql("INSERT INTO {}.events (name, record, created_at) VALUES (%s, %s, NOW(6))", name, text)


def told():
    """Whether every event has left the table."""
    return not sql("SELECT 1 FROM {}.events LIMIT 1")


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(name):
    return serialization.load_pem_private_key(WORLD.file(f"keys/{name}.key").read_bytes(), None)


def signature_of(key, text):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return key.sign(text, padding.PKCS1v15(), hashes.SHA256())


def document(signer, key, name, record, changes=None, **claims):
    """A signed event, as bytes."""
    now = int(time.time())
    event = {"record": record, "name": name, **({"changes": changes} if changes else {})}
    whole = {"iss": signer, "jti": str(uuid.uuid4()), "iat": now, "exp": now + 60, "event": event,
             **claims}
    payload = encode(json.dumps(whole).encode())
    algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
    protected = encode(json.dumps({"alg": algorithm}).encode())
    signature = encode(signature_of(key, f"{protected}.{payload}".encode()))
    return json.dumps({"payload": payload, "signatures": [
        {"protected": protected, "header": {"kid": signer}, "signature": signature}]}).encode()


def publish(signer, name, body):
    category, _, key = name.partition(".")
    with WORLD.broker() as channel:
        channel.confirm_delivery()
        channel.basic_publish(f"{EXCHANGES[signer]}.{category}", key, body, mandatory=True)


def publish_peatio(name, record, changes=None, **claims):
    body = document("peatio", private_key("event"), name, record, changes, **claims)
    publish("peatio", name, body)
    return body


# ---- letters ----

class Letter:
    def __init__(self, raw):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.message, self.subject, self.to = message, message["Subject"], message["To"]
        self.id, self.language = message["Message-ID"], message["Content-Language"]
        self.text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        self.html = message.get_body(("html",)).get_content().replace("\r\n", "\n")


def letters(person):
    """Those that the outbox has for somebody, the oldest first."""
    found = []
    for path in WORLD.file("mail").glob("*.eml"):
        with suppress(FileNotFoundError):  # the oldest go when there are many
            raw = path.read_bytes()
            if person.email.encode() in raw:
                found.append((path.stat().st_mtime_ns, Letter(raw)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0]) if person.email in one.to]


def letter(person, word, seconds=MAIL_S):
    """The newest of these whose subject or text has the word."""
    def find():
        found = [one for one in letters(person) if word in one.subject + one.text]
        return found[-1] if found else None
    return wait_for(find, seconds, f"a mail with {word!r}")


def row(person):
    """The rows of the table of mails: (state, reason, attempts)."""
    return sql("SELECT state, reason, attempts FROM {}.mails WHERE uid = %s ORDER BY created_at",
               person.uid)


def until_row(person, *expected, seconds=MAIL_S):
    return wait_for(lambda: row(person) and row(person)[-1][:len(expected)] == expected, seconds,
                    f"{expected} of {row(person)}")


def all_is_taken():
    """The mailer's queue is empty, and it owes nobody an acknowledgement."""
    listing = WORLD.rabbitmqctl("list_queues", "name", "messages")
    return f"{QUEUE}\t0" in listing.splitlines()


# ---- a mail server ----

class Inbox:
    """Answers as it is told: `answers` are used up one by one, then 250."""

    def __init__(self):
        self.answers, self.received, self.lock = [], [], threading.Lock()

    async def handle_RCPT(self, server, session, envelope, address, options):
        with self.lock:
            answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.received.append((envelope.mail_from, envelope.rcpt_tos,
                                  Letter(envelope.original_content), session.ssl is not None))
        return "250 OK"

    def to(self, person):
        with self.lock:
            return [one for _, to, one, _ in self.received if to == [person.email]]


def certificate(folder, name="localhost"):
    key, pem = folder / "smtp.key", folder / "smtp.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                    "-keyout", key, "-out", pem], check=True, capture_output=True)
    return key, pem


class TlsController(Controller):
    def factory(self):
        return SMTP(self.handler, tls_context=self.tls, require_starttls=True)


@contextmanager
def mail_server(port=None, tls=None):
    """A real SMTP server (aiosmtpd). tls: (key, certificate)."""
    inbox, port = Inbox(), port or free_base()
    if tls:
        controller = TlsController(inbox, hostname="127.0.0.1", port=port, ready_timeout=MAIL_S)
        controller.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        controller.tls.load_cert_chain(tls[1], tls[0])
        # The controller's own look at itself speaks plain SMTP, which is fine before STARTTLS.
    else:
        controller = Controller(inbox, hostname="127.0.0.1", port=port, ready_timeout=MAIL_S)
    controller.start()
    inbox.port = port
    try:
        yield inbox
    finally:
        controller.stop()


def smtp_settings(port, **more):
    return {"MAIL_PROVIDER": "smtp", "SMTP_HOST": "localhost", "SMTP_PORT": port,
            "SMTP_TLS": "none", **more}
