"""Mails on their way out, to a real SMTP server: TLS, refusals, retries, and a mailer that is killed."""

import pytest

from mails import (MAIL_S, Person, all_is_taken, certificate, mail_server, row, smtp_settings, tell,
                     until_row)
from ports import free_base
from world import WORLD, wait_for

AGAIN_S = 300  # the pauses between two attempts grow


def sign_in(person, agent="x"):
    tell("system.session.create", person, user_ip="192.0.2.1", user_agent=agent)


def until_received(inbox, person, seconds=MAIL_S):
    return wait_for(lambda: inbox.to(person), seconds, "the mail")


def test_mail_server_gets_envelope_and_message(stack):
    person = Person("de")
    with mail_server() as inbox, WORLD.service_with("mail", **smtp_settings(inbox.port)):
        sign_in(person, ".dots\n.at the beginning")
        (mail,) = until_received(inbox, person)
        sender, _, _, _ = inbox.received[-1]
        assert sender == "noreply@bourse.localhost"
        assert mail.subject == "Neue Anmeldung an Ihrem Konto"
        assert "Browser: .dots .at the beginning" in mail.text
        until_row(person, "sent", None, 1)
        # One connection for several, and the next ones when that was closed.
        for _ in range(3):
            sign_in(person)
        wait_for(lambda: len(inbox.to(person)) == 4, what="four mails")


def test_refusal_for_now_is_tried_again_and_sent_once(stack):
    person = Person()
    with mail_server() as inbox, WORLD.service_with("mail", **smtp_settings(inbox.port)):
        inbox.answers = ["451 try later", "452 still"]
        sign_in(person)
        until_received(inbox, person, AGAIN_S)
        until_row(person, "sent", None, 3)
        assert len(inbox.to(person)) == 1


def test_refusal_for_good_is_put_aside_at_once(stack):
    person, neighbour = Person(), Person()
    with mail_server() as inbox, WORLD.service_with("mail", **smtp_settings(inbox.port)):
        inbox.answers = ["550 no such user"]
        sign_in(person)
        until_row(person, "dead", "INVALID", 1)
        sign_in(neighbour)
        until_received(inbox, neighbour)
        assert inbox.to(person) == []


def test_server_that_is_away_costs_no_mail(stack):
    people, port = [Person() for _ in range(5)], free_base()
    with WORLD.service_with("mail", **smtp_settings(port)):
        for person in people:
            sign_in(person)
        for person in people:
            wait_for(lambda: row(person) and row(person)[0][2] >= 1, what="the first attempt")
            assert row(person)[0][0] == "sending"
        assert WORLD.is_ready("mail"), "a mail server that is away is no reason to be restarted"
        with mail_server(port) as inbox:
            for person in people:
                until_received(inbox, person, AGAIN_S)
                assert len(inbox.to(person)) == 1


def test_tls_is_required_and_the_certificate_is_checked(stack, tmp_path):
    key, pem = certificate(tmp_path)
    person = Person()
    with mail_server(tls=(key, pem)) as inbox:
        with WORLD.service_with("mail", **smtp_settings(inbox.port, SMTP_TLS="required",
                                                        SMTP_CA_FILE=pem)):
            sign_in(person)
            until_received(inbox, person)
            assert inbox.received[-1][3], "it went through TLS"
        stranger = Person()  # whose mail a server with an unknown certificate does not get
        with WORLD.service_with("mail", **smtp_settings(inbox.port, SMTP_TLS="required")):
            sign_in(stranger)
            wait_for(lambda: row(stranger), what="the attempt")
            assert inbox.to(stranger) == [] and row(stranger)[0][0] == "sending"
    downgraded = Person()  # nor one that offers no TLS
    with mail_server() as inbox:
        with WORLD.service_with("mail", **smtp_settings(inbox.port, SMTP_TLS="required")):
            sign_in(downgraded)
            wait_for(lambda: row(downgraded), what="the attempt")
            assert inbox.received == []


@pytest.mark.outage
def test_mailer_that_is_killed_loses_no_mail(stack):
    people = [Person() for _ in range(60)]
    with mail_server() as inbox, WORLD.service_with("mail", **smtp_settings(
            inbox.port, MAILS_PER_MINUTE=1200)):
        for person in people:
            sign_in(person)
        for count in (5, 20, 40):
            wait_for(lambda: len(inbox.received) >= count, what=f"{count} mails")
            WORLD.kill("mail")
        WORLD.until_ready()
        for person in people:
            until_received(inbox, person, AGAIN_S)
        wait_for(all_is_taken, what="the queue to be empty")
        for person in people:
            ids = {mail.id for mail in inbox.to(person)}
            assert len(ids) == 1, "a mail that is sent again is the same one"
        again = len(inbox.received) - len(people)
        assert again <= 3, "at most one a death"


@pytest.mark.outage
def test_database_that_restarts_costs_no_mail(stack):
    people = [Person() for _ in range(10)]
    with mail_server() as inbox, WORLD.service_with("mail", **smtp_settings(
            inbox.port, MAILS_PER_MINUTE=300)):
        for person in people:
            sign_in(person)
        wait_for(lambda: len(inbox.received) >= 2, what="two mails")
        WORLD.kill("mariadb")
        for person in people:
            until_received(inbox, person, AGAIN_S)
            assert len({mail.id for mail in inbox.to(person)}) == 1
    WORLD.until_ready()
