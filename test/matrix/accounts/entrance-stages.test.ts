import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { reachingLoopback } from '../../support/identity-server.js';

/** As Google's service: one answer is right. */
let service: Server;
const asked: URLSearchParams[] = [];
let server: TestHomeserver;

beforeAll(async () => {
  service = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    asked.push(new URLSearchParams(text));
    const success = asked.at(-1)?.get('response') === 'right' && asked.at(-1)?.get('secret') === 'the-private-key';
    response.end(JSON.stringify({ success }));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'hearth-terms-'));
  mkdirSync(join(folder, 'en'));
  writeFileSync(join(folder, 'en', '1.0.html'), '<h1>Be kind</h1>{% if not authenticated %}{{ userhmac }}{% endif %}');
  server = await startHomeserver();
  const { registration } = server.config;
  await server.restart({
    ...reachingLoopback(server.config),
    publicBaseUrl: 'https://hearth.test/',
    registration: {
      ...registration,
      withoutVerification: false,
      captcha: {
        publicKey: 'the-public-key',
        privateKey: 'the-private-key',
        verifyUrl: `http://127.0.0.1:${(service.address() as AddressInfo).port}/siteverify`,
      },
      terms: { name: 'House rules', version: '1.0', url: undefined, folder },
    },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  service.close();
});

let names = 0;
async function begin(): Promise<string> {
  names += 1;
  const reply = await server.stranger.post('/register', { username: `user${names}`, password: 'a long password' });
  expect(reply).toMatchObject({ status: 401 });
  return reply.body.session;
}
const register = (auth: object) => server.stranger.post('/register', { auth });
const fallback = (type: string, session: string) => `/auth/${type}/fallback/web?session=${session}`;
const form = (path: string, fields: Record<string, string>) =>
  server.stranger.request('POST', path, { body: new URLSearchParams(fields).toString() });

describe('registration', () => {
  it('says what clients need for a captcha and for the terms', async () => {
    expect((await server.stranger.post('/register', {})).body).toMatchObject({
      flows: [{ stages: ['m.login.recaptcha', 'm.login.terms', 'm.login.dummy'] }],
      params: {
        'm.login.recaptcha': { public_key: 'the-public-key' },
        'm.login.terms': {
          policies: {
            privacy_policy: {
              version: '1.0',
              en: { name: 'House rules', url: 'https://hearth.test/_matrix/consent?v=1.0' },
            },
          },
        },
      },
    });
  });

  it('wants the captcha solved and the terms accepted', async () => {
    const session = await begin();
    expect(await register({ type: 'm.login.recaptcha', session })).toMatchObject({
      status: 400,
      body: { errcode: 'M_CAPTCHA_NEEDED' },
    });
    expect(await register({ type: 'm.login.recaptcha', session, response: 'wrong' })).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNAUTHORIZED' },
    });
    expect(await register({ type: 'm.login.recaptcha', session, response: 'right' })).toMatchObject({
      status: 401,
      body: { completed: ['m.login.recaptcha'] },
    });
    expect(await register({ type: 'm.login.terms', session })).toMatchObject({ status: 401 });
    expect(await register({ type: 'm.login.dummy', session })).toMatchObject({ status: 200 });
  });

  it('lets nobody pass who knows no captcha', async () => {
    const session = await begin();
    await register({ type: 'm.login.terms', session });
    expect(await register({ type: 'm.login.dummy', session })).toMatchObject({ status: 401 });
  });
});

describe('the pages', () => {
  it('show the riddle, and take its answer', async () => {
    const session = await begin();
    const path = fallback('m.login.recaptcha', session);
    const page = await server.stranger.get(path);
    expect(page.body).toContain('data-sitekey="the-public-key"');
    expect(page.headers['content-security-policy']).toContain('script-src https://www.recaptcha.net/recaptcha/');
    expect((await form(path, {})).body).toContain('role="alert"');
    expect((await form(path, { 'g-recaptcha-response': 'wrong' })).body).toContain('role="alert"');
    expect((await form(path, { 'g-recaptcha-response': 'right' })).body).toContain('authDone');
  });

  it('show the terms, in the reader’s language', async () => {
    const session = await begin();
    const headers = { 'accept-language': 'de' };
    const page = await server.stranger.request('GET', fallback('m.login.terms', session), { headers });
    expect(page.body).toContain('Ich bin einverstanden');
    expect(page.body).toContain('href="https://hearth.test/_matrix/consent?v=1.0"');
    const terms = await server.stranger.get('/_matrix/consent?v=1.0');
    expect(terms).toMatchObject({ status: 200, body: '<h1>Be kind</h1>' });
    expect((await form(fallback('m.login.terms', session), {})).body).toContain('authDone');
  });

  it.each(['../../../../etc/passwd', '2.0', '.hidden', '1.0.html'])('have no terms of version %s', async (version) => {
    expect(await server.stranger.get('/_matrix/consent', { v: version })).toMatchObject({ status: 404 });
  });
});
