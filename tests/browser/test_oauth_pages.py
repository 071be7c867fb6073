"""The pages of the OAuth provider, as a person meets them: sign-in with a one-time code, consent, and
what an assistive program is told. Once with scripts, once without any."""

import base64
import json

import pytest
from client import Client
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait
from visitor import signed_in, totp

PAGE_S = 60


@pytest.fixture
def client(stack):
    with Client() as one:
        yield one


def wait(browser, condition, message=""):
    """Until the condition holds. A page that gives way while it is asked is no answer: what was found
    on the old one is gone, the new one may have nothing yet."""
    return WebDriverWait(browser, PAGE_S, ignored_exceptions=[WebDriverException]).until(condition,
                                                                                        message)


def fill(browser, **values):
    for name, value in values.items():
        field = wait(browser, lambda one, name=name: one.find_element(By.NAME, name), name)
        field.clear()
        field.send_keys(value)


def press(browser, text):
    """Presses a button that leads to another page, and waits until the old page has gone."""
    old = browser.find_element(By.TAG_NAME, "html")
    wait(browser, lambda one: one.find_element(
        By.XPATH, f"//button[normalize-space()='{text}']"), text).click()
    wait(browser, staleness_of(old), f"the page with {text!r} stayed")


def wait_for_text(browser, text):
    wait(browser, lambda one: text in one.find_element(By.TAG_NAME, "body").text,
         f"{text!r} did not come")


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def sign_in_with_code(browser, client):
    person = signed_in()
    seed = person.otp_enable()
    browser.get(client.address())
    fill(browser, email=person.email, password=person.password)
    press(browser, "Sign in")
    # The page asks again, now for the code; e-mail is kept, the password is not.
    wait(browser, lambda one: one.find_element(By.CSS_SELECTOR, "[role=alert]"), "no alert")
    assert browser.find_element(By.NAME, "email").get_attribute("value") == person.email
    assert browser.find_element(By.NAME, "password").get_attribute("value") == ""
    fill(browser, password=person.password, otp_code=totp(seed))
    press(browser, "Sign in")
    wait_for_text(browser, "asks to act for you")
    return person


def test_sign_in_with_a_code_and_consent(browser, client):
    person = sign_in_with_code(browser, client)
    press(browser, "Allow")
    wait_for_text(browser, "Back at the client")
    token = claims(client.tokens()["id_token"])
    assert token["sub"] == person.row["uid"]
    assert set(token["amr"]) >= {"pwd", "otp"}


def test_no_script_is_needed(browser_without_script, client):
    person = sign_in_with_code(browser_without_script, client)
    press(browser_without_script, "Allow")
    wait_for_text(browser_without_script, "Back at the client")
    assert claims(client.tokens()["id_token"])["sub"] == person.row["uid"]


def test_who_refuses_gives_nothing(browser, client):
    sign_in_with_code(browser, client)
    press(browser, "Refuse")
    wait_for_text(browser, "Back at the client")
    assert client.answer["error"] == "access_denied" and "code" not in client.answer


def test_pages_have_names_for_everything(browser, client):
    browser.get(client.address())
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang")
    assert browser.title
    assert len(browser.find_elements(By.TAG_NAME, "h1")) == 1
    assert browser.find_elements(By.TAG_NAME, "main")
    for field in browser.find_elements(By.CSS_SELECTOR, "input:not([type=hidden])"):
        assert field.accessible_name, field.get_attribute("outerHTML")
    assert not browser.find_elements(By.TAG_NAME, "script")
