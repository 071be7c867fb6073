"""Bodies: what is JSON is read, what is none is refused as a body, whatever is inside (H-04,
H-05, H-07).

A document that is read reaches the parameters, which miss everything (422); one that is not, does
not (400).
"""

import json

import pytest

from members import administrator, errors, funded
from wire import burst, request_bytes
from world import WORLD

ORDERS = "/api/v2/market/orders"
NO_JSON = {"errors": "server.method.invalid_message_body"}
DEPTH_MAX, KEYS_MAX, STRING_MAX, DIGITS_MAX = 32, 1000, 65536, 40

NEST = b"[" * (DEPTH_MAX - 1) + b"]" * (DEPTH_MAX - 1)

# values of a member "x"
VALUES_READ = [
    b'""', b'" "', b'"abc"', b'"\\""', b'"\\\\"', b'"\\/"', b'"\\b\\f\\n\\r\\t"', b'"\\u0041"',
    b'"\\u00e9"', b'"\\uD834\\uDD1E"', b'"\\uFFFF"', b'"\\u2028"', '"\u2028"'.encode(),
    '"é"'.encode(),
    '"€"'.encode(), '"𝄞"'.encode(), '"\U0010ffff"'.encode(), b'"\x7f"', b'"a/*b*/c"',
    b'"\\u005C"',
    b'"__proto__"', b"0", b"-0", b"1", b"-1", b"10", b"0.5", b"-0.5", b"1.50", b"1e1", b"1E1",
    b"1e+1",
    b"1e-1", b"1.5e-10", b"0e0", b"0e+1", b"123456789012345678901234567890", b"1" * DIGITS_MAX,
    b"9007199254740993", b"true", b"false", b"null", b"[]", b"[ ]", b"[1]", b"[1,2]", b"[[]]",
    b"[[],[]]",
    b'["",{}]', b"{}", b"{ }", b'{"":0}', b'{"a":{"a":{"a":[]}}}', b'{"a":1,"b":1}', b" 1 ",
    b"\t1\n", b"\r\n[\r\n1\r\n]\r\n", b'{"a":[{"b":[{"c":[]}]}]}', b"1e99", b"-1e-99",
    b'"' + b"x" * STRING_MAX + b'"', b"[" + b"1," * 9999 + b"1]",
]
VALUES_REFUSED = [
    # strings
    b'"', b'"a', b"'a'", b"`a`", b'"\\x"', b'"\\a"', b'"\\"', b'"\\\\""', b'"\\u"', b'"\\u1"',
    b'"\\u12"',
    b'"\\u123"', b'"\\u12G4"', b'"\\U0041"', b'"\\u 041"', b'"\\uD800"', b'"\\uDC00"',
    b'"\\uD800\\u0041"',
    b'"\\uD800\\uD800"', b'"\\uDC00\\uD800"', b'"\\uD834x"', b'"\\u0000"', b'"\n"', b'"\t"',
    b'"\r"',
    b'"\0"', b'"\x1f"', b'"\\\n"', b'"\\\0"', b'a', b'"a"b', b'"a""b"', b'"a",',
    b'"' + b"x" * (STRING_MAX + 1)
    + b'"',
    # bytes that are no UTF-8
    b'"\xff"', b'"\xfe"', b'"\x80"', b'"\xbf"', b'"\xc0\x80"', b'"\xc0\xaf"', b'"\xc1\xbf"',
    b'"\xc2"',
    b'"\xe0"', b'"\xe0\x80\xaf"', b'"\xe0\x9f\xbf"', b'"\xe2\x82"', b'"\xed\xa0\x80"',
    b'"\xed\xbf\xbf"',
    b'"\xf0\x80\x80\xaf"', b'"\xf0\x8f\xbf\xbf"', b'"\xf4\x90\x80\x80"', b'"\xf5\x80\x80\x80"',
    b'"\xf8\x88\x80\x80\x80"', b'"\xfc\x84\x80\x80\x80\x80"', b'"a\xe9b"', b"\xff", b"[\xe9]",
    # numbers
    b"01", b"-01", b"00", b"+1", b"-", b"--1", b"- 1", b".5", b"-.5", b"5.", b"1.", b"0.", b"1.e1",
    b"1e",
    b"1e+", b"1e-", b"1E", b"1e1.5", b"1e1e1", b"0x1", b"0b1", b"0o7", b"1_000", b"1,5", b"1 000",
    b"NaN",
    b"-NaN", b"nan", b"Infinity", b"-Infinity", b"inf", b"1f", b"1L", b"0e",
    b"1" * (DIGITS_MAX + 1),
    b"1e400", b"1e-400", b"1e1000000", "１".encode(), "١".encode(), "−1".encode(), b"1.2.3",
    b"1a",
    # words
    b"True", b"TRUE", b"tru", b"truee", b"nul", b"nulll", b"None", b"undefined", b"fals", b"false0",
    # collections
    b"[", b"]", b"[1", b"[1,", b"[1,]", b"[,1]", b"[,]", b"[1,,2]", b"[1 2]", b"[1;2]", b"[1}",
    b"{1]",
    b"[[]", b"[]]", b"(1)", b"{", b"}", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}',
    b'{,"a":1}',
    b"{a:1}", b"{'a':1}", b'{"a" 1}', b'{"a"::1}', b'{"a"=1}', b'{"a":1 "b":2}', b'{"a":1;"b":2}',
    b"{1:1}", b"{null:1}", b'{"a"}', b'{"a":1,"a":2}', b'{"a":1,"\\u0061":2}',
    b'{"a":{"b":1,"b":1}}',
    b'{"a":1}}', b'{"a":1}{', b'{"a":b}',
    # blanks and comments
    b"1 /* c */", b"// c\n1", b"# c\n1", b"\xa01", b"\x0b1", b"\x0c1", b"1\xc2\xa0", b"1\x00",
    "\u2028 1".encode(), b"\xef\xbb\xbf1", b"[1]\x00", b"",
]
DOCUMENTS_REFUSED = [
    b"[]", b"[{}]", b'"text"', b"1", b"null", b"true", b"{} {}", b"{}{}", b"{},", b",{}", b"{}x",
    b"\0{}", b"{}\0",
    b"\xef\xbb\xbf{}", b"{", b"}", b"\xff\xfe{\0}\0", b"{\0}\0", b"\0{\0}", b"[" * 100000,
    b'{"a":' * 100000,
    b"[" * 50000 + b"]" * 50000, b'{"a":' * 50000 + b"1" + b"}" * 50000, b"<a/>", b"%PDF-1.4",
    b'{"x":' + b"[" * DEPTH_MAX + b"]" * DEPTH_MAX + b"}", b"{" + b",".join(
        b'"k%d":1' % i for i in range(KEYS_MAX + 1)) + b"}", b'{"x":[' + b"1," * 120000 + b"1]}",
]
DOCUMENTS_READ = [
    b"{}", b" {} ", b"\r\n{\t}\n", b'{"x":' + NEST + b"}",
    b"{" + b",".join(b'"k%d":1' % i for i in range(KEYS_MAX)) + b"}",
]


def post_all(member, bodies):
    answers = []
    headers = [f"Authorization: Bearer {member.bearer}", "Content-Type: application/json"]
    for start in range(0, len(bodies), 50):
        answers += burst(WORLD.api_port, [request_bytes("POST", ORDERS, body, headers)
                                          for body in bodies[start:start + 50]])
    return answers


def disagreements(bodies, answers, is_right):
    return "\n".join(f"{body[:60]!r}: {answer.status_code} {answer.text[:100]}"
                     for body, answer in zip(bodies, answers) if not is_right(answer))


def is_read(answer):
    return answer.status_code == 422 and "market.order.missing_market" in answer.json()["errors"]


def is_refused(answer):
    return answer.status_code == 400 and answer.json() == NO_JSON


def member_with(value):
    return b'{"x":' + value + b"}"


@pytest.mark.parametrize("bodies, is_right", [
    ([member_with(value) for value in VALUES_READ] + DOCUMENTS_READ, is_read),
    ([member_with(value) for value in VALUES_REFUSED] + DOCUMENTS_REFUSED, is_refused),
], ids=["must accept", "must reject"])
def test_json(alice, bodies, is_right):
    """H-04: also 100,000 opening brackets, depth 32 and 33, 1,000 and 1,001 keys, 40 and 41
    digits."""
    pid = WORLD.pid("accounting")
    assert not disagreements(bodies, post_all(alice, bodies), is_right)
    assert WORLD.pid("accounting") == pid


def test_our_table_agrees_with_another_parser():
    """The table above against Python's parser, which is only more lenient: no row is a mistake of
    ours."""
    for value in VALUES_READ:
        json.loads(member_with(value))


def test_a_duplicate_key_never_decides():
    """H-05: neither the first nor the last of two volumes."""
    member = funded(usd="100")
    body = (b'{"market":"btcusd","side":"buy","price":"1","volume":"1","volume":"2"}',
            b'{"market":"btcusd","side":"buy","price":"1","volume":"1","vol\\u0075me":"2"}')
    assert all(is_refused(answer) for answer in post_all(member, list(body)))
    assert member.balance("usd") == (100, 0)


@pytest.mark.parametrize("form", [b"market=%ff", b"market=%E0%80", b"market=\xff", b"%ff=1",
                                  b"a=%00",
                                  b"a=%zz", b"a=%", b"a=%4", b"market=\0"])
def test_forms_that_are_no_text(alice, form):
    """H-07 in forms."""
    answer = alice.call("POST", "/market/orders", data=form, headers={
        "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 400 and answer.json() == NO_JSON


@pytest.mark.parametrize("target", [
    "/public/markets/%ff/depth", "/public/markets/%C0%AF/depth",
    "/public/markets?search[base_name]=%E0",
    "/public/markets?%ff=1", "/public/markets/%ED%A0%80/depth", "/public/markets?a=%00"])
@pytest.mark.parametrize("where", ["api_port", "edge_port"])
def test_targets_that_are_no_text(where, target):
    """H-07 in paths and queries."""
    prefix = "/api/v2" if where == "api_port" else "/api/v2/peatio"
    answer, = burst(getattr(WORLD, where), [request_bytes("GET", prefix + target)])
    assert answer.status_code in (400, 422), answer.text
    assert errors(answer, answer.status_code)


def test_headers_may_be_any_bytes_and_decide_nothing(alice):
    """H-07 in headers: a name that we don't know is not read; the ones that we read are."""
    for raw in (b"X-Name: \xff\xfe\xe0", "X-Name: é".encode()):
        request = request_bytes("GET", "/api/v2/account/balances", headers=[
            f"Authorization: Bearer {alice.bearer}"]).replace(b"\r\n\r\n",
            b"\r\n" + raw + b"\r\n\r\n")
        answer, = burst(WORLD.api_port, [request])
        assert answer.status_code in (200, 400)
    request = request_bytes("GET", "/api/v2/account/balances").replace(
        b"\r\n\r\n", b"\r\nAuthorization: Bearer \xff\r\n\r\n")
    assert burst(WORLD.api_port, [request])[0].status_code == 401


TEXTS = ["plain", "né à l'été", "日本語", "عربى", "𝄞 🦊", "a\u202eb", "\u2028",
         "<b>&amp;\"'", "%00 %ff", "tab\there",
         "x" * 250, "'; DROP TABLE members; --", "\\", "\\u0000"]


def test_stored_text_comes_back_as_it_was(admin):
    """H-07, D-13: what was let in is valid text, and no byte of it changes on its way."""
    for text in TEXTS:
        asked = admin.post("/admin/adjustments/new", reason=text, description=text, category="misc",
                           amount="1", currency_id="usd", asset_account_code=101,
                           receiving_account_code=301)
        assert asked.status_code == 201, (text, asked.text)
        shown = administrator().get(f"/admin/adjustments/{asked.json()['id']}").json()
        assert (shown["reason"], shown["description"]) == (text, text)
        rejected = admin.post("/admin/adjustments/action", id=shown["id"], action="reject")
        assert rejected.status_code == 201, rejected.text
