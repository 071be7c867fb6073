"""An authenticator in software: what `navigator.credentials` and a passkey do together, so that a
test can register, sign, and lie.

    key = Authenticator("http://localhost:8080")
    credential = key.create(options)      # PublicKeyCredential.toJSON(), to register
    credential = key.get(options)         # the same, to sign in

Independent of our C code: its own CBOR, python's cryptography.
"""

import base64
import hashlib
import json
import secrets
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 1, 4, 64
ES256 = -7


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    """The few kinds that an attestation is made of."""
    def head(kind, number):
        if number < 24:
            return bytes([kind << 5 | number])
        if number < 256:
            return bytes([kind << 5 | 24, number])
        return bytes([kind << 5 | 25]) + struct.pack(">H", number)

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())


class Authenticator:
    def __init__(self, origin, rp_id="localhost"):
        self.origin, self.rp_id = origin, rp_id
        self.id = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.flags = PRESENT | VERIFIED
        self.count = 0
        self.handle = None

    def client_data(self, kind, challenge):
        return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge,
                           "origin": self.origin, "crossOrigin": False}).encode()

    def data(self, flags):
        return (hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags])
                + struct.pack(">I", self.count))

    def answer(self, **response):
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key",
                "clientExtensionResults": {}, "response": response}

    def create(self, options):
        assert {"type": "public-key", "alg": ES256} in options["pubKeyCredParams"]
        self.handle = unb64(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        key = {1: 2, 3: ES256, -1: 1, -2: point.x.to_bytes(32, "big"),
               -3: point.y.to_bytes(32, "big")}
        data = (self.data(self.flags | ATTESTED) + bytes(16) + struct.pack(">H", len(self.id))
                + self.id + cbor(key))
        return self.answer(
            clientDataJSON=b64(self.client_data("create", options["challenge"])),
            attestationObject=b64(cbor({"fmt": "none", "attStmt": {}, "authData": data})),
            transports=["internal", "hybrid"])

    def get(self, options):
        client_data = self.client_data("get", options["challenge"])
        data = self.data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(),
                                  ec.ECDSA(hashes.SHA256()))
        return self.answer(clientDataJSON=b64(client_data), authenticatorData=b64(data),
                           signature=b64(signature), userHandle=b64(self.handle))
