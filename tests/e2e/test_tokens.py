"""Every pitfall of JSON Web Tokens is refused with the same 401, at the service and through the
edge (A-01; reliability catalogue 5.3: one row for each line of that table)."""

import base64
import hashlib
import hmac
import json
import secrets
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (Prehashed, decode_dss_signature,
                                                             encode_dss_signature)

from members import Member, administrator, claims_of, manage, new_uid, private_key
from wire import connect, read_answer, request_bytes
from world import WORLD

from management import Signer

REFUSED = {"errors": ["jwt.decode_and_verify"]}
FAR = 2 ** 63
P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rs256(text, key=None):
    return (key or private_key("jwt")).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())


def es256(text, key):
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def good_claims(**changes):
    return claims_of(new_uid(), **changes)


def service_claims(**changes):
    now = int(time.time())
    claims = {"iss": "matching", "aud": "accounting", "sub": "service", "iat": now, "exp": now + 60,
              "jti": secrets.token_hex(8), **changes}
    return {key: value for key, value in claims.items() if value is not None}


def make(header=None, claims=None, sign=rs256):
    """A compact token. Header and claims: objects, or JSON text that is taken as it is."""
    header = {"alg": "RS256", "typ": "JWT"} if header is None else header
    claims = good_claims() if claims is None else claims
    parts = [b64((part if isinstance(part, str) else json.dumps(part)).encode())
             for part in (header, claims)]
    text = ".".join(parts)
    return f"{text}.{b64(sign(text))}"


def header(**more):
    return {"alg": "RS256", "typ": "JWT", **more}


def with_claims(**changes):
    return make(claims=good_claims(**changes))


def with_time(name, literal):
    """A claim whose value is written exactly so."""
    claims = good_claims()
    claims.pop(name, None)
    text = json.dumps(claims)
    return make(claims=f'{text[:-1]},"{name}":{literal}}}')


def public_pem():
    return WORLD.file("keys/jwt.pub").read_bytes()


def hs256(secret):
    return make({"alg": "HS256", "typ": "JWT"},
                sign=lambda text: hmac.new(secret, text.encode(), hashlib.sha256).digest())


def other_last_bits(token):
    """The same signature bytes in a second spelling: the unused bits of the last letter are set."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) | 1]


def nested():
    return make(header(cty="JWT"), claims=json.dumps(make()))


def rows():
    """(name, function that makes the Authorization header): each is refused."""
    now = int(time.time())
    bearer = {
        # the algorithm
        **{f"alg {alg!r}, {kind} signature": lambda alg=alg,
           sign=sign: make({"alg": alg}, sign=sign)
           for alg in ("none", "None", "NONE", "nOnE", "", "HS256", "RS512", "ES256", "PS256",
                       "rs256")
           for kind, sign in (("no", lambda _: b""), ("some", lambda _: b"x" * 256))},
        "alg missing": lambda: make({"typ": "JWT"}),
        "alg number": lambda: make({"alg": 256}),
        "alg list": lambda: make({"alg": ["RS256"]}),
        "HS256 with the public key": lambda: hs256(public_pem()),
        "HS256 with the public key, stripped": lambda: hs256(public_pem().strip()),
        "HS256 with an empty key": lambda: hs256(b""),
        "RS512 with our key": lambda: make({"alg": "RS512"}, sign=lambda t: private_key("jwt").sign(
            t.encode(), padding.PKCS1v15(), hashes.SHA512())),
        "PS256 with our key": lambda: make({"alg": "PS256"}, sign=lambda t: private_key("jwt").sign(
            t.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())),
        "key of somebody else": lambda: make(sign=lambda t: rs256(t, rsa.generate_private_key(
            65537, 2048))),
        "ES256 with the key of a service": lambda: make(
            {"alg": "ES256"}, sign=lambda t: es256(t, private_key("matching"))),
        "signature of another token": lambda: make(sign=lambda _: rs256("a.b")),
        "signature too short": lambda: make(sign=lambda t: rs256(t)[:-1]),
        "signature too long": lambda: make(sign=lambda t: rs256(t) + b"\0"),
        # the key
        **{f"kid {kid[:20]!r}": lambda kid=kid: make(header(kid=kid)) for kid in (
            "../../../../dev/null", "/dev/null", "user' OR '1'='1", "http://127.0.0.1/key",
            "x" * 3000,
            "", "user\0", "USER", "1", "matching", "accounting", "%00")},
        "kid number": lambda: make(header(kid=1)),
        "kid null": lambda: make(header(kid=None)),
        "kid twice": lambda: make('{"alg":"RS256","kid":"user","kid":"user"}'),
        "alg twice": lambda: make('{"alg":"none","alg":"RS256"}'),
        "jku": lambda: make(header(jku="http://127.0.0.1/jwks.json")),
        "x5u": lambda: make(header(x5u="http://127.0.0.1/key.pem")),
        "x5c": lambda: make(header(x5c=["MIIB"])),
        "jwk": lambda: make(header(jwk={"kty": "RSA", "n": "AQAB", "e": "AQAB"})),
        "crit": lambda: make(header(crit=["exp"])),
        "b64 false": lambda: make(header(b64=False, crit=["b64"])),
        "zip": lambda: make(header(zip="DEF")),
        "typ of another kind": lambda: make(header(typ="secevent+jwt")),
        "typ number": lambda: make(header(typ=1)),
        # the claims
        **{f"no {name}": lambda name=name: with_claims(**{name: None}) for name in (
            "iss", "aud", "exp", "iat", "sub", "jti", "uid", "email", "role", "level", "state")},
        "iss of another": lambda: with_claims(iss="barong2"),
        "iss list": lambda: with_claims(iss=["barong"]),
        "aud of another": lambda: with_claims(aud=["accounting"]),
        "aud empty": lambda: with_claims(aud=[]),
        "aud text of another": lambda: with_claims(aud="peatio "),
        "aud object": lambda: with_claims(aud={"peatio": True}),
        "aud list of lists": lambda: with_claims(aud=[["peatio"]]),
        "aud of a thousand": lambda: with_claims(aud=["x"] * 600 + ["peatio"]),
        "sub refresh": lambda: with_claims(sub="refresh"),
        "sub of a service": lambda: with_claims(sub="service"),
        "sub api_key": lambda: with_claims(sub="api_key"),
        **{f"scope {scope!r}": lambda scope=scope: with_claims(scope=scope) for scope in (
            "root", "peatio.read root", " peatio.read", "PEATIO", 7, ["peatio.read"], True, {})},
        "jti empty": lambda: with_claims(jti=""),
        "jti number": lambda: with_claims(jti=1),
        "expired": lambda: with_claims(exp=now - 1),
        "expired a minute ago": lambda: with_claims(exp=now - 61),
        "iat a day ahead": lambda: with_claims(iat=now + 86400, exp=now + 90000),
        "nbf a minute ahead": lambda: with_claims(nbf=now + 61),
        **{f"{name} {literal}": lambda name=name, literal=literal: with_time(name, literal)
           for name in ("exp", "iat", "nbf") for literal in (
               f'"{now + 60}"', f"{now + 60}.5", f"{now + 60}.0", "1e99", "1e400", "-1", f"-{FAR}",
               f"{FAR}", f"{2 ** 64 + now}", "true", "null", "[]", "{}", "NaN", f"+{now}",
               "0x7fffffff",
               f"0{now + 60}")},
        "exp twice": lambda: make(claims=json.dumps(good_claims(exp=None))[:-1]
                                  + f',"exp":1,"exp":{now + 60}}}'),
        "uid twice": lambda: make(claims=json.dumps(good_claims())[:-1] + ',"uid":"IDADA1000001"}'),
        "role twice, one escaped": lambda: make(claims=json.dumps(good_claims())[:-1]
                                                + ',"\\u0072ole":"superadmin"}'),
        "claims list": lambda: make(claims="[]"),
        "claims text": lambda: make(claims='"claims"'),
        "claims no JSON": lambda: make(claims="{"),
        "claims behind claims": lambda: make(claims=json.dumps(good_claims()) + "{}"),
        "claims with half a letter": lambda: make(claims=json.dumps(good_claims())[:-1]
                                                  + ',"x":"\\ud800"}'),
        "header list": lambda: make("[]"),
        "header no JSON": lambda: make("alg"),
        "header empty": lambda: make(""),
        # the form
        "nothing": lambda: "",
        "one part": lambda: make().split(".", maxsplit=1)[0],
        "two parts": lambda: make().rpartition(".")[0],
        "no signature": lambda: make().rpartition(".")[0] + ".",
        "four parts": lambda: make() + ".e30",
        "five parts, JWE": lambda: make() + ".AAAA.AAAA",
        "dots only": lambda: "..",
        "padding": lambda: make() + "=",
        "padding twice": lambda: make() + "==",
        "padding inside": lambda: make().replace(".", "=.", 1),
        "bits behind the end": lambda: other_last_bits(make()),
        "plain base64": lambda: make()[:-2] + "+/",
        "blank inside": lambda: make()[:50] + " " + make()[50:],
        "tab behind": lambda: make() + "\t.",
        "nested": nested,
    }
    whole = {
        "no scheme": make, "Basic": lambda: "Basic dXNlcjpwYXNz",
        "Token": lambda: f"Token {make()}",
        "Bearer alone": lambda: "Bearer", "Bearer and a blank": lambda: "Bearer ",
        "two tokens": lambda: f"Bearer {make()} {make()}",
        "a list": lambda: f"Bearer {make()}, Bearer {make()}",
        "quoted": lambda: f'Bearer "{make()}"',
        "Bearer:": lambda: f"Bearer: {make()}",
    }
    yield from ((name, lambda f=function: "Bearer " + f()) for name, function in bearer.items())
    yield from whole.items()


@pytest.mark.parametrize("method, path", [("GET", "/account/balances"), ("POST", "/market/orders"),
                                          ("GET", "/admin/members"), ("GET", "/no/such/path")])
def test_good_token_is_let_in(method, path):
    """The rows below are refused for what is wrong with them, not for something else."""
    good = {"aud": "barong", "iat": int(time.time()) - 3600, "nbf": int(time.time()) - 1}
    for base in (WORLD.api, WORLD.edge):
        member = Member(base=base)
        # The edge lets a role to its paths only; a superadmin's are all.
        role = {} if base == WORLD.api else {"role": "superadmin"}
        for claims in (role, {**good, **role}):
            member.bearer = with_claims(**claims)
            assert member.call(method, path).status_code != 401


def ask(peer, prefix, authorization, method="GET", path="/account/balances"):
    headers = [] if authorization is None else [f"Authorization: {authorization}"]
    peer.sendall(request_bytes(method, prefix + path, headers=headers))
    return read_answer(peer)


def test_every_bad_token_is_refused_alike_by_service_and_edge():
    """A-01: 100 % refused, with one and the same body, and no header that tells why."""
    wrong, count = [], 0
    with connect(WORLD.api_port) as service, connect(WORLD.edge_port) as edge:
        for name, function in rows():
            count += 1
            authorization = function()
            for where, peer, prefix in (("service", service, "/api/v2"),
                                        ("edge", edge, "/api/v2/peatio")):
                if where == "edge" and authorization is None:
                    continue  # nobody said who he is: the edge speaks of sessions
                answer = ask(peer, prefix, authorization)
                if answer.status_code != 401 or answer.json() != REFUSED:
                    wrong.append(f"{name} at the {where}: {answer.status_code} {answer.text[:80]}")
    assert count > 130 and not wrong, "\n".join(wrong)


def test_bad_tokens_are_refused_on_every_kind_of_path():
    """A-01: protected prefixes, administrators' paths, unknown paths; also before parameters."""
    with connect(WORLD.api_port) as service, connect(WORLD.edge_port) as edge:
        for authorization in (None, "Bearer x.y.z", "Bearer " + hs256(public_pem())):
            for method, path in (("GET", "/account/balances"), ("POST", "/market/orders"),
                                 ("DELETE", "/market/orders"), ("GET", "/admin/members"),
                                 ("POST", "/admin/adjustments/new"), ("GET", "/nowhere"),
                                 ("GET", "/market/orders?limit=-1")):
                for peer, prefix in ((service, "/api/v2"), (edge, "/api/v2/peatio")):
                    answer = ask(peer, prefix, authorization, method, path)
                    # At the service a path that exists is 405 before anything else.
                    is_verb = method == "DELETE" and peer is service
                    assert answer.status_code == (405 if is_verb else 401), (method, path)
                    if peer is edge and authorization is None:
                        code = "authz.invalid_session" if method == "GET" \
                            else "authz.missing_csrf_token"
                        assert answer.json() == {"errors": [code]}
                    else:
                        assert is_verb or answer.json() == REFUSED


@pytest.mark.parametrize("port, filler, status", [
    ("api_port", 6000, 401), ("api_port", 48000, 431), ("edge_port", 6000, 400),
    ("edge_port", 48000, 400)])
def test_huge_tokens_are_refused_before_they_are_read(port, filler, status):
    """5.3: above 8 kB, and 64 kB. That is a header too large, whoever signed it."""
    prefix = "/api/v2" if port == "api_port" else "/api/v2/peatio"
    with connect(getattr(WORLD, port)) as peer:
        answer = ask(peer, prefix, "Bearer " + with_claims(x="x" * filler))
        assert answer.status_code == status


def test_cached_token_ends_with_its_expiry():
    """A token that was good is refused when its time is over, cache or not."""
    member = Member()
    now = int(time.time())
    member.bearer = make(claims=claims_of(member.uid, exp=now + 4))
    while time.time() < now + 3:
        answer = member.get("/account/balances")
        assert answer.status_code == 200 or time.time() >= now + 4
        time.sleep(0.5)
    time.sleep(max(0, now + 4.1 - time.time()))
    answer = member.get("/account/balances")
    assert answer.status_code == 401 and answer.json() == REFUSED


def test_clock_skew_of_a_minute_is_forgiven_for_iat_only():
    """5.3: clocks of two machines differ; an expired token stays expired."""
    now = int(time.time())
    member = Member()
    member.bearer = with_claims(iat=now + 60, exp=now + 600)
    assert member.get("/account/balances").status_code == 200


# ---- between services ----

def internal(bearer):
    with connect(WORLD.api_port) as peer:
        return ask(peer, "/api/v2", f"Bearer {bearer}", path="/internal/matching/markets")


def service_token(claims=None, key="matching", head=None, sign=None):
    return make(head or {"alg": "ES256", "kid": "matching", "typ": "JWT"},
                claims or service_claims(),
                sign or (lambda text: es256(text, private_key(key))))


def der(text):
    r, s = decode_dss_signature(private_key("matching").sign(text.encode(),
                                                             ec.ECDSA(hashes.SHA256())))
    return encode_dss_signature(r, s)


def low_order(text):
    """r = s = n: not in the range that ECDSA allows."""
    return P256_ORDER.to_bytes(32, "big") * 2


def prehashed_twice(text):
    digest = hashlib.sha256(text.encode()).digest()
    signature = private_key("matching").sign(hashlib.sha256(digest).digest(),
                                             ec.ECDSA(Prehashed(hashes.SHA256())))
    r, s = decode_dss_signature(signature)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def test_tokens_of_services_are_for_one_service_and_of_its_key():
    """5.3: a token of A at B, r and s of zero, DER, wrong length; the internal API refuses them."""
    assert internal(service_token()).status_code == 200
    now = int(time.time())
    bad = {
        "session of a member": make(),
        "session of an administrator": administrator().bearer,
        "key of accounting": service_token(key="accounting"),
        "issuer of another": service_token(service_claims(iss="accounting")),
        "no issuer": service_token(service_claims(iss=None)),
        "for another service": service_token(service_claims(aud="blockchain")),
        "for users": service_token(service_claims(aud=["peatio", "barong"])),
        "for nobody": service_token(service_claims(aud=None)),
        "session": service_token(service_claims(sub="session")),
        "expired": service_token(service_claims(exp=now - 61)),
        "endless": service_token(service_claims(exp=None)),
        "no jti": service_token(service_claims(jti=None)),
        "kid of another": service_token(head={"alg": "ES256", "kid": "accounting"}),
        "zero r and s": service_token(sign=lambda _: bytes(64)),
        "r and s of the order": service_token(sign=low_order),
        "DER": service_token(sign=der),
        "63 bytes": service_token(sign=lambda t: es256(t, private_key("matching"))[:63]),
        "65 bytes": service_token(sign=lambda t: es256(t, private_key("matching")) + b"\0"),
        "hashed twice": service_token(sign=prehashed_twice),
        "RS256": make({"alg": "RS256", "kid": "matching"}, service_claims()),
        "none": make({"alg": "none", "kid": "matching"}, service_claims(), lambda _: b"x"),
    }
    for name, bearer in bad.items():
        answer = internal(bearer)
        assert answer.status_code == 401 and answer.json() == REFUSED, name
    member = Member()
    member.bearer = service_token()
    assert member.get("/account/balances").status_code == 401


def test_internal_paths_do_not_exist_at_the_edge():
    """Not even with a good token of a service."""
    for path in ("markets", "snapshot?market=btcusd", "commands?market=btcusd&from=1"):
        with connect(WORLD.edge_port) as peer:
            answer = ask(peer, "/api/v2/peatio", f"Bearer {service_token()}",
                         path=f"/internal/matching/{path}")
            assert answer.status_code == 404


# ---- other servers ----

def test_management_documents_are_used_once_and_by_their_signers():
    """5.3: replay of a jti, the same signer twice, a key of somebody else."""
    signer = Signer("local", WORLD.file("keys/management.key").read_text())
    stranger = Signer("local", ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()).decode())
    data = {"uid": administrator().uid, "currency": "usd"}
    assert manage("/accounts/balance", data).status_code == 200
    member = Member()

    def post(document):
        return member.call("POST", "/management/accounts/balance", data=document, headers={
            "Content-Type": "application/json"})

    once = signer.document(data)
    assert post(once).status_code == 200
    failed = {"error": "Failed to verify JWT."}
    refused = {
        "replay": once, "stranger": stranger.document(data),
        "one of two is wrong": signer.document(data, also=(stranger,)),
        "no jti": signer.document(data, jti=None), "expired": signer.document(data, exp=1),
        "from the future": signer.document(data, iat=int(time.time()) + 3600),
        "exp text": signer.document(data, exp="9999999999"),
    }
    for name, document in refused.items():
        answer = post(document)
        assert (answer.status_code, answer.json()) == (401, failed), (name, answer.text)
    nobody = json.loads(signer.document(data))
    nobody["signatures"] = []
    assert post(json.dumps(nobody)).status_code == 401


@pytest.mark.outage
def test_management_wants_every_mandatory_signer(tmp_path):
    """5.3: two signers are mandatory; one of them signing twice is one."""
    def new_signer(name):
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key().public_bytes(serialization.Encoding.PEM,
                                               serialization.PublicFormat.SubjectPublicKeyInfo)
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
        value = base64.urlsafe_b64encode(public).decode()
        return Signer(name, private.decode()), f"  {name}: {{algorithm: ES256, value: {value}}}\n"

    (one, first), (two, second) = new_signer("one"), new_signer("two")
    config = tmp_path / "management_api.yml"
    config.write_text("keychain:\n" + first + second +
                      "jwt: {verify_expiration: true, verify_jti: true}\n"
                      "scopes:\n  read_accounts:\n    permitted_signers: [one, two]\n"
                      "    mandatory_signers: [one, two]\n")
    data = {"uid": administrator().uid, "currency": "usd"}
    not_enough = (401, {"error": "Not enough signatures for the action."})

    def post(document):
        answer = Member().call("POST", "/management/accounts/balance", data=document, headers={
            "Content-Type": "application/json"})
        return answer.status_code, answer.json()

    with WORLD.accounting_with(MANAGEMENT_API_CONFIG=str(config)):
        assert post(one.document(data, also=(two,)))[0] == 200
        assert post(two.document(data, also=(one,)))[0] == 200
        assert post(one.document(data)) == not_enough
        assert post(one.document(data, also=(one,)))[0] == 401
        repeated = json.loads(one.document(data))
        repeated["signatures"] *= 2
        assert post(json.dumps(repeated))[0] == 401
        renamed = json.loads(one.document(data, also=(one,)))
        renamed["signatures"][1]["header"]["kid"] = "two"
        assert post(json.dumps(renamed))[0] == 401
