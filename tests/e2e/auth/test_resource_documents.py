"""Documents and proofs of address: what may be uploaded, who may see it (reference barong.md §2.7, §7.5;
A-13)."""

import json
import socketserver
import struct
import threading
import zlib
from datetime import date, timedelta

import pytest
import requests
from peers import S3
from visitor import errors, signed_in, sql

from world import WORLD

FAR = "3020-01-22"


def said(answer, status, *codes):
    assert (answer.status_code, errors(answer)) == (status, list(codes)), answer.text


def png(width=8, height=8, padding=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(3 * min(width, 8)) for _ in range(min(height, 8)))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"tEXt", bytes(padding))
            + chunk(b"IEND", b""))


JPEG = (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\xff\xc0\0\x11\x08\0\x10\0\x10\3"
        + bytes(9) + b"\xff\xd9")


def file(person, *files, path="/resource/documents", **form):
    return person.call("POST", path, data=form,
                       files=[("upload[]", one) for one in files or [("a.png", png())]])


def passport(person, *files, **form):
    return file(person, *files, **{"doc_type": "Passport", "doc_number": "AA1234BB",
                                   "doc_expire": FAR, **form})


def address(person, *files, **form):
    return file(person, *files, path="/resource/addresses",
                **{"country": "UA", "address": "Street 1", "city": "", "postcode": "123", **form})


def labels_of(person):
    return {row["key"]: row["value"] for row in person.get("/resource/labels").json()
            if row["scope"] == "private"}


def rows_of(person):
    return sql("SELECT upload, doc_type, doc_number, identificator, doc_category, doc_issue,"
               " metadata FROM {}.documents WHERE user_id = %s ORDER BY id", person.row["id"])


@pytest.fixture
def anna(stack):
    return signed_in(level=2)


# ---- filing ----

def test_a_document_is_filed_listed_and_waits_for_a_check(anna):
    answer = passport(anna, doc_category="front_side", identificator="one", doc_issue="2015-02-03",
                      metadata='{"a": 1}')
    assert (answer.status_code, answer.text) == (201, "201")
    shown = anna.get("/resource/documents").json()
    assert [set(row) for row in shown] == [{"upload", "doc_type", "doc_number", "doc_expire"}]
    assert (shown[0]["doc_number"], shown[0]["doc_expire"]) == ("AA****BB", FAR)
    assert labels_of(anna)["document"] == "pending"
    row = rows_of(anna)[0]
    assert "1234" not in row[2] and row[3:5] == ("one", "front_side")
    assert (str(row[5]), row[6]) == ("2015-02-03", '{"a": 1}')


def test_filing_again_asks_for_another_check(anna):
    assert passport(anna).status_code == 201
    for verdict in ("verified", "rejected"):
        sql("UPDATE {}.labels SET value = %s WHERE user_id = %s AND `key` = 'document'", verdict,
            anna.row["id"])
        assert passport(anna).status_code == 201
        assert labels_of(anna)["document"] == "pending"


def test_files_of_one_request_belong_together(anna):
    assert passport(anna, ("a.png", png()), ("b.jpeg", JPEG), ("c.PDF", b"%PDF-1.4\n")
                    ).status_code == 201
    rows = rows_of(anna)
    assert len(rows) == 3 and len({row[3] for row in rows}) == 1 and len(rows[0][3]) == 32
    assert [row[0].rsplit(".", 1)[1] for row in rows] == ["png", "jpg", "pdf"]


def test_ten_files_and_no_more(anna):
    assert passport(anna, *[("a.png", png())] * 3).status_code == 201
    for _ in range(7):
        assert passport(anna).status_code == 201
    said(passport(anna), 400, "resource.documents.limit_will_be_reached")
    said(passport(signed_in(), *[("a.png", png())] * 11), 400,
         "resource.documents.limit_will_be_reached")
    assert len(rows_of(anna)) == 10


def test_of_many_uploads_at_once_ten_are_kept(anna):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        statuses = [answer.status_code for answer in pool.map(
            lambda _: passport(anna, *[("a.png", png())] * 4), range(4))]
    assert statuses.count(201) <= 2 and set(statuses) <= {201, 400, 503}
    assert len(rows_of(anna)) == 4 * statuses.count(201)


def test_wrong_documents_say_what_is_wrong(anna):
    said(anna.call("POST", "/resource/documents", files={"x": (None, "y")}), 422,
         "resource.document.missing_doc_type", "resource.document.empty_doc_type",
         "resource.document.missing_doc_number", "resource.document.empty_doc_number",
         "resource.document.missing_upload")
    said(passport(anna, doc_expire="blah"), 422, "resource.documents.expire_not_a_date")
    said(passport(anna, doc_category="top"), 422, "resource.documents.doc_category")
    said(passport(anna, doc_expire=""), 422, "resource.documents.invalid_format")
    said(passport(anna, doc_expire=str(date.today() - timedelta(days=1))), 422,
         "resource.documents.already_expired")
    said(passport(anna, doc_type="Ticket", doc_number="A/B"), 422, "doc_type.inclusion",
         "doc_number.invalid")
    said(passport(anna, doc_number="1" * 129), 422, "doc_number.too_long")
    said(passport(anna, metadata="{ bar: baz }"), 422, "metadata.invalid_format")
    said(passport(anna, metadata=json.dumps("x" * 65534)), 422, "metadata.too_long")
    form = {"doc_type": (None, "Passport"), "doc_number": (None, "1"), "doc_expire": (None, FAR)}
    said(anna.call("POST", "/resource/documents", files={**form, "upload[]": (None, "text")}), 422,
         "upload.blank")
    answer = anna.call("POST", "/resource/documents", data=b"--x", headers={
        "Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400
    assert rows_of(anna) == () and "document" not in labels_of(anna)


def test_an_address_needs_no_last_day_and_keeps_what_it_proves(anna):
    assert address(anna).status_code == 201
    assert labels_of(anna)["address"] == "pending" and "document" not in labels_of(anna)
    row = rows_of(anna)[0]
    assert (row[1], row[6]) == (
        "Address", '{"country":"UA","address":"Street 1","city":"","postcode":"123"}')
    said(file(anna, path="/resource/addresses", country="UA"), 422,
         "resource.address.missing_address", "resource.address.empty_address",
         "resource.address.missing_city", "resource.address.missing_postcode")


# ---- what a file may be ----

@pytest.mark.parametrize("name, content", [
    ("a.jpg", b"<?php system($_GET['c']); ?>"), ("a.PHP.jpg", b"<?php ?>"), ("a.jpg.php", JPEG),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("a.png", JPEG), ("a", png()),
    ("a.html", b"<html>"), ("a.pdf", b"PK\3\4"), ("a.png", b""), ("a.zip", b"PK\3\4"),
    ("bomb.png", png(40000, 40000)), ("wide.png", png(65000, 1)), ("none.png", png(0, 1))],
    ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_no_picture_is_refused(anna, name, content):
    answer = passport(anna, (name, content))
    assert answer.status_code == 422
    assert errors(answer)[-1] == "upload.blank"
    assert rows_of(anna) == ()


def test_names_of_clients_are_no_names_of_ours(anna):
    before = set(WORLD.file("uploads").rglob("*"))
    assert passport(anna, ("../../../../tmp/evil.png", png()), ("A.PNG", png())).status_code == 201
    made = [path for path in set(WORLD.file("uploads").rglob("*")) - before if path.is_file()]
    assert len(made) == 2
    assert all(len(path.stem) == 32 and path.suffix == ".png" for path in made)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in made)


def test_a_file_may_be_ten_megabytes_and_no_more(anna):
    assert passport(anna, ("a.png", png(padding=10 * 1024 * 1024 - 200))).status_code == 201
    answer = passport(anna, ("a.png", png(padding=10 * 1024 * 1024)))
    assert (answer.status_code, errors(answer)[-1]) == (422, "upload.blank")
    answer = passport(anna, ("a.png", png(padding=33 * 1024 * 1024)))
    assert answer.status_code == 413


# ---- who may see it ----

def test_a_link_shows_the_file_for_a_minute_and_nothing_else(anna):
    content = png(padding=100000)
    assert passport(anna, ("a.png", content)).status_code == 201
    link = anna.get("/resource/documents").json()[0]["upload"]["url"]
    answer = requests.get(link, timeout=30)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "no-store" in answer.headers["Cache-Control"]
    address_, _, query = link.partition("?")
    for wrong in (address_, address_ + "?" + query[:-1] + ("0" if query[-1] != "0" else "1"),
                  link.replace("expires=", "expires=9"), link.replace(".png?", ".jpg?"),
                  address_.replace("documents/", "documents/../") + "?" + query):
        assert requests.get(wrong, timeout=30).status_code in (401, 404, 422)
    expires = int(query.split("expires=")[1].split("&")[0])
    now = sql("SELECT UNIX_TIMESTAMP()")[0][0]
    assert 0 < expires - now <= 61


def test_documents_are_shown_to_their_owner_alone(anna):
    assert passport(anna).status_code == 201
    assert signed_in().get("/resource/documents").json() == []


def test_events_say_document_then_label(anna):
    mark = sql("SELECT COALESCE(MAX(id), 0) FROM {}.labels")[0][0]
    assert passport(anna).status_code == 201
    assert sql("SELECT `key` FROM {}.labels WHERE id > %s AND user_id = %s", mark,
               anna.row["id"]) == (("document",),)


def test_without_a_provider_of_checks_nobody_calls_back(stack):
    url = f"http://localhost:{WORLD.edge_port}/api/v2/barong/public/kyc"
    answer = requests.post(url, json={"verification_id": "x"}, timeout=30)
    assert (answer.status_code, answer.text) == (422, "422")


# ---- a virus scanner ----

class Clamd:
    """Speaks INSTREAM; finds what holds the word."""

    def __init__(self, word=b"EICAR"):
        clamd, self.seen, self.reply = self, [], None

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                assert self.rfile.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">I", self.rfile.read(4))[0]:
                    content += self.rfile.read(size)
                clamd.seen.append(content)
                found = b"stream: Test FOUND" if word in content else b"stream: OK"
                self.wfile.write((clamd.reply or found) + b"\0")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.outage
def test_a_scanner_is_asked_about_each_file(stack):
    clamd = Clamd()
    with WORLD.service_with("auth", UPLOAD_SCANNER=clamd.address):
        person, large = signed_in(), png(padding=300000)
        assert passport(person, ("a.png", png()), ("b.png", large)).status_code == 201
        assert clamd.seen == [png(), large]
        said(passport(person, ("a.png", png() + b"EICAR")), 422,
             "upload.File content is dangerous", "upload.blank")
        clamd.reply = b"INSTREAM size limit exceeded. ERROR"
        assert (passport(person).status_code, passport(person).json()) == (
            422, {"error": "Connection error"})
        clamd.close()
        assert passport(person).json() == {"error": "Connection error"}
        assert len(rows_of(person)) == 2


# ---- S3 ----

@pytest.mark.outage
def test_files_are_kept_in_a_bucket_by_signed_requests(stack):
    with S3() as s3, WORLD.service_with("auth", **s3.settings()):
        person, content = signed_in(), png(padding=5000)
        assert passport(person, ("a.png", content)).status_code == 201
        (path, (stored, media_type)), = s3.objects.items()
        assert (stored, media_type, s3.forged) == (content, "image/png", [])
        assert path == "/kyc/" + rows_of(person)[0][0]
        link = person.get("/resource/documents").json()[0]["upload"]["url"]
        assert requests.get(link, timeout=30).content == content
        assert requests.get(link.replace("X-Amz-Expires=60", "X-Amz-Expires=61"),
                            timeout=30).status_code == 403
        s3.is_away = True
        answer = passport(person)
        assert (answer.status_code, answer.json()) == (422, {"error": "Connection error"})
        assert len(rows_of(person)) == 1
        assert s3.SECRET not in WORLD.file("log/auth.log").read_text()


@pytest.mark.outage
def test_without_the_rule_a_last_day_is_not_needed(stack):
    with WORLD.service_with("auth", REQUIRED_DOCS_EXPIRE="false",
                            API_DATA_MASKING_ENABLED="false"):
        person = signed_in()
        assert passport(person, doc_expire="").status_code == 201
        assert passport(person, doc_expire="2001-01-01").status_code == 201
        assert [row["doc_number"] for row in person.get("/resource/documents").json()] == [
            "AA1234BB", "AA1234BB"]
