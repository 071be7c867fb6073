"""What a bank says of a batch before its statement (pain.002): a rejection gives the money back once, everything
else is shown, and whatever contradicts the books changes nothing."""

import secrets
from decimal import Decimal

import pytest

from members import administrator, errors
from test_fiat_payments import second  # noqa: F401 (a fixture)
from test_fiat_payouts import accept, batch, lines_of, paid, release, rich, shown, withdrawal
from test_fiat_statements import imported as statement_imported, results as statement_results, statement
from world import WORLD


@pytest.fixture(scope="module")
def admin(stack):
    return administrator()


def transaction(tid, status, reason="", amount="", currency="EUR"):
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>said so</AddtlInf></StsRsnInf>" if reason else ""
    what = (f'<OrgnlTxRef><Amt><InstdAmt Ccy="{currency}">{amount}</InstdAmt></Amt></OrgnlTxRef>'
            if amount else "")
    return (f"<TxInfAndSts><OrgnlEndToEndId>{tid}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
            f"{why}{what}</TxInfAndSts>\n")


def report(made, *transactions, group="", payment=None, original=None, doctype="", extra=""):
    original = original or made["message_id"]
    payments = (f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{payment or original}</OrgnlPmtInfId>"
                f"{''.join(transactions)}</OrgnlPmtInfAndSts>" if transactions else "")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + doctype +
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>'
            f"<GrpHdr><MsgId>{secrets.token_hex(8)}</MsgId></GrpHdr><OrgnlGrpInfAndSts>"
            f"<OrgnlMsgId>{original}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>{extra}"
            f"{f'<GrpSts>{group}</GrpSts>' if group else ''}</OrgnlGrpInfAndSts>\n{payments}"
            "</CstmrPmtStsRpt></Document>\n")


def send(operator, text):
    return operator.call("POST", "/admin/fiat_reports",
                         files={"report": ("report.xml", text, "application/xml")})


def imported(operator, text):
    answer = send(operator, text)
    assert answer.status_code == 201, answer.text
    return answer.json()


def results(outcome):
    return [(line["tid"], line["result"], line["reason"]) for line in outcome["lines"]]


def test_report__a_rejection__is_refunded_once(admin, second):  # noqa: F811
    member = rich()
    refused, good, other = (accept(admin, withdrawal(member)) for _ in range(3))
    made = batch(admin, refused, good, other)
    text = report(made, transaction(refused, "RJCT", "AC04", "10"), transaction(good, "ACSP"), group="PART")
    # The bank can't have had it.
    assert errors(send(admin, text)) == ["admin.fiat_report.not_released"]
    release(second, made)
    outcome = imported(admin, text)
    assert results(outcome) == [(refused, "rejected", None), (good, "moved", None), (None, "known", None)]
    assert (outcome["batch"], outcome["rejected"]) == (made["id"], 1)
    row = shown(admin, refused)
    assert (row["state"], row["reason"]) == ("failed", "AC04: said so")
    assert member.balance("eur") == (Decimal(80), Decimal(20))
    assert imported(second, text) == outcome  # the same file, the same answer
    again = report(made, transaction(refused, "RJCT", "AC04"), transaction(refused, "ACSC"),
                   transaction(good, "PDNG"), transaction("TIDNOBODY", "ACSC"),
                   transaction(other, "ACSC", amount="11"), transaction(other, "ACSC", amount="10", currency="USD"),
                   transaction(other, "WHAT"))
    assert results(imported(admin, again)) == [
        (refused, "known", None), (refused, "refused", "backwards"), (good, "refused", "backwards"),
        ("TIDNOBODY", "refused", "unknown_payment"), (other, "refused", "differs"),
        (other, "refused", "differs"), (other, "refused", "unknown_status")]
    assert member.balance("eur") == (Decimal(80), Decimal(20))
    # Only the statement pays; and after it nothing is given back.
    lines = lines_of(admin, made)
    assert (lines[good]["bank_status"], lines[good]["withdraw_state"]) == ("ACSP", "confirming")
    assert (lines[refused]["bank_status"], lines[refused]["bank_reason"]) == ("RJCT", "AC04: said so")
    assert lines[other]["bank_status"] is None
    assert statement_results(statement_imported(admin, statement(paid(good), total="-10"))) == [("paid", None)]
    assert results(imported(admin, report(made, transaction(good, "RJCT", "AC04")))) == [
        (good, "refused", "was_paid")]
    assert statement_results(statement_imported(admin, statement(paid(refused), total="-10"))) == [
        ("refused", "payout_not_due")]
    assert (shown(admin, good)["state"], member.balance("eur")) == ("succeed", (Decimal(80), Decimal(10)))


def test_report__of_the_whole__is_of_each(admin, second, tmp_path):  # noqa: F811
    member = rich()
    one, two = (accept(admin, withdrawal(member)) for _ in range(2))
    made = release(second, batch(admin, one, two))
    assert errors(send(admin, report(made, group="ACCP", extra="<OrgnlCtrlSum>21</OrgnlCtrlSum>"))) == [
        "admin.fiat_report.other_sum"]
    assert imported(admin, report(made, transaction(one, "ACSP"), group="ACCP"))["moved"] == 2
    # It calls nothing back; and another payment information is none of ours.
    assert results(imported(admin, report(made, group="PDNG"))) == [(one, "known", None), (two, "known", None)]
    assert results(imported(admin, report(made, transaction(one, "RJCT"), payment="another"))) == [
        (one, "refused", "unknown_payment_information")]
    assert {line["bank_status"] for line in lines_of(admin, made).values()} == {"ACSP", "ACCP"}
    file = tmp_path / "report.xml"
    file.write_text(report(made, group="RJCT"))
    done = WORLD.service("accounting", "--import-report", str(file))
    assert done.returncode == 0, done.stderr
    assert '"rejected":2' in done.stdout
    assert {shown(admin, tid)["state"] for tid in (one, two)} == {"failed"}
    assert member.balance("eur") == (Decimal(100), 0)
    # A bank that goes on with what was given back is an alarm.
    assert results(imported(admin, report(made, transaction(one, "ACSC")))) == [(one, "refused", "backwards")]


def test_report__what_is_none_of_ours__is_refused_as_a_whole(admin, second):  # noqa: F811
    member = rich()
    tid = accept(admin, withdrawal(member))
    made = release(second, batch(admin, tid))
    text = report(made, transaction(tid, "ACCP"))
    imported(admin, text)
    for wrong, code in (
            (report(made, group="ACCP", original="BOURSE-0"), "unknown_batch"),
            (report(made, group="ACCP", original="é"), "unknown_batch"),
            (text.replace("ACCP", "RJCT"), "differs")):
        assert errors(send(admin, wrong)) == [f"admin.fiat_report.{code}"]
    for wrong in (report(made, transaction(tid, "ACCP"), group="RJCT"), statement(total="0"), "none",
                  report(made, group="ACCP", doctype='<!DOCTYPE d [<!ENTITY a "b">]>\n')):
        answer = send(admin, wrong)
        assert answer.status_code == 400 and "admin.fiat_report.invalid" in answer.text
    assert shown(admin, tid)["state"] == "confirming"
    # An operator gave it back meanwhile, and the bank goes on.
    assert admin.post("/admin/withdraws/actions", id=shown(admin, tid)["id"], action="fail").status_code == 201
    assert results(imported(admin, report(made, transaction(tid, "ACSC")))) == [(tid, "refused", "given_back")]
    assert (shown(admin, tid)["state"], member.balance("eur")) == ("failed", (Decimal(100), 0))
