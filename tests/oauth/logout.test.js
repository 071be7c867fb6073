// Signing out: by the wish of a client, with a page that asks, and telling the other clients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as jose from 'jose';
import { Browser, active, alice, authAddress, bob, eventually, issuer, jwksOptions, listen, operator, register, sql,
  tokens } from './world.js';

const bye = 'https://client.example/bye';
const registered = register({ post_logout_redirect_uris: [bye] });

function address(params) {
  return `${issuer}/oauth2/sessions/logout?${new URLSearchParams(params)}`;
}

async function isSignedIn(browser) {
  const end = await browser.go(authAddress(registered, { prompt: 'none' }).url);
  return !end.callback.searchParams.get('error');
}

test('with an id_token of the session it is done, and goes back', async () => {
  const browser = new Browser();
  const { id_token } = await tokens(registered, {}, { browser });
  assert.equal(await isSignedIn(browser), true);
  const end = await browser.go(address({ id_token_hint: id_token, post_logout_redirect_uri: bye, state: 's 1' }));
  assert.equal(end.callback.href, `${bye}?state=s%201`);
  assert.equal(await isSignedIn(browser), false);
});

test('without one, or with somebody else\'s, a page asks; other sites can\'t answer it', async () => {
  const browser = new Browser();
  await tokens(registered, {}, { browser });
  const of_bob = await tokens(registered, {}, { person: bob });
  for (const params of [{}, { client_id: registered.client_id, post_logout_redirect_uri: bye },
    { id_token_hint: of_bob.id_token }]) {
    const page = await browser.go(address(params));
    assert.match(page.html, /action="\/oauth2\/sessions\/logout"/);
  }
  await browser.go(`${issuer}/oauth2/sessions/logout`,
    { method: 'POST', body: new URLSearchParams({ confirm: 'guess' }) });
  assert.equal(await isSignedIn(browser), true);
  const page = await browser.go(address({ client_id: registered.client_id, post_logout_redirect_uri: bye }));
  const end = await browser.submit(page);
  assert.equal(end.callback.href, bye);
  assert.equal(await isSignedIn(browser), false);
});

test('an address that is not registered is not gone to', async () => {
  const browser = new Browser();
  const { id_token } = await tokens(registered, {}, { browser });
  for (const params of [{ id_token_hint: id_token, post_logout_redirect_uri: 'https://evil.example/' },
    { id_token_hint: id_token, post_logout_redirect_uri: `${bye}/` },
    { post_logout_redirect_uri: bye }, { id_token_hint: 'rubbish', post_logout_redirect_uri: bye },
    { id_token_hint: id_token, client_id: 'other', post_logout_redirect_uri: bye }]) {
    const page = await browser.go(address(params));
    assert.equal(page.callback, undefined);
    assert.equal(page.status, 400);
  }
  assert.equal(await isSignedIn(browser), true);
});

test('clients with a back channel are told, signed, until they have heard it', async () => {
  let answers = 0;
  const server = await listen(() => (answers++ === 0 ? 500 : 200));
  const one = register({ backchannel_logout_uri: `${server.url}/out` });
  const browser = new Browser();
  const { id_token } = await tokens(one, {}, { browser });
  await tokens(registered, {}, { browser });
  const out = await browser.fetch(`${issuer}/api/v2/barong/identity/sessions`, { method: 'DELETE' });
  assert.equal(out.status, 200);
  await eventually(() => server.received.length >= 1);
  const { logout_token } = Object.fromEntries(new URLSearchParams(server.received[0].body));
  const jwks = jose.createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), jwksOptions);
  const { payload } = await jose.jwtVerify(logout_token, jwks, { issuer, audience: one.client_id, typ: 'logout+jwt' });
  assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
  assert.equal(payload.sub, alice.uid);
  assert.equal(payload.sid, jose.decodeJwt(id_token).sid);
  assert.equal(payload.nonce, undefined);
  assert.ok(payload.jti && payload.iat);
  await eventually(() => server.received.length >= 2);
  server.close();
});

test('clients hear of it at the same time, so one that hangs holds up nobody', async () => {
  const open = new Set();
  let most = 0;
  const release = () => { for (const done of open) done(200); };
  // Each waits for the other; told one after the other, they would never meet.
  const server = () => listen((entry, response) => new Promise((done) => {
    open.add(done);
    response.on('close', () => open.delete(done));
    most = Math.max(most, open.size);
    if (open.size === 2) release();
  }));
  const servers = [await server(), await server()];
  const browser = new Browser();
  for (const one of servers) await tokens(register({ backchannel_logout_uri: `${one.url}/out` }), {}, { browser });
  await browser.fetch(`${issuer}/api/v2/barong/identity/sessions`, { method: 'DELETE' });
  await eventually(() => most === 2, 60000);
  servers.forEach((one) => one.close());
});

test('what an operator ends is told as well', async () => {
  const server = await listen();
  const client = register({ backchannel_logout_uri: `${server.url}/out` });
  const answer = await tokens(client, { scope: 'openid offline_access' }, { person: bob });
  operator('--oauth-grants-end', bob.uid);
  assert.equal(await active(client, answer.access_token), false);
  await eventually(() => server.received.length >= 1);
  server.close();
});

// A client that a session of Alice signed in, and where the session is in the tables.
async function signedIn() {
  const server = await listen();
  const client = register({ backchannel_logout_uri: `${server.url}/out` });
  const { access_token } = await tokens(client);
  assert.equal(await active(client, access_token), true);
  const where = `id IN (SELECT session_id FROM oauth_grants g JOIN oauth_clients c ON c.id = g.client_id
    WHERE c.client_id = '${client.client_id}')`;
  const isOver = async () => {
    await eventually(() => server.received.length >= 1);
    await eventually(async () => !(await active(client, access_token)));
    server.close();
  };
  return { where, isOver };
}

test('a session that runs out ends what clients may do, and they are told', async () => {
  const { where, isOver } = await signedIn();
  sql(`UPDATE sessions SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE ${where}`);
  await isOver();
});

test('so does one that gives way to newer ones', async () => {
  const { where, isOver } = await signedIn();
  const old = sql(`SELECT HEX(id) FROM sessions WHERE ${where}`);
  sql(`INSERT INTO sessions (id, user_id, csrf_hash, user_ip, user_agent_hash, methods, authenticated_at, created_at,
      expires_at, ends_at, user_agent)
    WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 50)
    SELECT UNHEX(SHA2(CONCAT('${old}', n), 256)), user_id, csrf_hash, '192.0.2.1', user_agent_hash, methods,
      authenticated_at, NOW(6) + INTERVAL 1 SECOND, expires_at, ends_at, 'many' FROM sessions, numbers WHERE ${where}`);
  await tokens(registered, {}, { browser: new Browser() });
  await isOver();
  sql("DELETE FROM sessions WHERE user_agent = 'many'");
});
