"""Auth's events on the broker (reference barong.md §4): signed, in order, none lost, whatever dies."""

import json
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from mails import Person, decode, sql, tell, told
from world import WORLD, wait_for

EXCHANGE = "barong.events.model"
EVENTS = 300


@pytest.fixture
def heard():
    """Events of a test's own key, collected from the broker."""
    with WORLD.broker() as channel:
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, EXCHANGE, "test.updated")
        channel.queue_bind(queue, "barong.events.system", "test.system")
        yield lambda: list(drain(channel, queue))


def drain(channel, queue):
    while True:
        method, properties, body = channel.basic_get(queue, auto_ack=True)
        if not method:
            return
        yield method, properties, json.loads(body)


def claims_of(body):
    """The claims of a document whose one signature is that of the session key."""
    public = serialization.load_pem_public_key(WORLD.file("keys/jwt.pub").read_bytes())
    (signature,) = body["signatures"]
    assert signature["header"] == {"kid": "barong"}
    assert json.loads(decode(signature["protected"])) == {"alg": "RS256"}
    public.verify(decode(signature["signature"]),
                  f"{signature['protected']}.{body['payload']}".encode(), padding.PKCS1v15(),
                  hashes.SHA256())
    return json.loads(decode(body["payload"]))


def test_event_is_signed_and_has_the_claims_of_the_reference(stack, heard):
    tell("model.test.updated", None, uid="ID1", number=1)
    tell("system.test.system", None, uid="ID2")
    wait_for(told, what="the relay")
    (model, properties, model_body), (system, _, system_body) = heard()
    assert (model.exchange, model.routing_key) == (EXCHANGE, "test.updated")
    assert (system.exchange, system.routing_key) == ("barong.events.system", "test.system")
    assert properties.delivery_mode == 2
    assert properties.content_type == "application/octet-stream"
    claims = claims_of(model_body)
    assert sorted(claims) == ["event", "exp", "iat", "iss", "jti"]
    assert claims["iss"] == "barong" and claims["exp"] == claims["iat"] + 3600
    assert abs(claims["iat"] - time.time()) < 60 and len(claims["jti"]) == 36
    assert claims["event"] == {"record": {"uid": "ID1", "number": 1}, "name": "model.test.updated"}
    assert claims_of(system_body)["event"]["name"] == "system.test.system"


def test_user_that_changes_is_told_with_the_former_values(stack, heard):
    sql("INSERT INTO {}.events (name, record, changes, created_at) VALUES"
        " ('model.test.updated', '{\"uid\":\"ID1\",\"level\":2}', '{\"level\":1}', NOW(6))")
    wait_for(told, what="the relay")
    ((_, _, body),) = heard()
    assert claims_of(body)["event"]["changes"] == {"level": 1}


def test_events_come_in_order_and_keep_their_jti_when_the_relay_dies(stack, heard):
    for first in range(0, EVENTS, 50):
        for number in range(first, first + 50):
            tell("model.test.updated", None, number=number)
        if first % 100 == 50:
            wait_for(lambda: WORLD.is_ready("auth"), what="the relay to run")
            WORLD.kill("auth")
    WORLD.until_ready()
    wait_for(told, what="the relay")
    seen = [(claims["event"]["record"]["number"], claims["jti"])
            for claims in (claims_of(body) for _, _, body in heard())]
    jti_of = {}
    for number, jti in seen:
        assert jti_of.setdefault(number, jti) == jti, "an event that comes again is the same"
    assert sorted(jti_of) == list(range(EVENTS)), "each came at least once"
    firsts = [number for position, (number, _) in enumerate(seen)
              if number not in [earlier for earlier, _ in seen[:position]]]
    assert firsts == sorted(firsts)


def test_event_that_is_none_stays_and_holds_up_nobody(stack, heard):
    sql("INSERT INTO {}.events (name, record, created_at) VALUES"
        " ('strange.test.updated', 'null', NOW(6)), ('model.test.updated', 'no json', NOW(6))")
    tell("model.test.updated", None, number=1)
    try:
        wait_for(lambda: WORLD.metric("auth", "bourse_auth_events_parked") >= 2, what="the park")
        wait_for(lambda: sql("SELECT COUNT(*) FROM {}.events")[0][0] == 2, what="the neighbour")
        ((_, _, body),) = heard()
        assert claims_of(body)["event"]["record"] == {"number": 1}
    finally:
        sql("DELETE FROM {}.events")


@pytest.mark.outage
def test_broker_that_restarts_gets_what_was_waiting(stack):
    person = Person()
    with WORLD.switched_off("rabbitmq"):
        tell("system.session.create", person, user_ip="192.0.2.7", user_agent="waited")
        wait_for(lambda: not WORLD.is_ready("mail"), what="the mailer to notice")
        assert not told()
    WORLD.until_ready()
    wait_for(told, what="the relay")
    wait_for(lambda: sql("SELECT 1 FROM {}.mails WHERE uid = %s AND state = 'sent'", person.uid), what="its mail")
