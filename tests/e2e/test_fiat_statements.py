"""Statements of banks (camt.053): matched by reference, currency and account; imported twice, by API and from the
shell; reversals; what does not add up; a kill between."""

import secrets
import threading
from decimal import Decimal

import pytest
import requests

from members import administrator, errors
from test_fiat_payments import has, newcomer, reference_of, second  # noqa: F401 (a fixture)
from world import WORLD

IBAN = "DE89370400440532013000"


@pytest.fixture(scope="module")
def admin(stack):
    return administrator()


def entry(amount="12.50", sign="CRDT", text="", structured=None, servicer=None, ref="N1", extra="",
          end_to_end="NOTPROVIDED", currency="EUR", status="BOOK", reversal=False, returned=False):
    servicer = servicer if servicer is not None else secrets.token_hex(8)
    remittance = (f"<Strd><CdtrRefInf><Ref>{structured}</Ref></CdtrRefInf></Strd>" if structured
                  else f"<Ustrd>{text}</Ustrd>")
    return (f'<Ntry><NtryRef>{ref}</NtryRef><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
            f"{'<RvslInd>true</RvslInd>' if reversal else ''}<Sts>{status}</Sts>"
            f"<AcctSvcrRef>{servicer}</AcctSvcrRef><NtryDtls><TxDtls>"
            f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
            f"<RltdPties><Dbtr><Nm>A. Payer</Nm></Dbtr><DbtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN>"
            f"</Id></DbtrAcct></RltdPties><RmtInf>{remittance}</RmtInf>"
            f"{'<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>' if returned else ''}"
            f"{extra}</TxDtls></NtryDtls></Ntry>\n")


def balance(code, amount):
    sign = "CRDT" if amount >= 0 else "DBIT"
    return (f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{abs(amount)}</Amt>"
            f"<CdtDbtInd>{sign}</CdtDbtInd></Bal>")


def statement(*entries, total, iban=IBAN, doctype=""):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + doctype +
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
            f"<Id>{secrets.token_hex(8)}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
            f"{balance('OPBD', Decimal(100))}{balance('CLBD', Decimal(100) + Decimal(total))}\n"
            f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>\n")


def send(operator, text):
    return operator.call("POST", "/admin/fiat_statements",
                         files={"statement": ("statement.xml", text, "application/xml")})


def imported(operator, text):
    answer = send(operator, text)
    assert answer.status_code == 201, answer.text
    return answer.json()


def results(report):
    return [(line["result"], line["reason"]) for line in report["lines"]]


def test_statement__each_way_of_a_credit__twice(admin):
    one, two = newcomer(), newcomer()
    text = statement(
        entry(structured=reference_of(one)["reference"]),
        entry(amount="7.25", text="deposit " + reference_of(two)["reference_shown"]),
        entry(amount="1", text="no reference here"),
        entry(amount="2", structured=reference_of(one, "usd")["reference"]),
        entry(amount="3", structured=reference_of(one)["reference"], status="PDNG"),
        entry(amount="5000", structured=reference_of(two)["reference"]),
        entry(amount="4", sign="DBIT", text="bank fee"),
        total="5018.75")
    report = imported(admin, text)
    assert results(report) == [
        ("credited", None), ("credited", None), ("parked", "no_reference"), ("parked", "other_currency"),
        ("ignored", "not_booked"), ("waiting", "large"), ("ignored", "debit")]
    assert (has(one), has(two)) == (Decimal("12.5"), Decimal("7.25"))
    again = imported(admin, text)
    assert again["known"] == 5 and again["credited"] == 0, again
    assert (has(one), has(two)) == (Decimal("12.5"), Decimal("7.25"))


def test_statement__two_statements_with_one_entry__credit_it_once(admin):
    member = newcomer()
    same = entry(structured=reference_of(member)["reference"])
    assert imported(admin, statement(same, total="12.50"))["credited"] == 1
    report = imported(admin, statement(entry(amount="1", text="x"), same, total="13.50"))
    assert results(report)[1][0] == "known"
    assert has(member) == Decimal("12.5")


def test_statement__one_name_for_two_payments__is_refused_by_line(admin):
    member = newcomer()
    reference = reference_of(member)["reference"]
    report = imported(admin, statement(entry(structured=reference, servicer="S" + reference),
                                       entry(structured=reference, servicer="S" + reference,
                                             amount="99"), total="111.50"))
    assert results(report) == [("credited", None), ("refused", "differs")]
    assert has(member) == Decimal("12.5")


def test_statement__large__not_approved_by_who_imported_it(admin, second):  # noqa: F811
    member = newcomer()
    report = imported(admin, statement(entry(amount="5000", structured=reference_of(member)["reference"]),
                                       total="5000"))
    path = f"/admin/fiat_payments/{report['lines'][0]['payment']}/approve"
    assert errors(admin.post(path)) == ["admin.fiat_payment.same_operator"]
    assert has(member) == 0
    assert second.post(path).status_code == 201
    assert has(member) == 5000


def test_statement__reversed_entry__takes_the_credit_back(admin):
    member = newcomer()
    reference, name = reference_of(member)["reference"], "R" + secrets.token_hex(8)
    back = dict(sign="DBIT", servicer=name, reversal=True)
    assert imported(admin, statement(entry(structured=reference, servicer=name),
                                     total="12.50"))["credited"] == 1
    text = statement(entry(**back), entry(sign="DBIT", reversal=True), total="-25")
    assert results(imported(admin, text)) == [("reversed", None), ("refused", "reversal_of_unknown")]
    assert member.balance("eur") == (0, Decimal("12.5"))
    assert results(imported(admin, text))[0] == ("known", None)
    assert member.balance("eur") == (0, Decimal("12.5"))


def test_statement__that_is_none__changes_nothing(admin):
    member = newcomer()
    good = entry(structured=reference_of(member)["reference"])
    doctype = '<!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'
    for text in (statement(good, total="12.51"), statement(good, total="12.50", doctype=doctype),
                 statement(good, total="12.50")[:-30], "{}"):
        assert errors(send(admin, text), 400) == "admin.fiat_statement.invalid"
    assert errors(send(admin, statement(good, total="12.50", iban="GB33BUKB20201555555555")),
                  400) == "admin.fiat_statement.other_account"
    assert has(member) == 0


def test_statement__from_the_shell__twice(tmp_path):
    member = newcomer()
    path = tmp_path / "statement.xml"
    path.write_text(statement(entry(structured=reference_of(member)["reference"]), total="12.50"))
    for count, word in ((1, "credited"), (1, "known")):
        done = WORLD.service("accounting", "--import-statement", str(path))
        assert done.returncode == 0, done.stderr
        assert f'"{word}":{count}' in done.stdout
    assert has(member) == Decimal("12.5")
    path.write_text("no statement")
    done = WORLD.service("accounting", "--import-statement", str(path))
    assert done.returncode != 0 and "line 1" in done.stderr


@pytest.mark.outage
def test_statement__killed_between__the_next_import_does_the_rest(admin):
    members = [newcomer() for _ in range(4)]
    references = [reference_of(member)["reference"] for member in members]
    text = statement(*[entry(amount="1", structured=references[i % 4]) for i in range(400)], total="400")

    def first_try():
        try:
            send(admin, text)
        except requests.RequestException:
            pass  # it is killed meanwhile

    thread = threading.Thread(target=first_try)
    thread.start()
    WORLD.kill("accounting")
    thread.join(60)
    WORLD.until_ready()
    report = imported(admin, text)
    assert report["credited"] + report["known"] == 400, report
    assert [has(member) for member in members] == [100] * 4
