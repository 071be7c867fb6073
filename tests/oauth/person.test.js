// Who a client gets to know: second factors, verified persons, keys that change.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import * as jose from 'jose';
import { Browser, alice, authAddress, carol, dave, eventually, issuer, jwksOptions, operator, people, register, sql,
  tokens } from './world.js';

function totp(seed, step = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of seed.replace(/=+$/, '')) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// Of the step before this one, and good for a while yet.
async function earlierCode(seed) {
  while (Date.now() % 30000 > 20000) await new Promise((done) => { setTimeout(done, 100); });
  return totp(seed, -1);
}

async function signedIn(person) {
  const browser = new Browser();
  const answer = await browser.fetch(`${issuer}/api/v2/barong/identity/sessions`, {
    method: 'POST', body: new URLSearchParams({ email: person.email, password: person.password }),
  });
  assert.equal(answer.status, 200);
  const { csrf_token } = await answer.json();
  return async (method, path, fields = {}) => {
    const response = await browser.fetch(`${issuer}/api/v2/barong${path}`,
      { method, body: new URLSearchParams(fields), headers: { 'x-csrf-token': csrf_token } });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}

test('the second factor is asked for here too, and the token says so', async () => {
  const registered = register();
  const call = await signedIn(carol);
  const made = await call('POST', '/resource/otp/generate_qrcode');
  const seed = new URL(made.data.url).searchParams.get('secret');
  await call('POST', '/resource/otp/enable', { code: await earlierCode(seed) });
  const browser = new Browser();
  const page = await browser.go(authAddress(registered).url);
  const without = await browser.submit(page, { email: carol.email, password: carol.password });
  assert.equal(without.status, 401);
  assert.match(without.html, /one-time code/);
  const wrong = await browser.submit(page, { email: carol.email, password: carol.password, otp_code: '000000' });
  assert.equal(wrong.status, 401);
  const { url, verifier } = authAddress(registered);
  const login = await browser.go(url);
  const consent = await browser.submit(login,
    { email: carol.email, password: carol.password, otp_code: totp(seed) });
  const end = await browser.submit(consent, {}, ['action', 'allow']);
  const answer = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST', headers: { authorization: `Basic ${btoa(`${registered.client_id}:${registered.client_secret}`)}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: end.callback.searchParams.get('code'),
      redirect_uri: 'https://client.example/callback', code_verifier: verifier }),
  });
  const claims = jose.decodeJwt((await answer.json()).id_token);
  assert.deepEqual(claims.amr, ['pwd', 'otp']);
  assert.equal(claims.acr, 'urn:bourse:acr:2fa');
});

test('only what was verified, and agreed to, is told of a person', async () => {
  const registered = register({ scope: 'openid profile email phone address' });
  const admin = await signedIn(people.admin);
  await admin('POST', '/admin/profiles', { uid: dave.uid, first_name: 'Ada', last_name: 'Lovelace',
    dob: '1985-12-10', address: "12 St James's Square", postcode: 'SW1Y 4JH', city: 'London', country: 'GB' });
  const told = async (scope) => {
    const { access_token } = await tokens(registered, { scope, prompt: 'consent' }, { person: dave });
    return (await fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${access_token}` } })).json();
  };
  assert.equal((await told('openid profile')).given_name, undefined, 'not verified yet');
  await admin('PUT', '/admin/profiles', { uid: dave.uid, state: 'verified' });
  const person = await told('openid profile address phone');
  assert.equal(person.given_name, 'Ada');
  assert.equal(person.family_name, 'Lovelace');
  assert.equal(person.birthdate, '1985-12-10');
  assert.equal(person.address.locality, 'London');
  assert.equal(person.email, undefined);
  const mail = await told('openid email');
  assert.deepEqual(Object.keys(mail).sort(), ['email', 'email_verified', 'sub']);
});

test('what was signed before a rotation verifies after it', async () => {
  const registered = register();
  const before = await tokens(registered, {}, { person: alice });
  const kid = (token) => jose.decodeProtectedHeader(token).kid;
  operator('--rotate-keys');
  // What only time would do: the new key was published long enough.
  sql('UPDATE signing_keys SET signs_at = NOW(6) - INTERVAL 1 SECOND WHERE signs_at > NOW(6)');
  const after = await eventually(async () => {
    const answer = await tokens(registered, {}, { person: alice });
    return kid(answer.access_token) !== kid(before.access_token) && answer;
  });
  const jwks = jose.createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), jwksOptions);
  for (const answer of [before, after]) {
    await jose.jwtVerify(answer.access_token, jwks, { issuer, typ: 'at+jwt' });
    await jose.jwtVerify(answer.id_token, jwks, { issuer, audience: registered.client_id });
    const told = await fetch(`${issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${answer.access_token}` } });
    assert.equal(told.status, 200);
  }
});
