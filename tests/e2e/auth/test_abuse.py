"""What strangers try at the doors of auth (catalogue A-02, A-03, A-04, A-14, A-19)."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from applicant import PASSWORD, Applicant, new_email, sql
from members import errors
from world import WORLD, wait_for

AUTH = f"http://127.0.0.1:{WORLD.port_base + 8}/api/v2"
LIMIT_SIGN_IN_ACCOUNT = 50


@pytest.fixture(autouse=True)
def fresh_limits(stack):
    sql("DELETE FROM {}.throttles")
    yield
    sql("DELETE FROM {}.throttles")


def sign_in(email, password="wrong", ip="203.0.113.5", cookies=None):
    """As the edge hands it on, so that it may come from anywhere."""
    return requests.post(f"{AUTH}/identity/sessions", json={"email": email, "password": password},
                         headers={"X-Forwarded-For": ip, "User-Agent": "x"}, cookies=cookies,
                         timeout=60)


def is_held_to(limit, count, began):
    """Whether so many were let through, and those that came free meanwhile: a limit fills up in an hour."""
    return limit <= count <= limit + 1 + (time.monotonic() - began) * limit / 3600


def is_held_back(email, ip):
    """With the right password too. A guess comes free now and then: it is used up before we look."""
    for _ in range(3):
        sign_in(email, "guess", ip)
        if sign_in(email, PASSWORD, ip).status_code == 429:
            return True
    return False


def address(number):
    return f"198.51.{number // 250 % 250}.{number % 250 + 1}"


# ---- nobody learns who has an account ----

@contextmanager
def statements():
    """What auth asks of its database meanwhile, by connection. (The time that answers take is measured
    by `make bench`; that the work is the same is checked here.)"""
    told = {}
    for name, value in (("log_output", "TABLE"), ("general_log", "ON")):
        told[name] = sql(f"SELECT @@{name}")[0][0]
        sql(f"SET GLOBAL {name} = '{value}'")
    sql("TRUNCATE mysql.general_log")
    lists = {}
    try:
        yield lists
    finally:
        sql("SET GLOBAL general_log = 'OFF'")
        rows = sql("SELECT thread_id, argument FROM mysql.general_log WHERE user_host LIKE"
                   " 'bourse_auth[%%' AND command_type IN ('Query', 'Execute')"
                   " ORDER BY event_time")
        for thread, argument in rows:
            text = argument.decode() if isinstance(argument, bytes) else argument
            lists.setdefault(thread, []).append(text)
        sql(f"SET GLOBAL log_output = '{told['log_output']}'")


def work_of(call, tables):
    """The answers of five calls, and how often each verb was said by the connections that served them:
    those that wrote into one of the tables. What is done after the answer has connections of its own."""
    with statements() as lists:
        answers = [call() for _ in range(5)]
    marks, openings = tuple(f"INSERT INTO {table}" for table in tables), ("SET SESSION", "SELECT (@@")
    verbs = Counter(text.split()[0].upper() for texts in lists.values()
                    if any(text.startswith(marks) for text in texts) for text in texts
                    if not text.startswith(openings))
    return {(a.status_code, a.text, tuple(sorted(a.headers))) for a in answers}, verbs


@pytest.mark.parametrize("path, body, tables", [
    ("/identity/sessions", {"password": "wrong"}, ("activities", "stranger_sign_ins")),
    ("/identity/users/password/generate_code", {}, ("letter_requests",)),
    ("/identity/users/email/generate_code", {}, ("letter_requests",)),
])
def test_known_and_unknown_make_one_answer_and_one_work(stack, path, body, tables):
    anna = Applicant().sign_up()
    session = requests.Session()
    with stack.service_with("auth", LIMIT_SIGN_IN_ACCOUNT=1000000, LIMIT_SIGN_IN_ADDRESS=1000000,
                            LIMIT_MAIL_ADDRESS=1000000, LIMIT_MAIL_ACCOUNT=1000000):
        def call(email):
            return session.post(AUTH + path, json={"email": email, **body}, timeout=60,
                                headers={"X-Forwarded-For": "203.0.113.9", "User-Agent": "x"})
        unknown = new_email()
        for email in (anna.email, unknown):
            call(email)
        known_answers, known_work = work_of(lambda: call(anna.email), tables)
        answers, work = work_of(lambda: call(unknown), tables)
    assert len(known_answers) == 1
    assert answers == known_answers
    assert known_work
    assert work == known_work


# ---- guesses are few, and don't lock out the owner ----

def test_guesses_of_one_account_from_many_addresses_are_bounded():
    anna, began = Applicant().sign_up().confirm(), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: sign_in(anna.email, f"guess{n}", address(n)).status_code,
                                range(200)))
    assert is_held_to(LIMIT_SIGN_IN_ACCOUNT, answers.count(401), began)
    assert set(answers) == {401, 429}
    # A stranger is held back even with the right password; the browser that was here before is not.
    assert is_held_back(anna.email, address(7))
    known = Applicant(anna.email)
    known.browser.cookies.update({"_barong_device": device_of(anna)})
    assert known.try_sign_in().status_code == 200


def device_of(person):
    """Signs in while nobody is held back, to get the cookie of a known browser."""
    kept = sql("SELECT id, empty_at FROM {}.throttles")
    sql("DELETE FROM {}.throttles")
    cookie = person.elsewhere().try_sign_in().cookies["_barong_device"]
    for row in kept:
        sql("INSERT INTO {}.throttles (id, empty_at) VALUES (%s, %s)"
            " ON DUPLICATE KEY UPDATE empty_at = VALUES(empty_at)", *row)
    return cookie


def test_one_account_has_one_limit_however_it_is_spelled():
    anna, began = Applicant().sign_up().confirm(), time.monotonic()
    spellings = (anna.email, anna.email.upper(), f" {anna.email}", f"{anna.email}  ",
                 anna.email.replace("e", "\u00e9", 1), anna.email.replace("e", "\uff45", 1))
    answers = [sign_in(spellings[n % len(spellings)], "guess", address(n)).status_code
               for n in range(6 * LIMIT_SIGN_IN_ACCOUNT)]
    # At most its own, and two of nobody.
    assert is_held_to(3 * LIMIT_SIGN_IN_ACCOUNT, max(answers.count(401), 3 * LIMIT_SIGN_IN_ACCOUNT), began)
    assert is_held_back(anna.email, address(3))


def test_a_known_browser_has_a_limit_of_its_own():
    anna, began = Applicant().sign_up().confirm(), time.monotonic()
    cookies = {"_barong_device": device_of(anna)}
    answers = [sign_in(anna.email, f"guess{n}", cookies=cookies).status_code for n in range(40)]
    assert is_held_to(30, answers.count(401), began) and 429 in answers[-2:]
    assert sign_in(anna.email, PASSWORD, address(3)).status_code == 200


def test_a_device_of_somebody_else_helps_nobody():
    anna, bert = Applicant().sign_up().confirm(), Applicant().sign_up().confirm()
    cookies, began = {"_barong_device": device_of(bert)}, time.monotonic()
    answers = [sign_in(anna.email, "guess", address(n), cookies).status_code for n in range(60)]
    assert is_held_to(LIMIT_SIGN_IN_ACCOUNT, answers.count(401), began)


def test_one_address_and_many_accounts(stack):
    with stack.service_with("auth", LIMIT_SIGN_IN_ADDRESS=20):
        began = time.monotonic()
        answers = [sign_in(new_email()).status_code for _ in range(25)]
    assert is_held_to(20, answers.count(401), began) and 429 in answers[-2:]


def test_a_right_password_takes_nothing():
    anna = Applicant().sign_up().confirm()
    for n in range(LIMIT_SIGN_IN_ACCOUNT + 5):
        assert sign_in(anna.email, PASSWORD, address(n)).status_code == 200


# ---- limits outlive the process ----

@pytest.mark.outage
def test_who_was_held_back_stays_so_after_a_restart():
    anna, began = Applicant().sign_up().confirm(), time.monotonic()

    def until_held_back():
        """How many guesses are let through before one is refused."""
        for n in range(2 * LIMIT_SIGN_IN_ACCOUNT):
            if sign_in(anna.email, "guess", address(n)).status_code == 429:
                return n
        raise AssertionError("nobody is held back")

    count = until_held_back()
    WORLD.kill("auth")
    WORLD.until_ready()
    assert is_held_to(LIMIT_SIGN_IN_ACCOUNT, count + until_held_back(), began)


def test_insane_limits_are_refused(stack):
    for value in ("0", "-1", "1000001", "99999999999999999999", "many"):
        done = stack.service("auth", "--check-config",
                             environment={"LIMIT_SIGN_IN_ACCOUNT": value})
        assert done.returncode == 78 and "LIMIT_SIGN_IN_ACCOUNT" in done.stdout + done.stderr


# ---- mails that strangers cause are few ----

def test_resending_is_bounded():
    anna = Applicant().sign_up()
    anna.token()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: requests.post(
            f"{AUTH}/identity/users/email/generate_code", json={"email": anna.email},
            headers={"X-Forwarded-For": address(n)}, timeout=60).status_code, range(200)))
    assert set(answers) == {201}
    wait_for(lambda: not sql("SELECT 1 FROM {}.letter_requests LIMIT 1"), what="all requests")
    time.sleep(2)
    assert len(anna.tokens()) <= 1 + 5


def test_one_address_can_cause_few_mails(stack):
    with stack.service_with("auth", LIMIT_MAIL_ADDRESS=10):
        answers = [requests.post(f"{AUTH}/identity/users/password/generate_code",
                                 json={"email": new_email()}, timeout=60,
                                 headers={"X-Forwarded-For": "203.0.113.77"}).status_code
                   for _ in range(15)]
    assert answers == [201] * 10 + [429] * 5


# ---- passwords are dear, and that is nobody's weapon ----

def resident_mb():
    fields = open(f"/proc/{WORLD.pid('auth')}/statm").read().split()
    return int(fields[1]) * 4096 / (1 << 20)


def pings(until):
    """How many requests that have nothing to do with passwords are answered, one after the other."""
    count, session = 0, requests.Session()
    while not until():
        assert session.get(f"{AUTH}/public/time", timeout=30).status_code == 200
        count += 1
        time.sleep(0.005)
    return count


FLOOD = 200
PINGS_MIN = 40  # behind the hashes there would be one or two


def test_a_flood_of_sign_ins():
    before, most = resident_mb(), 0
    with ThreadPoolExecutor(FLOOD) as pool:
        flood = [pool.submit(sign_in, new_email(), "x" * (1000 if n % 2 else 1), address(n))
                 for n in range(FLOOD)]

        def is_over():
            nonlocal most
            most = max(most, resident_mb())
            return all(one.done() for one in flood)

        answered = pings(is_over)
        statuses = {one.result().status_code for one in flood}
    assert statuses <= {401, 429, 503}
    # So many hashes at once and no more, whatever waits (46 MB each).
    assert most - before < 200, f"{before:.0f} MB before, {most:.0f} MB in the flood"
    # The hashes take every core, and yet nobody else waits behind them.
    assert answered >= PINGS_MIN


def test_a_password_of_a_megabyte():
    """Refused before it costs a hash."""
    for form in ({"json": {"email": "a@example.com", "password": "x" * 900_000}},
                 {"data": {"email": "a@example.com", "password": "Aa1" * 300_000}},
                 {"json": {"email": "a@example.com", "password": "é" * 30_000}}):
        for path in ("sessions", "users"):
            answer = requests.post(f"{AUTH}/identity/{path}", timeout=30, **form)
            assert answer.status_code in (400, 401, 422) and answer.json()["errors"]


def test_errors_are_the_contracts():
    assert errors(sign_in("a@example.com"), 401) == ["identity.session.invalid_params"]
