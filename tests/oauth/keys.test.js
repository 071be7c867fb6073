// What is signed: JWT access tokens (RFC 9068), metadata, JWKS, assertions of clients, DPoP proofs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import { Browser, active, alice, authAddress, authBinary, authEnv, code, eventually, issuer, jwksOptions, listen, post,
  redirectUri, refused, register, sql, tokens } from './world.js';

const jwks = jose.createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), jwksOptions);

test('discovery says the same at both places, and all of it works', async () => {
  const one = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const two = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
  assert.equal(two.status, 200);
  assert.match(two.headers.get('content-type'), /^application\/json/);
  assert.deepEqual(await two.json(), one);
  assert.equal(one.issuer, issuer);
  assert.deepEqual(one.response_types_supported, ['code']);
  assert.ok(one.id_token_signing_alg_values_supported.includes('RS256'));
  assert.deepEqual(one.code_challenge_methods_supported, ['S256']);
  for (const gone of ['implicit', 'password']) assert.ok(!one.grant_types_supported.includes(gone));
  assert.equal(one.registration_endpoint, undefined);
  for (const [name, value] of Object.entries(one)) {
    if (!/(_endpoint|_uri)$/.test(name)) continue;
    assert.ok(value.startsWith(issuer), name);
    assert.notEqual((await fetch(value, { redirect: 'manual' })).status, 404, name);
    assert.notEqual((await fetch(value, { redirect: 'manual' })).status, 503, name);
  }
  for (const list of Object.values(one)) if (Array.isArray(list)) assert.ok(list.length > 0);
  const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer),
    { [oauth.allowInsecureRequests]: true }));
  assert.equal(as.issuer, issuer);
});

test('the key set holds public keys with names', async () => {
  const answer = await fetch(`${issuer}/.well-known/jwks.json`);
  const { keys } = await answer.json();
  assert.match(answer.headers.get('cache-control'), /max-age/);
  assert.ok(keys.length > 0);
  assert.equal(new Set(keys.map((key) => key.kid)).size, keys.length);
  for (const key of keys) {
    assert.equal(key.use, 'sig');
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(key[secret], undefined);
  }
});

test('access tokens are at+jwt, id_tokens are not, and neither is the other', async () => {
  const registered = register();
  const answer = await tokens(registered, { scope: 'openid email', nonce: 'n-1' });
  const access = await jose.jwtVerify(answer.access_token, jwks, { issuer, audience: issuer, typ: 'at+jwt' });
  assert.ok(access.protectedHeader.kid);
  assert.equal(access.payload.sub, alice.uid);
  assert.equal(access.payload.client_id, registered.client_id);
  assert.equal(access.payload.scope, 'openid email');
  assert.equal(access.payload.exp - access.payload.iat, answer.expires_in);
  assert.ok(access.payload.jti && access.payload.auth_time);
  assert.equal(access.payload.acr, 'urn:bourse:acr:1fa');
  const id = await jose.jwtVerify(answer.id_token, jwks, { issuer, audience: registered.client_id });
  assert.equal(id.payload.nonce, 'n-1');
  assert.equal(id.payload.azp, registered.client_id);
  assert.notEqual(id.protectedHeader.typ, 'at+jwt');
  await assert.rejects(jose.jwtVerify(answer.id_token, jwks, { typ: 'at+jwt' }));
  const without = await tokens(registered);
  assert.equal(jose.decodeJwt(without.id_token).nonce, undefined);
  const machine = register({ grant_types: ['client_credentials'], redirect_uris: [], scope: 'peatio.read' });
  const own = await post('/oauth2/token', machine, { grant_type: 'client_credentials' });
  assert.equal(jose.decodeJwt(own.json.access_token).sub, machine.client_id);
  // A resource server of another maker takes it.
  const request = new Request('https://rs.example/', { headers: { authorization: `Bearer ${answer.access_token}` } });
  const as = { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` };
  const claims = await oauth.validateJwtAccessToken(as, request, issuer, { [oauth.allowInsecureRequests]: true });
  assert.equal(claims.sub, alice.uid);
});

test('forged access tokens', async () => {
  const answer = await tokens(register(), { scope: 'openid email' });
  const [header, payload, signature] = answer.access_token.split('.');
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = jose.decodeJwt(answer.access_token);
  const { privateKey } = await jose.generateKeyPair('RS256');
  const { kid } = jose.decodeProtectedHeader(answer.access_token);
  const sign = (more) => new jose.SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...more })
    .sign(privateKey);
  const forged = [
    `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
    `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
    `${header}.${encode({ ...claims, sub: 'IDADA1000001' })}.${signature}`,
    await sign({}), await sign({ kid: 'unknown' }), await sign({ kid: '../../../dev/null' }),
    await new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
      .sign(Buffer.from('a secret of thirty-two bytes ....')),
    answer.id_token,
  ];
  for (const token of forged) {
    const refusedAnswer = await fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(refusedAnswer.status, 401, token);
    const api = await fetch(`${issuer}/api/v2/peatio/account/balances`,
      { headers: { authorization: `Bearer ${token}` } });
    assert.equal(api.status, 401, token);
  }
});

// ---- assertions ----

const machine = { grant_types: ['client_credentials'], redirect_uris: [], scope: 'peatio.read',
  token_endpoint_auth_method: 'private_key_jwt' };

async function newKey(alg = 'ES256') {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { ...pair, alg, kid, jwk: { ...await jose.exportJWK(pair.publicKey), kid, alg, use: 'sig' } };
}

async function assertion(client, key, change = {}, header = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client.client_id, sub: client.client_id, aud: `${issuer}/oauth2/token`, iat: now,
    exp: now + 60, jti: randomUUID(), ...change };
  for (const name of Object.keys(claims)) if (claims[name] === undefined) delete claims[name];
  return new jose.SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
function present(text, more = {}) {
  return post('/oauth2/token', undefined, { grant_type: 'client_credentials', client_assertion: text,
    client_assertion_type: assertionType, ...more });
}

test('private_key_jwt: every algorithm, each wrong claim', async () => {
  for (const alg of ['ES256', 'RS256', 'PS256', 'ES384', 'ES512', 'EdDSA']) {
    const key = await newKey(alg);
    const client = register({ ...machine, jwks: { keys: [key.jwk] } });
    const answer = await present(await assertion(client, key));
    assert.equal(answer.status, 200, `${alg} ${answer.text}`);
  }
  const key = await newKey();
  const stranger = await newKey();
  const client = register({ ...machine, jwks: { keys: [key.jwk] } });
  const now = Math.floor(Date.now() / 1000);
  const once = await assertion(client, key);
  assert.equal((await present(once)).status, 200);
  refused(await present(once), 401, 'invalid_client');
  assert.equal((await present(await assertion(client, key, { aud: issuer }))).status, 200);
  for (const change of [{ iss: 'other' }, { sub: 'other' }, { aud: 'https://other.example' }, { aud: undefined },
    { exp: now - 60 }, { exp: now + 7200 }, { exp: undefined }, { jti: undefined }, { nbf: now + 600 }]) {
    refused(await present(await assertion(client, key, change)), 401, 'invalid_client');
  }
  refused(await present(await assertion(client, { ...stranger, kid: key.kid })), 401, 'invalid_client');
  refused(await present(await assertion(client, stranger)), 401, 'invalid_client');
  refused(await present(await assertion(client, key, {}, { kid: 'unknown' })), 401, 'invalid_client');
  refused(await present(await assertion(client, key), { client_assertion_type: 'saml' }), 400, 'invalid_request');
  refused(await present(await assertion(client, key), { client_assertion_type: undefined }), 400, 'invalid_request');
  refused(await present(await assertion(client, key), { client_id: 'other' }), 401, 'invalid_client');
  refused(await present('rubbish'), 401, 'invalid_client');
  const secret = register({ grant_types: ['client_credentials'], redirect_uris: [] });
  refused(await present(await assertion(secret, key)), 401, 'invalid_client');
  const pinned = register({ ...machine, jwks: { keys: [{ ...key.jwk, alg: undefined }] },
    token_endpoint_auth_signing_alg: 'ES384' });
  refused(await present(await assertion(pinned, key)), 401, 'invalid_client');
});

test('jwks_uri: fetched, kept, and asked again for an unknown key', async () => {
  const keys = [await newKey()];
  const server = await listen(() => [200, JSON.stringify({ keys: keys.map((key) => key.jwk) }), 'application/json']);
  const client = register({ ...machine, jwks_uri: `${server.url}/jwks` });
  assert.equal((await present(await assertion(client, keys[0]))).status, 200);
  assert.equal((await present(await assertion(client, keys[0]))).status, 200);
  assert.equal(server.received.length, 1);
  const began = Date.now();
  keys.unshift(await newKey());
  assert.equal((await present(await assertion(client, keys[0]))).status, 200);
  assert.equal(server.received.length, 2);
  // Whoever names keys that nobody has can't make us ask each time.
  for (let i = 0; i < 3; i++) refused(await present(await assertion(client, await newKey())), 401, 'invalid_client');
  const most = 2 + Math.floor((Date.now() - began) / 10000); // once in OAUTH_JWKS_PAUSE_S
  assert.ok(server.received.length <= most, `${server.received.length} questions, at most ${most} were due`);
  server.close();
});

// ---- DPoP ----

async function proof(key, { htm = 'POST', path = '/oauth2/token', token, claims = {}, header = {} } = {}) {
  const all = { jti: randomUUID(), htm, htu: `${issuer}${path}`, iat: Math.floor(Date.now() / 1000), ...claims };
  if (token) {
    all.ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url');
  }
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  const jwk = { ...key.jwk };
  delete jwk.alg; delete jwk.use; delete jwk.kid;
  return new jose.SignJWT(all).setProtectedHeader({ alg: key.alg, typ: 'dpop+jwt', jwk, ...header })
    .sign(key.privateKey);
}

test('DPoP at the token endpoint: each broken proof', async () => {
  const key = await newKey();
  const client = register({ token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true,
    grant_types: ['authorization_code', 'refresh_token'] });
  const now = Math.floor(Date.now() / 1000);
  const fields = { grant_type: 'authorization_code', code: 'x', client_id: client.client_id };
  const send = (dpop) => post('/oauth2/token', undefined, fields, dpop ? { DPoP: dpop } : {});
  refused(await send(undefined), 400, 'invalid_dpop_proof');
  const once = await proof(key);
  refused(await send(once), 400, 'invalid_grant');
  refused(await send(once), 400, 'invalid_dpop_proof');
  const privateJwk = { ...await jose.exportJWK(key.privateKey) };
  for (const broken of [
    { htm: 'GET' }, { path: '/oauth2/other' }, { claims: { iat: now - 600 } }, { claims: { iat: now + 600 } },
    { claims: { jti: undefined } }, { claims: { iat: undefined } }, { header: { typ: 'JWT' } },
    { header: { jwk: privateJwk } }, { header: { jwk: undefined } }, { claims: { nonce: 'not ours' } },
  ]) {
    const answer = await send(await proof(key, broken));
    refused(answer, 400, broken.claims?.nonce ? 'use_dpop_nonce' : 'invalid_dpop_proof');
  }
  refused(await send('rubbish'), 400, 'invalid_dpop_proof');
  refused(await send(`${await proof(key)}, ${await proof(key)}`), 400, 'invalid_dpop_proof');
  assert.equal((await send(await proof(key, { path: '/oauth2/token?a=1#b' }))).json.error, 'invalid_grant');
});

test('DPoP at a resource: only with its own key, and not as Bearer', async () => {
  const key = await newKey();
  const thief = await newKey();
  const client = register({ scope: 'openid email peatio.read offline_access' });
  const good = await code(client, { scope: 'openid peatio.read offline_access' });
  const redeemed = await fetch(`${issuer}/oauth2/token`, { method: 'POST', body: new URLSearchParams(good),
    headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}`, DPoP: await proof(key) } });
  const answer = await redeemed.json();
  assert.equal(answer.token_type, 'DPoP');
  const jkt = await jose.calculateJwkThumbprint(key.jwk);
  assert.equal(jose.decodeJwt(answer.access_token).cnf.jkt, jkt);
  const told = await post('/oauth2/introspect', client, { token: answer.access_token });
  assert.equal(told.json.token_type, 'DPoP');
  assert.equal(told.json.cnf.jkt, jkt);
  for (const path of ['/oauth2/userinfo', '/api/v2/peatio/account/balances']) {
    const ask = async (scheme, dpop) => fetch(`${issuer}${path}`,
      { headers: { authorization: `${scheme} ${answer.access_token}`, ...(dpop ? { DPoP: dpop } : {}) } });
    const mine = { htm: 'GET', path, token: answer.access_token };
    const fine = await ask('DPoP', await proof(key, mine));
    assert.equal(fine.status, 200, `${path} ${await fine.text()}`);
    assert.equal((await ask('Bearer')).status, 401);
    assert.equal((await ask('Bearer', await proof(key, mine))).status, 401);
    assert.equal((await ask('DPoP')).status, 401);
    assert.equal((await ask('DPoP', await proof(thief, mine))).status, 401);
    assert.equal((await ask('DPoP', await proof(key, { ...mine, token: 'another' }))).status, 401);
    assert.equal((await ask('DPoP', await proof(key, { ...mine, htm: 'POST' }))).status, 401);
    const used = await proof(key, mine);
    assert.equal((await ask('DPoP', used)).status, 200);
    assert.equal((await ask('DPoP', used)).status, 401);
  }
  const refusedAnswer = await fetch(`${issuer}/oauth2/userinfo`,
    { headers: { authorization: `DPoP ${answer.access_token}` } });
  assert.match(refusedAnswer.headers.get('www-authenticate'), /^DPoP algs="ES256/);
});

test('dpop_jkt binds the code', async () => {
  const key = await newKey();
  const client = register();
  const jkt = await jose.calculateJwkThumbprint(key.jwk);
  refused(await post('/oauth2/token', client, await code(client, { dpop_jkt: jkt })), 400, 'invalid_grant');
});

// ---- another process of the same service, with other settings ----

async function second(settings) {
  const edge = Number(new URL(issuer).port), base = edge + 9; // free, and so is the other: tests/support/ports.py
  const own = `http://127.0.0.1:${base}`;
  const child = spawn(authBinary, [], { stdio: 'ignore',
    env: authEnv({ HTTP_PORT: base, HTTP_SOCKET: '', OPS_PORT: edge - 10, OAUTH_ISSUER: own, ...settings }) });
  const ended = new Promise((done) => { child.on('exit', done); });
  await eventually(() => {
    assert.equal(child.exitCode, null, 'the second process ended at its start');
    return fetch(`${own}/.well-known/openid-configuration`).then((r) => r.ok, () => false);
  });
  return { url: own, stop: () => { child.kill('SIGTERM'); return ended; } };
}

test('nonces in proofs, where they are demanded', async () => {
  const process = await second({ OAUTH_DPOP_NONCE: 'true' });
  try {
    const key = await newKey();
    const client = register({ grant_types: ['client_credentials'], redirect_uris: [], scope: 'peatio.read' });
    const send = async (nonce) => fetch(`${process.url}/oauth2/token`, {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${btoa(`${client.client_id}:${client.client_secret}`)}`,
        DPoP: await proof(key, { claims: { htu: `${process.url}/oauth2/token`, nonce } }) },
    });
    const first = await send(undefined);
    assert.equal(first.status, 400);
    assert.equal((await first.json()).error, 'use_dpop_nonce');
    const nonce = first.headers.get('dpop-nonce');
    assert.ok(nonce);
    const next = await send(nonce);
    assert.equal(next.status, 200, await next.text());
  } finally {
    await process.stop();
  }
});

test('registration: off unless it is opened; then create, read, replace, forget', async () => {
  const closed = await fetch(`${issuer}/oauth2/register`, { method: 'POST', body: '{}',
    headers: { 'content-type': 'application/json' } });
  assert.equal(closed.status, 404);
  const process = await second({ OAUTH_REGISTRATION: 'open', OAUTH_INSECURE_ALLOWED: 'false' });
  try {
    const send = (path, method, document, token) => fetch(path.startsWith('http') ? path : `${process.url}${path}`, {
      method, body: document === undefined ? undefined : JSON.stringify(document),
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    });
    const metadata = await (await fetch(`${process.url}/.well-known/openid-configuration`)).json();
    assert.equal(metadata.registration_endpoint, `${process.url}/oauth2/register`);
    for (const [document, error] of [
      [{}, 'invalid_redirect_uri'], [{ redirect_uris: ['http://a.example/'] }, 'invalid_redirect_uri'],
      [{ redirect_uris: ['https://a.example/#x'] }, 'invalid_redirect_uri'],
      [{ redirect_uris: [redirectUri], grant_types: ['implicit'] }, 'invalid_client_metadata'],
      [{ redirect_uris: [redirectUri], skip_consent: true }, 'invalid_client_metadata'],
      [{ redirect_uris: [redirectUri], jwks: { keys: [{ kty: 'RSA', d: 'AA' }] } }, 'invalid_client_metadata'],
      [{ redirect_uris: [redirectUri], jwks_uri: 'http://127.0.0.1/jwks' }, 'invalid_client_metadata'],
    ]) {
      const answer = await send('/oauth2/register', 'POST', document);
      assert.equal(answer.status, 400);
      assert.equal((await answer.json()).error, error, JSON.stringify(document));
    }
    const made = await send('/oauth2/register', 'POST', { redirect_uris: [redirectUri], client_name: 'Mine' });
    assert.equal(made.status, 201);
    assert.equal(made.headers.get('cache-control'), 'no-store');
    const client = await made.json();
    assert.ok(client.client_id && client.client_secret && client.registration_access_token);
    const uri = client.registration_client_uri;
    const token = client.registration_access_token;
    assert.equal((await send(uri, 'GET')).status, 401);
    assert.equal((await send(uri, 'GET', undefined, 'wrong')).status, 401);
    const read = await (await send(uri, 'GET', undefined, token)).json();
    assert.equal(read.client_name, 'Mine');
    assert.equal(read.client_secret, undefined);
    const changed = await send(uri, 'PUT', { redirect_uris: [redirectUri], client_name: 'Yours' }, token);
    assert.equal((await changed.json()).client_name, 'Yours');
    assert.equal((await send(uri, 'DELETE', undefined, token)).status, 204);
    assert.equal((await send(uri, 'GET', undefined, token)).status, 401);
    // A client cannot make us call into our own network.
    const key = await newKey();
    const inner = await listen(() => [200, JSON.stringify({ keys: [key.jwk] }), 'application/json']);
    const victim = register({ ...machine, jwks_uri: `${inner.url}/jwks` });
    const answer = await fetch(`${process.url}/oauth2/token`, { method: 'POST', body: new URLSearchParams({
      grant_type: 'client_credentials', client_assertion_type: assertionType,
      client_assertion: await assertion(victim, key, { aud: process.url }) }) });
    assert.equal(answer.status, 401);
    assert.equal(inner.received.length, 0);
    inner.close();
  } finally {
    await process.stop();
  }
});

// ---- pushed requests ----

test('pushed requests: their rules, once, for their client, in time', async () => {
  const client = register();
  const other = register();
  const { url } = authAddress(client);
  const fields = Object.fromEntries([...url.searchParams].filter(([name]) => name !== 'client_id'));
  const push = (more = {}, as = client) => post('/oauth2/par', as, { ...fields, ...more });
  const pushed = await push();
  assert.equal(pushed.status, 201);
  assert.match(pushed.json.request_uri, /^urn:ietf:params:oauth:request_uri:/);
  assert.ok(pushed.json.expires_in >= 5 && pushed.json.expires_in <= 600);
  refused(await push({ request_uri: 'urn:x' }), 400, 'invalid_request');
  refused(await push({ scope: 'openid root' }), 400, 'invalid_scope');
  refused(await push({ redirect_uri: 'https://evil.example/' }), 400, 'invalid_request');
  refused(await push({ code_challenge: undefined }), 400, 'invalid_request');
  refused(await post('/oauth2/par', undefined, fields), 401, 'invalid_client');
  assert.equal((await fetch(`${issuer}/oauth2/par`)).status, 405);
  const big = await push({ state: 'x'.repeat(2 * 1024 * 1024) });
  assert.equal(big.status, 413);
  const open = (uri, as = client, more = {}) => new Browser().go(`${issuer}/oauth2/auth?${new URLSearchParams(
    { client_id: as.client_id, request_uri: uri, ...more })}`);
  assert.equal((await open(pushed.json.request_uri, other)).status, 400);
  // What stands beside it does not count.
  const page = await open(pushed.json.request_uri, client, { scope: 'openid root', redirect_uri: 'https://evil.example/' });
  assert.match(page.html, /action="\/oauth2\/login"/);
  assert.equal((await open(pushed.json.request_uri)).status, 400);
  const late = await push();
  sql("UPDATE oauth_flows SET expires_at = NOW(6) - INTERVAL 1 SECOND WHERE kind = 'pushed'");
  assert.equal((await open(late.json.request_uri)).status, 400);
  assert.equal((await open('https://client.example/request.jwt')).status, 400);
  const strict = register({ require_pushed_authorization_requests: true });
  const end = await new Browser().go(authAddress(strict).url);
  assert.equal(end.callback.searchParams.get('error'), 'invalid_request');
});

// ---- devices ----

test('devices: waiting, too often, refused, over, used', async () => {
  const grant = 'urn:ietf:params:oauth:grant-type:device_code';
  const client = register({ token_endpoint_auth_method: 'none', redirect_uris: [], grant_types: [grant] });
  const other = register({ token_endpoint_auth_method: 'none', redirect_uris: [], grant_types: [grant] });
  const begin = async () => (await post('/oauth2/device/auth', client, { scope: 'openid' })).json;
  const poll = (device, as = client) => post('/oauth2/token', as, { grant_type: grant, device_code: device.device_code });
  const decide = async (device, action, typed = device.user_code) => {
    const browser = new Browser();
    const page = await browser.go(`${issuer}/oauth2/device`);
    const login = await browser.submit(page, { user_code: typed });
    const consent = await browser.submit(login, { email: alice.email, password: alice.password });
    return browser.submit(consent, {}, ['action', action]);
  };
  const waiting = await begin();
  assert.equal(waiting.verification_uri, `${issuer}/oauth2/device`);
  refused(await poll(waiting), 400, 'authorization_pending');
  // Sooner than it may; where five seconds pass between two questions, the next one.
  const impatient = await eventually(async () => {
    const answer = await poll(waiting);
    return answer.json?.error === 'authorization_pending' ? undefined : answer;
  });
  refused(impatient, 400, 'slow_down');
  refused(await poll(waiting, other), 400, 'invalid_grant');
  refused(await poll({ device_code: 'bdc_unknown' }), 400, 'invalid_grant');
  await decide(waiting, 'allow', waiting.user_code.toLowerCase().replace('-', ' '));
  const answer = await poll(waiting);
  assert.equal(answer.status, 200, answer.text);
  const owner = register({ grant_types: ['authorization_code'] });
  refused(await poll(waiting), 400, 'invalid_grant');
  const userinfo = await fetch(`${issuer}/oauth2/userinfo`,
    { headers: { authorization: `Bearer ${answer.json.access_token}` } });
  assert.equal(userinfo.status, 401, 'a second use ends what the first gave');
  const denied = await begin();
  await decide(denied, 'deny');
  refused(await poll(denied), 400, 'access_denied');
  const late = await begin();
  sql('UPDATE oauth_devices SET expires_at = NOW(6) - INTERVAL 1 SECOND');
  refused(await poll(late), 400, 'expired_token');
  refused(await post('/oauth2/device/auth', owner, { scope: 'openid' }), 400, 'unauthorized_client');
  refused(await post('/oauth2/device/auth', client, {}), 400, 'invalid_scope');
  refused(await post('/oauth2/token', client, { grant_type: grant }), 400, 'invalid_request');
  const browser = new Browser();
  const page = await browser.submit(await browser.go(`${issuer}/oauth2/device`), { user_code: 'BBBB-BBBB' });
  assert.equal(page.status, 400);
  assert.ok(await active(owner, 'x') === false);
});
