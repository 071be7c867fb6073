// Refresh tokens: rotation, the grace of a lost reply, reuse, narrowing. Introspection and revocation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { active, alice, bob, eventually, issuer, post, refused, register, sql, tokens, Browser } from './world.js';

const registered = register();
const other = register();
const offline = { scope: 'openid email offline_access' };

function refresh(token, client = registered, more = {}) {
  return post('/oauth2/token', client, { grant_type: 'refresh_token', refresh_token: token, ...more });
}

test('a refresh token is given with offline_access only', async () => {
  assert.equal((await tokens(registered)).refresh_token, undefined);
  assert.ok((await tokens(registered, offline)).refresh_token);
  const online = register({ grant_types: ['authorization_code'] });
  assert.equal((await tokens(online, offline)).refresh_token, undefined);
});

test('each use gives a new one; a lost reply is given again within the grace', async () => {
  const first = await tokens(registered, offline);
  const second = await refresh(first.refresh_token);
  const again = await refresh(first.refresh_token);
  assert.equal(second.status, 200);
  assert.equal(again.json.refresh_token, second.json.refresh_token);
  assert.notEqual(again.json.access_token, second.json.access_token);
  assert.equal((await refresh(second.json.refresh_token)).status, 200);
  // Its successor was used: whoever sends it now did not lose a reply.
  refused(await refresh(first.refresh_token), 400, 'invalid_grant');
  assert.equal(await active(registered, second.json.access_token), false);
});

test('reuse after the grace ends the family', async () => {
  const first = await tokens(registered, offline);
  const second = (await refresh(first.refresh_token)).json;
  sql('UPDATE oauth_refresh_tokens SET used_at = used_at - INTERVAL 31 SECOND WHERE used_at IS NOT NULL');
  refused(await refresh(first.refresh_token), 400, 'invalid_grant');
  refused(await refresh(second.refresh_token), 400, 'invalid_grant');
  assert.equal(await active(registered, second.access_token), false);
});

test('parallel tabs get the same successor', async () => {
  const first = await tokens(registered, offline);
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => refresh(first.refresh_token)));
  for (const answer of all) assert.equal(answer.status, 200, answer.text);
  assert.equal(new Set(all.map((answer) => answer.json.refresh_token)).size, 1);
});

test('another client, an unknown or an old one', async () => {
  const first = await tokens(registered, offline);
  refused(await refresh(first.refresh_token, other), 400, 'invalid_grant');
  refused(await refresh('brt_unknown'), 400, 'invalid_grant');
  refused(await refresh(first.access_token), 400, 'invalid_grant');
  refused(await post('/oauth2/token', registered, { grant_type: 'refresh_token' }), 400, 'invalid_request');
  sql('UPDATE oauth_refresh_tokens SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE used_at IS NULL');
  refused(await refresh(first.refresh_token), 400, 'invalid_grant');
});

test('scopes get narrower, never wider, and the grant stays as it is', async () => {
  const first = await tokens(registered, offline);
  refused(await refresh(first.refresh_token, registered, { scope: 'openid barong' }), 400, 'invalid_scope');
  const narrow = (await refresh(first.refresh_token, registered, { scope: 'openid' })).json;
  assert.equal(narrow.scope, 'openid');
  const wide = (await refresh(narrow.refresh_token)).json;
  assert.equal(wide.scope, 'openid email offline_access');
});

test('a scope that the client lost', async () => {
  const client = register();
  const first = await tokens(client, offline);
  sql(`UPDATE oauth_clients SET metadata = JSON_SET(metadata, '$.scope', 'openid offline_access')
       WHERE client_id = '${client.client_id}'`);
  refused(await refresh(first.refresh_token, client), 400, 'invalid_scope');
  assert.equal((await refresh(first.refresh_token, client, { scope: 'openid' })).status, 200);
});

test('introspection: who may ask, and what nobody is told', async () => {
  const answer = await tokens(registered, offline);
  const told = await post('/oauth2/introspect', registered, { token: answer.access_token, token_type_hint: 'refresh_token' });
  assert.equal(told.json.active, true);
  assert.equal(told.json.sub, alice.uid);
  assert.equal(told.json.client_id, registered.client_id);
  assert.equal(told.json.token_type, 'Bearer');
  assert.equal(told.json.iss, issuer);
  const refreshed = await post('/oauth2/introspect', registered, { token: answer.refresh_token });
  assert.equal(refreshed.json.active, true);
  assert.equal(refreshed.json.token_use, 'refresh_token');
  assert.equal(await active(other, answer.access_token), false);
  assert.equal(await active(other, answer.refresh_token), false);
  assert.equal(await active(registered, 'rubbish'), false);
  assert.equal(await active(registered, `${answer.access_token}x`), false);
  assert.equal(await active(registered, answer.id_token), false);
  refused(await post('/oauth2/introspect', registered, {}), 400, 'invalid_request');
  refused(await post('/oauth2/introspect', undefined, { token: 'x' }), 401, 'invalid_client');
  refused(await post('/oauth2/introspect', register({ token_endpoint_auth_method: 'none' }), { token: 'x' }), 401,
    'invalid_client');
  assert.equal((await fetch(`${issuer}/oauth2/introspect`)).status, 405);
});

test('revocation: at once, of one\'s own, and always a success', async () => {
  const answer = await tokens(registered, offline);
  const revoke = (client, token, more) => post('/oauth2/revoke', client, { token, ...more });
  assert.equal((await revoke(other, answer.access_token)).status, 200);
  assert.equal(await active(registered, answer.access_token), true);
  assert.equal((await revoke(registered, 'unknown')).status, 200);
  assert.equal((await revoke(registered, answer.access_token, { token_type_hint: 'refresh_token' })).status, 200);
  assert.equal(await active(registered, answer.access_token), false);
  const next = await refresh(answer.refresh_token);
  assert.equal(next.status, 200);
  assert.equal((await revoke(registered, next.json.refresh_token)).status, 200);
  assert.equal((await revoke(registered, next.json.refresh_token)).status, 200);
  assert.equal(await active(registered, next.json.access_token), false);
  refused(await refresh(next.json.refresh_token), 400, 'invalid_grant');
  refused(await revoke(undefined, 'x'), 401, 'invalid_client');
  refused(await post('/oauth2/revoke', registered, {}), 400, 'invalid_request');
});

test('userinfo: which tokens, and how they may be shown', async () => {
  const answer = await tokens(registered, { scope: 'openid email' });
  const ask = (headers, options = {}) => fetch(`${issuer}/oauth2/userinfo`, { headers, ...options });
  const good = await ask({ authorization: `Bearer ${answer.access_token}` });
  assert.deepEqual(Object.keys(await good.json()).sort(), ['email', 'email_verified', 'sub']);
  const form = await ask({}, { method: 'POST', body: new URLSearchParams({ access_token: answer.access_token }) });
  assert.equal(form.status, 200);
  const query = await fetch(`${issuer}/oauth2/userinfo?access_token=${answer.access_token}`);
  assert.equal(query.status, 401);
  const none = await ask({});
  assert.equal(none.status, 401);
  assert.equal(none.headers.get('www-authenticate'), 'Bearer realm="bourse"');
  const bad = await ask({ authorization: 'Bearer x.y.z' });
  assert.equal(bad.status, 401);
  assert.match(bad.headers.get('www-authenticate'), /error="invalid_token"/);
  const two = await ask({ authorization: `Bearer ${answer.access_token}` },
    { method: 'POST', body: new URLSearchParams({ access_token: answer.access_token }) });
  assert.equal(two.status, 400);
  const narrow = await tokens(registered, { scope: 'email' });
  const scope = await ask({ authorization: `Bearer ${narrow.access_token}` });
  assert.equal(scope.status, 403);
  assert.match(scope.headers.get('www-authenticate'), /error="insufficient_scope".*scope="openid"/);
  const idToken = await ask({ authorization: `Bearer ${answer.id_token}` });
  assert.equal(idToken.status, 401);
  const machine = register({ grant_types: ['client_credentials'], redirect_uris: [], scope: 'peatio.read' });
  const own = await post('/oauth2/token', machine, { grant_type: 'client_credentials' });
  assert.equal((await ask({ authorization: `Bearer ${own.json.access_token}` })).status, 403);
});

test('access tokens at the API of the platform: scopes, and an end within seconds', async () => {
  const answer = await tokens(registered, { scope: 'openid peatio.read offline_access' }, { person: bob });
  const call = (pathname, method = 'GET', token = answer.access_token) => fetch(`${issuer}${pathname}`,
    { method, headers: { authorization: `Bearer ${token}` } });
  const balances = await call('/api/v2/peatio/account/balances');
  assert.equal(balances.status, 200, await balances.text());
  assert.ok([401, 403].includes((await call('/api/v2/peatio/market/orders', 'POST')).status));
  assert.ok([401, 403].includes((await call('/api/v2/barong/resource/users/me')).status));
  assert.ok([401, 403].includes((await call('/api/v2/barong/admin/users')).status));
  const plain = await tokens(registered, {}, { person: bob });
  assert.ok([401, 403].includes((await call('/api/v2/peatio/account/balances', 'GET', plain.access_token)).status));
  assert.equal((await call('/api/v2/peatio/account/balances', 'GET', answer.id_token)).status, 401);
  assert.equal((await call('/api/v2/peatio/account/balances', 'GET', answer.refresh_token)).status, 401);
  await post('/oauth2/revoke', registered, { token: answer.refresh_token });
  await eventually(async () => (await call('/api/v2/peatio/account/balances')).status === 401);
});

test('password reset, ban, and sign-out end what they must', async () => {
  const browser = new Browser();
  const online = await tokens(registered, { scope: 'openid' }, { browser });
  const kept = await tokens(registered, offline, { browser });
  const out = await browser.fetch(`${issuer}/api/v2/barong/identity/sessions`, { method: 'DELETE' });
  assert.equal(out.status, 200);
  assert.equal(await active(registered, online.access_token), false);
  assert.equal(await active(registered, kept.access_token), true);
});
