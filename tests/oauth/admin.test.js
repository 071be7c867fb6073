// Clients and grants, managed by operators and users over the API.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, active, alice, bob, issuer, people, redirectUri, refused, register, post, sql, tokens } from './world.js';

// A session of the platform's own API.
async function signedIn(person) {
  const browser = new Browser();
  const answer = await browser.fetch(`${issuer}/api/v2/barong/identity/sessions`, {
    method: 'POST', body: new URLSearchParams({ email: person.email, password: person.password }),
  });
  assert.equal(answer.status, 200);
  const { csrf_token } = await answer.json();
  return async (method, path, document) => {
    const response = await browser.fetch(`${issuer}/api/v2/barong${path}`, {
      method, body: document === undefined ? undefined : JSON.stringify(document),
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf_token },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : undefined };
  };
}

const document = { client_name: 'Of an admin', redirect_uris: [redirectUri], scope: 'openid email offline_access',
  grant_types: ['authorization_code', 'refresh_token'] };

test('an administrator registers, changes, disables and removes clients, and the log says so', async () => {
  const admin = await signedIn(people.admin);
  const made = await admin('POST', '/admin/oauth/clients', { ...document, skip_consent: true });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const client = made.json;
  assert.ok(client.client_secret);
  assert.equal(client.skip_consent, true);
  assert.equal(client.registration_access_token, undefined);
  const listed = await admin('GET', '/admin/oauth/clients?limit=1');
  assert.equal(listed.json[0].client_id, client.client_id);
  assert.equal(listed.json[0].client_secret, undefined);
  assert.ok(Number(listed.headers.get('total')) > 0);
  const path = `/admin/oauth/clients/${client.client_id}`;
  assert.equal((await admin('GET', path)).json.client_name, 'Of an admin');
  const answer = await tokens(client, { scope: 'openid offline_access' });
  const changed = await admin('PUT', path, { ...document, client_name: 'Changed' });
  assert.equal(changed.json.client_name, 'Changed');
  assert.equal(changed.json.skip_consent, false);
  assert.equal(await active(client, answer.access_token), true);
  const secret = await admin('POST', `${path}/secret`);
  assert.equal(secret.status, 201);
  assert.notEqual(secret.json.client_secret, client.client_secret);
  const off = await admin('PUT', path, { enabled: false });
  assert.equal(off.json.enabled, false);
  assert.equal(off.json.client_name, 'Changed');
  refused(await post('/oauth2/token', client, { grant_type: 'refresh_token', refresh_token: answer.refresh_token }),
    401, 'invalid_client');
  await admin('PUT', path, { enabled: true });
  refused(await post('/oauth2/token', client, { grant_type: 'refresh_token', refresh_token: answer.refresh_token }),
    400, 'invalid_grant');
  assert.deepEqual((await admin('POST', '/admin/oauth/clients', {})).json.errors, ['admin.oauth.invalid_redirect_uri']);
  assert.deepEqual((await admin('PUT', path, { ...document, scope: 'root' })).json.errors,
    ['admin.oauth.invalid_client_metadata']);
  assert.equal((await admin('DELETE', path)).status, 204);
  assert.equal((await admin('GET', path)).status, 404);
  const rows = sql("SELECT action, data FROM activities WHERE topic = 'oauth' AND data LIKE '%\"before\"%' ORDER BY id")
    .split('\n').filter((line) => line.includes(client.client_id));
  assert.deepEqual(rows.map((row) => row.split('\t')[0]), ['create', 'update', 'update', 'update', 'update', 'delete']);
  for (const row of rows) assert.ok(!row.includes('bcs_'), 'a secret in the log');
});

test('nobody else may', async () => {
  const member = await signedIn(bob);
  for (const [method, path] of [['GET', '/admin/oauth/clients'], ['POST', '/admin/oauth/clients'],
    ['GET', '/admin/oauth/grants']]) {
    assert.equal((await member(method, path, method === 'POST' ? document : undefined)).status, 401);
  }
});

test('a user sees and ends what he lets clients do', async () => {
  const client = register();
  const answer = await tokens(client, { scope: 'openid offline_access' }, { person: bob });
  const [mine, hers] = [await signedIn(bob), await signedIn(alice)];
  const grant = (await mine('GET', '/resource/oauth/grants')).json.find((row) => row.client_id === client.client_id);
  assert.equal(grant.scope, 'openid offline_access');
  assert.equal((await hers('GET', '/resource/oauth/grants')).json.some((row) => row.id === grant.id), false);
  assert.equal((await hers('DELETE', `/resource/oauth/grants/${grant.id}`)).status, 404);
  assert.equal(await active(client, answer.access_token), true);
  assert.equal((await mine('DELETE', `/resource/oauth/grants/${grant.id}`)).status, 204);
  assert.equal(await active(client, answer.access_token), false);
  // He is asked again.
  const page = await new Browser().go(`${issuer}/oauth2/auth?${new URLSearchParams({ client_id: client.client_id })}`);
  assert.equal(page.status, 400);
  assert.equal(sql(`SELECT COUNT(*) FROM oauth_consents c JOIN oauth_clients o ON o.id = c.client_id
    WHERE o.client_id = '${client.client_id}'`), '0');
});

test('an administrator sees and ends grants', async () => {
  const client = register();
  const answer = await tokens(client, { scope: 'openid offline_access' }, { person: bob });
  const admin = await signedIn(people.admin);
  const rows = (await admin('GET', `/admin/oauth/grants?uid=${bob.uid}&client_id=${client.client_id}`)).json;
  assert.equal(rows.length, 1);
  assert.equal(rows[0].uid, bob.uid);
  assert.equal((await admin('DELETE', `/admin/oauth/grants/${rows[0].id}`)).status, 204);
  assert.equal(await active(client, answer.access_token), false);
  assert.equal((await admin('DELETE', '/admin/oauth/grants/nothing')).status, 404);
});
