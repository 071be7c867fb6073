"""Passkeys in a real browser, with its virtual authenticator: registered, to sign in, to step up. The
script is what a front end writes; it knows nothing of the formats."""

import pytest
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from visitor import newcomer, sql

from world import WORLD

ORIGIN = f"http://localhost:{WORLD.edge_port}"

SCRIPT = """
const [steps, done] = [arguments[0], arguments[arguments.length - 1]];
let csrf = null;
async function call(method, path, body) {
  const response = await fetch('/api/v2/barong' + path, {
    method, credentials: 'same-origin',
    headers: {'Content-Type': 'application/json', ...(csrf ? {'X-CSRF-Token': csrf} : {})},
    body: body === undefined ? undefined : JSON.stringify(body)});
  const text = await response.text();
  const answer = {status: response.status, body: text ? JSON.parse(text) : null};
  if (answer.body && answer.body.csrf_token) csrf = answer.body.csrf_token;
  return answer;
}
async function create(name) {
  const options = (await call('POST', '/resource/passkeys/challenge')).body;
  const credential = await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options)});
  return call('POST', '/resource/passkeys', {name, credential: credential.toJSON()});
}
async function get(ask, answer) {
  const options = (await call('POST', ask)).body;
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)});
  return call('POST', answer, {credential: credential.toJSON()});
}
const actions = {
  signIn: (email, password) => call('POST', '/identity/sessions', {email, password}),
  signOut: () => call('DELETE', '/identity/sessions'),
  create,
  passkeySignIn: () => get('/identity/sessions/passkey/challenge', '/identity/sessions/passkey'),
  stepUp: () => get('/resource/step_up/challenge', '/resource/step_up'),
  call,
};
(async () => {
  const answers = [];
  for (const [name, ...rest] of steps) {
    try {
      answers.push(await actions[name](...rest));
    } catch (error) {
      answers.push({status: 0, body: `${error.name}: ${error.message}`});
    }
  }
  done(answers);
})();
"""


@pytest.fixture
def authenticator(browser):
    """A phone that knows its owner."""
    options = VirtualAuthenticatorOptions()
    options.transport = "internal"
    options.has_resident_key = options.has_user_verification = True
    options.is_user_verified = options.is_user_consenting = True
    browser.add_virtual_authenticator(options)
    # Any page of the site: scripts run there as those of a front end would.
    browser.get(ORIGIN + "/api/v2/barong/public/ping")
    return browser


def run(browser, *steps):
    return browser.execute_async_script(SCRIPT, steps)


def statuses(answers):
    return [one["status"] for one in answers]


def test_a_passkey_is_made_signs_in_and_steps_up(authenticator):
    person = newcomer()
    answers = run(authenticator, ["signIn", person.email, person.password], ["create", "laptop"],
                  ["call", "GET", "/resource/passkeys"], ["signOut"],
                  ["signIn", person.email, person.password], ["passkeySignIn"],
                  ["call", "GET", "/resource/users/me"])
    assert statuses(answers) == [200, 201, 200, 200, 401, 200, 200], answers
    assert answers[2]["body"][0]["name"] == "laptop"
    assert answers[4]["body"]["errors"] == ["identity.session.missing_otp"]
    assert answers[6]["body"]["email"] == person.email
    # An hour later a dangerous action asks again.
    sql("UPDATE {}.sessions SET authenticated_at = NOW(6) - INTERVAL 1 HOUR WHERE user_id = %s",
        person.row["id"])
    csrf = answers[5]["body"]["csrf_token"]
    refused, done, codes = authenticator.execute_async_script(
        SCRIPT.replace("let csrf = null", f"let csrf = '{csrf}'"),
        [["call", "POST", "/resource/recovery_codes"], ["stepUp"],
         ["call", "POST", "/resource/recovery_codes"]])
    assert refused["body"]["errors"] == ["resource.step_up.required"]
    assert (done["status"], codes["status"]) == (200, 201), (done, codes)
    assert len(codes["body"]["codes"]) == 10


def test_the_browser_makes_no_second_passkey_for_the_same_account(authenticator):
    person = newcomer()
    answers = run(authenticator, ["signIn", person.email, person.password], ["create", "one"],
                  ["create", "two"])
    assert statuses(answers) == [200, 201, 0], answers
    assert answers[2]["body"].startswith("InvalidStateError")


def test_an_owner_who_is_not_verified_does_not_get_in(authenticator):
    person = newcomer()
    answers = run(authenticator, ["signIn", person.email, person.password], ["create", "one"],
                  ["signOut"])
    assert statuses(answers) == [200, 201, 200]
    authenticator.set_user_verified(False)
    answer, = run(authenticator, ["passkeySignIn"])
    assert (answer["status"], answer["body"].split(":")[0]) == (0, "NotAllowedError")
