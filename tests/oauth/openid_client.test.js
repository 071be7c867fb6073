// The flows of a web application, with openid-client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { Browser, alice, bob, issuer, redirectUri, register } from './world.js';

async function discover(registered, authentication = client.ClientSecretBasic(registered.client_secret)) {
  return client.discovery(new URL(issuer), registered.client_id, { client_secret: registered.client_secret },
    authentication, { execute: [client.allowInsecureRequests] });
}

test('authorization code with PKCE, state, nonce: tokens, claims, userinfo, refresh, revocation', async () => {
  const registered = register();
  const config = await discover(registered);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope: 'openid email barong offline_access', state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const { callback } = await new Browser().agree(url, alice);
  const tokens = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
  });
  const claims = tokens.claims();
  assert.equal(claims.sub, alice.uid);
  assert.equal(claims.iss, issuer);
  assert.equal(claims.nonce, nonce);
  assert.deepEqual(claims.amr, ['pwd']);
  assert.ok(claims.auth_time && claims.sid);
  const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(person.email, alice.email);
  assert.equal(person.email_verified, true);
  assert.equal(person.role, 'member');

  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(next.claims().sub, alice.uid);
  assert.equal(next.claims().auth_time, claims.auth_time);
  assert.equal((await client.tokenIntrospection(config, next.access_token)).active, true);
  await client.tokenRevocation(config, next.refresh_token);
  assert.deepEqual(await client.tokenIntrospection(config, next.access_token), { active: false });
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
});

test('max_age and login hints are kept by the client library', async () => {
  const config = await discover(register());
  const verifier = client.randomPKCECodeVerifier();
  const browser = new Browser();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope: 'openid', max_age: '600', login_hint: bob.email,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  const page = await browser.go(url);
  assert.ok(page.html.includes(`value="${bob.email}"`));
  const { callback } = await browser.agree(url, bob);
  const tokens = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier, maxAge: 600, idTokenExpected: true,
  });
  assert.equal(tokens.claims().sub, bob.uid);
});

test('every way of client authentication', async () => {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const jwk = { ...await crypto.subtle.exportKey('jwk', keys.publicKey), kid: 'one', alg: 'ES256', use: 'sig' };
  delete jwk.key_ops;
  delete jwk.ext;
  const machine = { grant_types: ['client_credentials'], redirect_uris: [], scope: 'peatio.read' };
  const ways = [
    [{ token_endpoint_auth_method: 'client_secret_basic' }, (r) => client.ClientSecretBasic(r.client_secret)],
    [{ token_endpoint_auth_method: 'client_secret_post' }, (r) => client.ClientSecretPost(r.client_secret)],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } },
      () => client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' })],
  ];
  for (const [metadata, way] of ways) {
    const registered = register({ ...machine, ...metadata });
    const config = await discover(registered, way(registered));
    const tokens = await client.clientCredentialsGrant(config, { scope: 'peatio.read' });
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(tokens.refresh_token, undefined);
    assert.equal(tokens.id_token, undefined);
    const told = await client.tokenIntrospection(config, tokens.access_token);
    assert.equal(told.sub, registered.client_id);
  }
});

test('pushed authorization request', async () => {
  const registered = register({ require_pushed_authorization_requests: true });
  const config = await discover(registered);
  const verifier = client.randomPKCECodeVerifier();
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirectUri, scope: 'openid', state: 'pushed',
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
  const { callback } = await new Browser().agree(url, alice);
  const tokens = await client.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: verifier, expectedState: 'pushed', idTokenExpected: true,
  });
  assert.equal(tokens.claims().sub, alice.uid);
});

test('DPoP: tokens bound to a key, used at userinfo, refreshed', async () => {
  const registered = register({ token_endpoint_auth_method: 'none', dpop_bound_access_tokens: true });
  const config = await discover(registered, client.None());
  const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope: 'openid email offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    dpop_jkt: await handle.calculateThumbprint(),
  });
  const { callback } = await new Browser().agree(url, alice);
  const tokens = await client.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier },
    undefined, { DPoP: handle });
  assert.equal(tokens.token_type, 'dpop');
  const person = await client.fetchUserInfo(config, tokens.access_token, alice.uid, { DPoP: handle });
  assert.equal(person.sub, alice.uid);
  const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, {}, { DPoP: other }),
    { error: 'invalid_grant' });
  const next = await client.refreshTokenGrant(config, tokens.refresh_token, {}, { DPoP: handle });
  assert.equal(next.token_type, 'dpop');
});

test('device flow', async () => {
  const registered = register({
    token_endpoint_auth_method: 'none', redirect_uris: [], scope: 'openid email offline_access',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  });
  const config = await discover(registered, client.None());
  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid email offline_access' });
  assert.match(device.user_code, /^[B-Z]{4}-[B-Z]{4}$/);
  const browser = new Browser();
  const page = await browser.go(device.verification_uri_complete);
  // The code is in the address, and still a person has to look at it and agree.
  const asked = await browser.submit(page);
  const consent = await browser.submit(asked, { email: alice.email, password: alice.password });
  assert.ok(consent.html.includes(device.user_code));
  const done = await browser.submit(consent, {}, ['action', 'allow']);
  assert.equal(done.status, 200);
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 });
  assert.equal(tokens.claims().sub, alice.uid);
  assert.ok(tokens.refresh_token);
});
