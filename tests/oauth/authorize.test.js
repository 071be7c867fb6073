// The authorization endpoint: what goes to the client, what never leaves a page, prompts, consent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, alice, bob, authAddress, code, eventually, issuer, post, redirectUri, refused, register, sql,
  tokens } from './world.js';

const registered = register();

async function stays(more, client = registered) {
  const page = await new Browser().go(authAddress(client, more).url);
  assert.equal(page.callback, undefined, `redirected to ${page.callback}`);
  assert.ok(page.status >= 400 && page.status < 500, `${page.status}`);
  assert.match(page.headers.get('content-security-policy'), /frame-ancestors 'none'/);
  return page;
}

async function answers(more, error, client = registered, browser = new Browser()) {
  const end = await browser.go(authAddress(client, more).url);
  assert.ok(end.callback, `no redirect: ${end.html}`);
  assert.equal(end.callback.searchParams.get('error'), error, `${end.callback}`);
  assert.equal(end.callback.searchParams.get('iss'), issuer);
  assert.equal(end.callback.searchParams.get('state'), more.state === undefined ? 'the state' : more.state);
  assert.equal(end.callback.origin + end.callback.pathname, redirectUri);
  return end.callback;
}

test('an unknown client or address is a page, never a redirect', async () => {
  await stays({ client_id: 'nobody' });
  await stays({ client_id: undefined });
  await stays({ redirect_uri: undefined });
  for (const uri of ['https://evil.example/', `${redirectUri}/`, `${redirectUri}?a=1`, `${redirectUri}#f`,
    'https://client.example/CALLBACK', 'https://client.example@evil.example/callback', 'javascript:alert(1)',
    'https://client.example:444/callback']) {
    await stays({ redirect_uri: uri });
  }
  const { url } = authAddress(registered);
  url.searchParams.append('redirect_uri', 'https://evil.example/');
  const page = await new Browser().go(url);
  assert.equal(page.callback, undefined);
  const disabled = register();
  sql(`UPDATE oauth_clients SET enabled = 0 WHERE client_id = '${disabled.client_id}'`);
  await stays({}, disabled);
});

test('broken requests are answered with their error, the state unchanged', async () => {
  const odd = 'a"b &c=ä+%20';
  await answers({ response_type: undefined, state: odd }, 'invalid_request');
  await answers({ response_type: 'token' }, 'unsupported_response_type');
  await answers({ response_type: 'id_token token' }, 'unsupported_response_type');
  await answers({ scope: 'openid root' }, 'invalid_scope');
  await answers({ scope: 'openid peatio' }, 'invalid_scope');
  await answers({ code_challenge: undefined }, 'invalid_request');
  await answers({ code_challenge_method: 'plain' }, 'invalid_request');
  await answers({ code_challenge_method: undefined }, 'invalid_request');
  await answers({ code_challenge: 'short' }, 'invalid_request');
  await answers({ response_mode: 'web_message' }, 'invalid_request');
  await answers({ prompt: 'none login' }, 'invalid_request');
  await answers({ max_age: '-1' }, 'invalid_request');
  await answers({ request: 'e30.e30.' }, 'request_not_supported');
  await answers({ resource: 'https://api.example/' }, 'invalid_target');
  await answers({}, 'unauthorized_client',
    register({ grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }));
  const { url } = authAddress(registered);
  url.searchParams.append('scope', 'email');
  const twice = await new Browser().go(url);
  assert.equal(twice.callback.searchParams.get('error'), 'invalid_request');
});

test('a loopback address may have any port', async () => {
  const native = register({ redirect_uris: ['http://127.0.0.1/cb'], token_endpoint_auth_method: 'none' });
  const { url } = authAddress(native, { redirect_uri: 'http://127.0.0.1:51999/cb' });
  const end = await new Browser().agree(url, alice);
  assert.equal(end.callback.origin, 'http://127.0.0.1:51999');
  assert.ok(end.callback.searchParams.get('code'));
});

test('response modes', async () => {
  const browser = new Browser();
  const fragment = await browser.agree(authAddress(registered, { response_mode: 'fragment' }).url, alice);
  assert.match(fragment.callback.hash, /^#code=.*&state=the%20state&iss=/);
  assert.equal(fragment.callback.search, '');
  const form = await browser.go(authAddress(registered, { response_mode: 'form_post' }).url);
  assert.match(form.html, /<form method="post" action="https:\/\/client.example\/callback">/);
  assert.match(form.html, /name="code" value="bac_/);
  assert.match(form.headers.get('content-security-policy'), /form-action 'self' https:\/\/client\.example/);
});

test('prompt=none asks nobody', async () => {
  const browser = new Browser();
  await answers({ prompt: 'none' }, 'login_required', registered, browser);
  await browser.agree(authAddress(registered).url, alice);
  const silent = await browser.go(authAddress(registered, { prompt: 'none' }).url);
  assert.ok(silent.callback.searchParams.get('code'));
  await answers({ prompt: 'none', scope: 'openid email' }, 'consent_required', registered, browser);
  // What was agreed by a public client says nothing: anybody can pose as it.
  const open = register({ token_endpoint_auth_method: 'none' });
  await browser.agree(authAddress(open).url, alice);
  await answers({ prompt: 'none' }, 'consent_required', open, browser);
});

test('prompt=login and max_age make the person sign in again', async () => {
  const browser = new Browser();
  const first = await tokens(registered, {}, { browser });
  const before = JSON.parse(Buffer.from(first.id_token.split('.')[1], 'base64url')).auth_time;
  await new Promise((done) => { setTimeout(done, 1100); });
  const page = await browser.go(authAddress(registered, { prompt: 'login' }).url);
  assert.match(page.html, /action="\/oauth2\/login"/);
  const again = await tokens(registered, { prompt: 'login' }, { browser });
  assert.ok(JSON.parse(Buffer.from(again.id_token.split('.')[1], 'base64url')).auth_time > before);
  await new Promise((done) => { setTimeout(done, 1100); });
  const old = await browser.go(authAddress(registered, { max_age: '0' }).url);
  assert.match(old.html, /action="\/oauth2\/login"/);
  await answers({ prompt: 'none', max_age: '0' }, 'login_required', registered, browser);
  const consent = await browser.go(authAddress(registered, { prompt: 'consent' }).url);
  assert.match(consent.html, /action="\/oauth2\/consent"/);
});

test('id_token_hint of somebody else is not who sits here', async () => {
  const of_bob = await tokens(registered, {}, { person: bob });
  const browser = new Browser();
  await browser.agree(authAddress(registered).url, alice);
  await answers({ prompt: 'none', id_token_hint: of_bob.id_token }, 'login_required', registered, browser);
  const page = await browser.go(authAddress(registered, { id_token_hint: of_bob.id_token }).url);
  assert.match(page.html, /action="\/oauth2\/login"/);
});

test('refusing, and agreeing to a part', async () => {
  const { url } = authAddress(registered, { scope: 'openid email barong' });
  const denied = await new Browser().agree(url, alice, { action: 'deny' });
  assert.equal(denied.callback.searchParams.get('error'), 'access_denied');
  assert.equal(denied.callback.searchParams.get('state'), 'the state');
  const part = await tokens(registered, { scope: 'openid email barong', prompt: 'consent' },
    { without: ['barong'] });
  assert.equal(part.scope, 'openid email');
});

test('a client of the house asks nobody, unless it wants to', async () => {
  const house = register({ skip_consent: true });
  const browser = new Browser();
  const page = await browser.go(authAddress(house).url);
  const end = await browser.submit(page, { email: alice.email, password: alice.password });
  assert.ok(end.callback.searchParams.get('code'));
});

test('the pages belong to the browser that began, and are over when used', async () => {
  const browser = new Browser();
  const { url } = authAddress(registered, { prompt: 'consent' });
  const login = await browser.go(url);
  const flow = login.html.match(/name="flow" value="([^"]+)"/)[1];
  const thief = await new Browser().go(`${issuer}/oauth2/login?flow=${flow}`);
  assert.equal(thief.status, 400);
  assert.doesNotMatch(thief.html, /<form/);
  const other = new Browser();
  await other.agree(authAddress(registered, { scope: 'openid email' }).url, bob);
  const forged = await other.go(`${issuer}/oauth2/consent`,
    { method: 'POST', body: new URLSearchParams({ flow, action: 'allow' }) });
  assert.equal(forged.status, 400);
  const consent = await browser.submit(login, { email: alice.email, password: alice.password });
  const done = await browser.submit(consent, {}, ['action', 'allow']);
  assert.ok(done.callback);
  const replay = await browser.submit(consent, {}, ['action', 'allow']);
  assert.equal(replay.callback, undefined);
  assert.equal(replay.status, 400);
});

test('signing in: wrong passwords are told, the second factor is not skipped', async () => {
  const browser = new Browser();
  const page = await browser.go(authAddress(registered).url);
  const wrong = await browser.submit(page, { email: alice.email, password: 'not this one' });
  assert.equal(wrong.status, 401);
  assert.match(wrong.html, /role="alert"/);
  const nobody = await browser.submit(page, { email: 'nobody@bourse.local', password: 'not this one' });
  assert.equal(nobody.html.replace(/value="[^"]*"/g, ''), wrong.html.replace(/value="[^"]*"/g, ''));
  const hostile = await browser.submit(page, { email: '"><script>alert(1)</script>', password: 'x' });
  assert.doesNotMatch(hostile.html, /<script/);
});

test('what a person sees is safe: no scripts, no frames, names escaped', async () => {
  const hostile = register({ client_name: '<img src=x onerror=alert(1)>', client_uri: 'https://a.example/' });
  const browser = new Browser();
  const page = await browser.go(authAddress(hostile).url);
  const policy = page.headers.get('content-security-policy');
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /script-src|unsafe/);
  assert.equal(page.headers.get('x-frame-options'), 'DENY');
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match(page.html, /&lt;img src=x onerror=alert\(1\)&gt;/);
  assert.doesNotMatch(page.html, /<img|<script/);
  assert.match(page.html, /<html lang="en">/);
  assert.match(page.html, /<label for="email">/);
  const css = await browser.go(`${issuer}/oauth2/style.css`);
  assert.match(css.headers.get('content-type'), /^text\/css/);
});

test('a banned person is signed out of everything', async () => {
  const browser = new Browser();
  await code(registered, {}, { browser });
  sql(`UPDATE users SET state = 'banned' WHERE uid = '${alice.uid}'`);
  try {
    await answers({ prompt: 'none' }, 'login_required', registered, browser);
  } finally {
    sql(`UPDATE users SET state = 'active' WHERE uid = '${alice.uid}'`);
  }
});

test('restrictions by address and blocked log-ins hold here as well', async () => {
  const announce = "INSERT INTO changes (kind, `key`) VALUES ('restrictions', '')";
  const restrict = (category) => sql(`INSERT INTO restrictions (category, scope, value, state)
    VALUES ('${category}', 'all', 'all', 'enabled') ON DUPLICATE KEY UPDATE state = 'enabled'; ${announce}`);
  const free = () => sql(`UPDATE restrictions SET state = 'disabled' WHERE scope = 'all'; ${announce}`);
  // From the beginning each time: who came in before the rows were read has ended his flow.
  const signIn = async () => {
    const browser = new Browser();
    const login = await browser.go(authAddress(registered).url);
    if (!/<form/.test(login.html)) return login; // refused before anybody is asked
    return browser.submit(login, { email: alice.email, password: alice.password });
  };
  const status = () => fetch(`${issuer}/oauth2/token`, { method: 'POST' }).then((answer) => answer.status);
  try {
    restrict('blocklogin');
    await eventually(async () => /nobody may sign in/.test((await signIn()).html));
    assert.notEqual(await status(), 471);
    free();
    restrict('maintenance');
    await eventually(async () => await status() === 471);
  } finally {
    free();
    await eventually(async () => await status() !== 471);
    await eventually(() => tokens(registered).then(() => true, () => false));
  }
});

test('a request by POST is the same', async () => {
  const { url } = authAddress(registered);
  const page = await new Browser().go(`${issuer}/oauth2/auth`, { method: 'POST', body: url.searchParams });
  assert.match(page.html, /action="\/oauth2\/login"/);
  refused(await post('/oauth2/token', registered, { grant_type: 'password', username: 'a', password: 'b' }),
    400, 'unsupported_grant_type');
});
