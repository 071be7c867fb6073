// The stack under test, a browser without scripts, and clients as an operator registers them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

export const runDir = process.env.RUN_DIR;
assert.ok(runDir, 'RUN_DIR says where the stack runs: see tests/oauth/run');
export const people = JSON.parse(readFileSync(path.join(runDir, 'credentials.json'), 'utf8'));
export const issuer = people.url;
export const [alice, bob, carol, dave] = people.traders;

const binary = path.join(process.env.BOURSE_BIN ?? path.join(import.meta.dirname, '../../build/release/bin'),
  'bourse-auth');
export const redirectUri = 'https://client.example/callback';

// ---- the program of the operator ----

export function authEnv(more = {}) {
  const pairs = readFileSync(path.join(runDir, 'env', 'auth.env'), 'utf8').split('\n')
    .filter((line) => line.includes('=')).map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).replace(/^(['"])(.*)\1$/, '$2')];
    });
  return { PATH: process.env.PATH, ...Object.fromEntries(pairs), ...more };
}

export const authBinary = binary;

export function operator(flag, argument, input) {
  return execFileSync(binary, argument === undefined ? [flag] : [flag, argument],
    { env: authEnv(), input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

const allGrants = ['authorization_code', 'refresh_token'];
export function register(metadata = {}) {
  const document = {
    client_name: 'Test client', redirect_uris: [redirectUri], grant_types: allGrants,
    scope: 'openid profile email offline_access barong peatio.read', ...metadata,
  };
  return JSON.parse(operator('--oauth-client-add', '-', JSON.stringify(document)));
}

// ---- the database, for what only time would do ----

export function sql(statement) {
  const env = authEnv();
  return execFileSync('mariadb', ['--socket', env.DB_SOCKET, '-u', env.DB_USER, '-N', '-B', env.DB_NAME,
    '-e', statement], { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: env.DB_PASSWORD } }).trim();
}

// ---- a browser ----

function decode(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

function attributes(tag) {
  const found = {};
  for (const [, name, , value] of tag.matchAll(/\s([a-z_-]+)(="([^"]*)")?/g)) found[name] = decode(value ?? '');
  return found;
}

export class Browser {
  constructor() {
    this.cookies = new Map();
    this.agent = 'Mozilla/5.0 (X11; Linux x86_64) test';
  }

  // One request; redirects are not followed.
  async fetch(url, options = {}) {
    const headers = { 'user-agent': this.agent, ...options.headers };
    if (this.cookies.size) {
      headers.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    const response = await fetch(url, { ...options, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...rest] = line.split(/;\s*/);
      const at = pair.indexOf('=');
      const gone = rest.some((item) => /^max-age=(-|0)/i.test(item));
      if (gone || pair.length === at + 1) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  // Follows redirects within the provider. Gives a page, or the address outside that it was sent to.
  async go(url, options = {}) {
    let response = await this.fetch(url, options);
    for (let hops = 0; response.status >= 300 && response.status < 400; hops++) {
      assert.ok(hops < 10, 'redirects without end');
      const next = new URL(response.headers.get('location'), url);
      await response.arrayBuffer();
      if (next.origin !== issuer) return { callback: next, status: response.status };
      response = await this.fetch(next);
    }
    return { status: response.status, headers: response.headers, html: await response.text(), url };
  }

  // Fills the form of a page. `button`: name=value of the button that is pressed.
  async submit(page, fields = {}, button) {
    const form = page.html.match(/<form[^>]*>/);
    assert.ok(form, `no form on the page: ${page.html}`);
    const body = new URLSearchParams();
    for (const [tag] of page.html.matchAll(/<input[^>]*>/g)) {
      const input = attributes(tag);
      if (!input.name || 'disabled' in input) continue;
      if (input.type === 'checkbox') {
        if (!fields.without?.includes(input.value)) body.append(input.name, input.value);
      } else {
        body.append(input.name, fields[input.name] ?? input.value ?? '');
      }
    }
    if (button) body.append(...button);
    return this.go(new URL(attributes(form[0]).action, issuer), { method: 'POST', body });
  }

  // From an authorization address to the callback, as `person` who agrees.
  async agree(url, person, { without = [], action = 'allow' } = {}) {
    let page = await this.go(url);
    if (page.html?.includes('action="/oauth2/login"')) {
      page = await this.submit(page, { email: person.email, password: person.password });
      assert.ok(!page.html?.includes('action="/oauth2/login"'), `sign-in failed: ${page.html}`);
    }
    if (page.html?.includes('action="/oauth2/consent"')) {
      page = await this.submit(page, { without }, ['action', action]);
    }
    return page;
  }
}

// ---- requests by hand, for what no proper client would send ----

export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function authAddress(client, more = {}) {
  const proof = pkce();
  const params = {
    client_id: client.client_id, response_type: 'code', redirect_uri: redirectUri, scope: 'openid',
    state: 'the state', code_challenge: proof.challenge, code_challenge_method: 'S256', ...more,
  };
  const url = new URL('/oauth2/auth', issuer);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { url, verifier: proof.verifier };
}

export function basic(client, secret = client.client_secret) {
  return `Basic ${Buffer.from(`${encodeURIComponent(client.client_id)}:${encodeURIComponent(secret)}`)
    .toString('base64')}`;
}

// POSTs a form as this client (its registered way, unless `headers` say otherwise).
export async function post(endpoint, client, fields, headers) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) body.append(name, value);
  const own = {};
  if (!headers && client?.client_secret) own.authorization = basic(client);
  else if (!headers && client) body.set('client_id', client.client_id);
  const response = await fetch(new URL(endpoint, issuer), { method: 'POST', body, headers: headers ?? own });
  const text = await response.text();
  let json;
  try { json = JSON.parse(text); } catch { json = undefined; }
  return { status: response.status, headers: response.headers, text, json };
}

// A code of alice's, and what is needed to redeem it.
export async function code(client, more = {}, { person = alice, browser = new Browser(), without } = {}) {
  const { url, verifier } = authAddress(client, more);
  const end = await browser.agree(url, person, { without });
  assert.ok(end.callback, `no callback: ${end.status} ${end.html}`);
  const value = end.callback.searchParams.get('code');
  assert.ok(value, `no code: ${end.callback}`);
  return { grant_type: 'authorization_code', code: value, redirect_uri: redirectUri, code_verifier: verifier };
}

export async function tokens(client, more = {}, options = {}) {
  const answer = await post('/oauth2/token', client, await code(client, more, options));
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export async function active(client, token) {
  const answer = await post('/oauth2/introspect', client, { token });
  assert.equal(answer.status, 200, answer.text);
  if (!answer.json.active) assert.deepEqual(answer.json, { active: false });
  return answer.json.active;
}

export function refused(answer, status, error) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json?.error, error, answer.text);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
}

// A small server of a client: keeps what it was sent.
export async function listen(answer = () => 200) {
  const received = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => { body += bytes; });
    request.on('end', async () => {
      const entry = { method: request.method, url: request.url, headers: request.headers, body };
      received.push(entry);
      const said = await answer(entry, response);
      const [status, text, type] = Array.isArray(said) ? said : [said, '', 'text/plain'];
      response.writeHead(status, { 'content-type': type });
      response.end(text);
    });
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return { url: `http://127.0.0.1:${server.address().port}`, received, close: () => server.close() };
}

// How long a set of keys may take to come: jose waits five seconds by itself.
export const jwksOptions = { timeoutDuration: 60000 };

export async function eventually(check, ms = 60000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < end, 'it did not happen in time');
    await new Promise((done) => { setTimeout(done, 100); });
  }
}
