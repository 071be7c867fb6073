"""Signs calls of the management API: JWS in general JSON form, ES256, as other servers do it
(reference 6.4).

    from management import Signer
    signer = Signer("local", Path(".run/keys/management.key").read_text())
    body = signer.document({"uid": "ID1", "currency": "usd"})
"""

import base64
import json
import secrets
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """One signer: its name in the keychain and its EC P-256 private key."""

    def __init__(self, name, private_pem):
        self.name = name
        self.key = serialization.load_pem_private_key(private_pem.encode(), None)

    def signature(self, payload, algorithm="ES256"):
        protected = base64url(json.dumps({"alg": algorithm}).encode())
        der = self.key.sign(f"{protected}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return {"protected": protected, "header": {"kid": self.name}, "signature": base64url(raw)}

    def document(self, data=None, also=(), algorithm="ES256", **claims):
        """The signed body. `claims` replace those of the claim set; None leaves one out."""
        now = int(time.time())
        values = {"iat": now, "exp": now + 60, "jti": secrets.token_hex(16), "data": data, **claims}
        text = json.dumps({key: value for key, value in values.items() if value is not None})
        payload = base64url(text.encode())
        return json.dumps({"payload": payload,
                           "signatures": [one.signature(payload, algorithm)
                                          for one in (self, *also)]})
