"""Identity checks with KYCAID, played by a peer that knows its API (reference barong.md §2.7)."""

import json

import pytest
import requests
from peers import Peer, as_json
from test_resource_documents import FAR, file, png
from test_resource_person import PROFILE, labels_of
from visitor import signed_in, sql

from world import WORLD, wait_for

TOKEN = "kycaid-token-canary"
BASE = f"http://localhost:{WORLD.edge_port}/api/v2/barong"


class Kycaid(Peer):
    def __init__(self):
        super().__init__()
        self.status = 200
        self.verdicts = {}
        self.count = 0

    def settings(self):
        return {"KYC_PROVIDER": "kycaid", "KYCAID_AUTHORIZATION_TOKEN": TOKEN,
                "KYCAID_API_ENDPOINT": self.url + "/", "KYCAID_FORM_ID": "form"}

    def bodies(self, path):
        return [json.loads(body) for method, at, _, body in self.calls
                if (method, at) == ("POST", path)]

    def answer(self, method, path, headers, body):
        assert headers["Authorization"] == f"Token {TOKEN}"
        if self.status != 200:
            return as_json(self.status, {"type": "validation"})
        self.count += 1
        kind = path.split("/")[1]
        if method == "GET":
            verification = path.split("/")[2]
            if verification not in self.verdicts:
                return as_json(404, {})
            return as_json(200, self.verdicts[verification])
        if kind == "files":
            assert b'name="sandbox"\r\n\r\ntrue' in body and b"\x89PNG" in body
            return as_json(201, {"file_id": f"file-{self.count}"})
        return as_json(201, {f"{kind[:-1] if kind != 'addresses' else 'address'}_id":
                             f"{kind}-{self.count}"})


@pytest.fixture(scope="module")
def provider(stack):
    with Kycaid() as kycaid, WORLD.service_with("auth", **kycaid.settings()):
        yield kycaid


pytestmark = pytest.mark.outage


def applicant(person, provider, state="verified"):
    assert person.post("/resource/profiles", confirm=True, **PROFILE).status_code == 201
    wait_for(lambda: labels_of(person).get("profile") == state, what=f"a {state} profile")
    return sql("SELECT applicant_id FROM {}.profiles WHERE user_id = %s", person.row["id"])[0][0]


def side(person, category, number="one", doc_type="Passport"):
    answer = file(person, ("a.png", png()), doc_type=doc_type, doc_number="AA12", doc_expire=FAR,
                  doc_category=category, identificator=number)
    assert answer.status_code == 201, answer.text


def call_back(verification):
    answer = requests.post(BASE + "/public/kyc", json={"verification_id": verification,
                                                       "verified": True}, timeout=30)
    assert (answer.status_code, answer.text) == (200, "200")


def test_a_submitted_profile_is_an_applicant(provider):
    person = signed_in(level=2)
    assert person.post("/resource/profiles", **PROFILE).status_code == 201
    assert labels_of(person)["profile"] == "drafted"
    assert person.put("/resource/profiles", confirm=True).status_code == 200
    wait_for(lambda: labels_of(person)["profile"] == "verified", what="a verified profile")
    body = provider.bodies("/applicants")[-1]
    assert (body["type"], body["first_name"], body["dob"], body["sandbox"]) == (
        "PERSON", PROFILE["first_name"], PROFILE["dob"], True)


def test_both_sides_and_the_verdict_make_a_verified_document(provider):
    person = signed_in(level=2)
    applicant_id = applicant(person, provider)
    side(person, "front_side")
    assert "document" not in labels_of(person)
    side(person, "selfie")
    assert labels_of(person)["document"] == "pending"
    wait_for(lambda: any(body["applicant_id"] == applicant_id
                         for body in provider.bodies("/verifications")), what="a verification")
    types = [body["type"] for body in provider.bodies("/documents")
             if body["applicant_id"] == applicant_id]
    assert types == ["PASSPORT", "SELFIE_IMAGE"]
    order = provider.bodies("/verifications")[-1]
    assert order["types"] == ["DOCUMENT", "FACIAL"]
    assert order["callback_url"].endswith("/api/v2/barong/public/kyc")
    # The call-back alone says nothing; what the provider answers counts, when it is complete.
    call_back("nobody-knows-this")
    verdict = {"applicant_id": applicant_id, "status": "pending",
               "verifications": {"document": {"verified": True}, "facial": {"verified": False}}}
    provider.verdicts["v-1"] = verdict
    call_back("v-1")
    wait_for(lambda: sql("SELECT COUNT(*) FROM {}.kyc_jobs")[0][0] == 0, what="no job")
    assert labels_of(person)["document"] == "pending"
    verdict["status"] = "completed"
    call_back("v-1")
    wait_for(lambda: labels_of(person)["document"] == "rejected", what="a verdict without a face")
    verdict["verifications"]["facial"]["verified"] = True
    call_back("v-1")
    wait_for(lambda: labels_of(person)["document"] == "verified", what="a verdict")
    assert person.row["level"] == 3


def test_an_address_is_checked_too(provider):
    person = signed_in()
    applicant_id = applicant(person, provider)
    answer = file(person, path="/resource/addresses", country="UA", address="Street 1", city="Kyiv",
                  postcode="123")
    assert answer.status_code == 201
    wait_for(lambda: any(body["applicant_id"] == applicant_id
                         for body in provider.bodies("/verifications")), what="a verification")
    body = provider.bodies("/addresses")[-1]
    assert (body["type"], body["full_address"], body["city"]) == ("REGISTERED", "Street 1", "Kyiv")
    assert provider.bodies("/verifications")[-1]["types"] == ["ADDRESS"]
    provider.verdicts["v-2"] = {"applicant_id": applicant_id, "status": "completed",
                                "verifications": {"address": {"verified": False}}}
    call_back("v-2")
    wait_for(lambda: labels_of(person)["address"] == "rejected", what="a verdict")


def test_who_is_refused_is_rejected_and_who_is_away_is_asked_again(provider):
    person = signed_in(level=2)
    provider.status = 503
    assert person.post("/resource/profiles", confirm=True, **PROFILE).status_code == 201
    wait_for(lambda: sql("SELECT 1 FROM {}.kyc_jobs WHERE user_id = %s AND tries > 0", person.row["id"]), what="a try")
    assert labels_of(person)["profile"] == "submitted"
    provider.status = 422
    sql("UPDATE {}.kyc_jobs SET run_at = UTC_TIMESTAMP(6)")
    wait_for(lambda: labels_of(person)["profile"] == "rejected", what="a refusal")
    provider.status = 200
    assert TOKEN not in WORLD.file("log/auth.log").read_text()
