// The token endpoint: codes, clients, grants; each with what goes wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Browser, active, alice, authAddress, basic, code, issuer, operator, post, redirectUri, refused,
  register, sql, tokens } from './world.js';

const registered = register();
const other = register();

test('a code is for its client, its address, its verifier, and once', async () => {
  refused(await post('/oauth2/token', registered, { grant_type: 'authorization_code' }), 400, 'invalid_request');
  refused(await post('/oauth2/token', registered, {
    grant_type: 'authorization_code', code: 'bac_unknown', redirect_uri: redirectUri,
  }), 400, 'invalid_grant');
  refused(await post('/oauth2/token', other, await code(registered)), 400, 'invalid_grant');
  for (const change of [{ redirect_uri: undefined }, { redirect_uri: `${redirectUri}/` },
    { code_verifier: undefined }, { code_verifier: 'x'.repeat(43) }, { code_verifier: 'short' },
    { code_verifier: 'x'.repeat(129) }, { code_verifier: `${'x'.repeat(42)}+` }]) {
    const good = await code(registered);
    refused(await post('/oauth2/token', registered, { ...good, ...change }), 400, 'invalid_grant');
    // A guess burns the code.
    refused(await post('/oauth2/token', registered, good), 400, 'invalid_grant');
  }
});

test('a code that comes again ends everything that came of it', async () => {
  const good = await code(registered, { scope: 'openid offline_access' });
  const answer = await post('/oauth2/token', registered, good);
  assert.equal(answer.status, 200);
  assert.equal(await active(registered, answer.json.access_token), true);
  refused(await post('/oauth2/token', registered, good), 400, 'invalid_grant');
  assert.equal(await active(registered, answer.json.access_token), false);
  assert.equal(await active(registered, answer.json.refresh_token), false);
});

test('two at once get one answer', async () => {
  const good = await code(registered);
  const both = await Promise.all([1, 2, 3, 4].map(() => post('/oauth2/token', registered, good)));
  assert.equal(both.filter((answer) => answer.status === 200).length, 1);
});

test('a code that is over', async () => {
  const good = await code(registered);
  sql('UPDATE oauth_codes SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE used_at IS NULL');
  refused(await post('/oauth2/token', registered, good), 400, 'invalid_grant');
});

test('the form of the request', async () => {
  const machine = register({ grant_types: ['client_credentials'], redirect_uris: [], scope: 'peatio.read' });
  const good = { grant_type: 'client_credentials' };
  assert.equal((await post('/oauth2/token', machine, good)).status, 200);
  refused(await post('/oauth2/token?grant_type=client_credentials', machine, {}), 400, 'invalid_request');
  const json = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST', body: JSON.stringify(good),
    headers: { 'content-type': 'application/json', authorization: basic(machine) },
  });
  assert.equal(json.status, 400);
  assert.equal((await json.json()).error, 'invalid_request');
  const twice = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST', body: 'grant_type=client_credentials&grant_type=client_credentials',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(machine) },
  });
  assert.equal((await twice.json()).error, 'invalid_request');
  assert.equal((await fetch(`${issuer}/oauth2/token`)).status, 405);
  refused(await post('/oauth2/token', machine, {}), 400, 'invalid_request');
  refused(await post('/oauth2/token', machine, { grant_type: 'implicit' }), 400, 'unsupported_grant_type');
  refused(await post('/oauth2/token', machine, { grant_type: 'authorization_code', code: 'x' }), 400,
    'unauthorized_client');
  refused(await post('/oauth2/token', registered, good), 400, 'unauthorized_client');
  refused(await post('/oauth2/token', machine, { ...good, scope: 'peatio' }), 400, 'invalid_scope');
  refused(await post('/oauth2/token', machine, { ...good, scope: 'openid' }), 400, 'invalid_scope');
  refused(await post('/oauth2/token', machine, { ...good, resource: 'https://x.example' }), 400, 'invalid_target');
});

test('who a client is', async () => {
  const fields = { grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri };
  const wrong = await post('/oauth2/token', registered, fields, { authorization: basic(registered, 'wrong') });
  refused(wrong, 401, 'invalid_client');
  assert.match(wrong.headers.get('www-authenticate'), /^Basic/);
  refused(await post('/oauth2/token', registered, fields, { authorization: basic({ client_id: 'nobody' }, 'x') }),
    401, 'invalid_client');
  refused(await post('/oauth2/token', undefined, fields), 401, 'invalid_client');
  // A confidential client does not pass without its secret, nor by another way than its own.
  refused(await post('/oauth2/token', undefined, { ...fields, client_id: registered.client_id }), 401,
    'invalid_client');
  refused(await post('/oauth2/token', undefined,
    { ...fields, client_id: registered.client_id, client_secret: registered.client_secret }), 401, 'invalid_client');
  refused(await post('/oauth2/token', registered, { ...fields, client_secret: registered.client_secret },
    { authorization: basic(registered) }), 400, 'invalid_request');
  refused(await post('/oauth2/token', registered, { ...fields, client_id: other.client_id },
    { authorization: basic(registered) }), 401, 'invalid_client');
  refused(await post('/oauth2/token', registered, fields, { authorization: 'Basic !!!' }), 401, 'invalid_client');
  refused(await post('/oauth2/token', registered, fields, { authorization: 'Digest x' }), 401, 'invalid_client');
  const open = register({ token_endpoint_auth_method: 'none' });
  refused(await post('/oauth2/token', open, { grant_type: 'client_credentials' }), 400, 'unauthorized_client');
});

test('two secrets live while one is exchanged', async () => {
  const client = register();
  const renewed = JSON.parse(operator('--oauth-client-secret', client.client_id));
  assert.notEqual(renewed.client_secret, client.client_secret);
  for (const secret of [client.client_secret, renewed.client_secret]) {
    refused(await post('/oauth2/token', client, { grant_type: 'authorization_code', code: 'x' },
      { authorization: basic(client, secret) }), 400, 'invalid_grant');
  }
  sql('UPDATE oauth_clients SET former_secret_until = NOW(6) - INTERVAL 1 SECOND');
  refused(await post('/oauth2/token', client, { grant_type: 'authorization_code', code: 'x' }), 401,
    'invalid_client');
});

test('a resource is the audience of the token', async () => {
  const api = 'https://api.example/v1';
  const client = register({ resources: [api] });
  const answer = await tokens(client, { resource: api });
  const claims = JSON.parse(Buffer.from(answer.access_token.split('.')[1], 'base64url'));
  assert.equal(claims.aud, api);
  const good = await code(client, { resource: api });
  refused(await post('/oauth2/token', client, { ...good, resource: 'https://other.example' }), 400,
    'invalid_target');
  refused(await post('/oauth2/token', client, good), 400, 'invalid_grant'); // the guess burnt the code
});

test('a client that is removed takes its tokens along', async () => {
  const client = register();
  const answer = await tokens(client);
  const userinfo = () => fetch(`${issuer}/oauth2/userinfo`,
    { headers: { authorization: `Bearer ${answer.access_token}` } });
  assert.equal((await userinfo()).status, 200);
  operator('--oauth-client-remove', client.client_id);
  assert.equal((await userinfo()).status, 401);
});

test('an operator ends what a user allowed', async () => {
  const answer = await tokens(registered, { scope: 'openid offline_access' });
  const listed = operator('--oauth-grants', alice.uid).trim().split('\n').map((line) => JSON.parse(line));
  assert.ok(listed.some((grant) => grant.client_id === registered.client_id));
  operator('--oauth-grants-end', alice.uid);
  assert.equal(await active(registered, answer.access_token), false);
  refused(await post('/oauth2/token', registered,
    { grant_type: 'refresh_token', refresh_token: answer.refresh_token }), 400, 'invalid_grant');
  assert.equal(operator('--oauth-grants', alice.uid).trim(), '');
});

test('nobody learns of an account by the token endpoint', async () => {
  const { url } = authAddress(registered, { prompt: 'none' });
  const end = await new Browser().go(url);
  assert.equal(end.callback.searchParams.get('error'), 'login_required');
});
