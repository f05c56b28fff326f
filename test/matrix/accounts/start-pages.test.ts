import { request } from 'undici';
import { expect, it } from 'vitest';
import { startHomeserver, testConfig } from '../../support/homeserver.js';

const visit = async (url: string, language = 'en') => {
  const { statusCode, headers, body } = await request(url, { headers: { 'accept-language': language } });
  return { status: statusCode, headers, text: await body.text() };
};

it('whoever opens the address in a browser is told what it is', async () => {
  await using server = await startHomeserver();
  expect(await visit(`${server.url}/`)).toMatchObject({ status: 302, headers: { location: '/_matrix/static/' } });
  const english = await visit(`${server.url}/_matrix/static/`);
  expect(english).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect(english.text).toContain('<b>hearth.test</b>');
  expect((await visit(`${server.url}/_matrix/static/`, 'de')).text).toContain('Hier läuft');
});

it('whoever has a web client is sent there', async () => {
  await using server = await startHomeserver({ config: { webClient: 'https://app.hearth.test/' } });
  expect(await visit(`${server.url}/`)).toMatchObject({
    status: 302,
    headers: { location: 'https://app.hearth.test/' },
  });
});

it('signs in by a page for applications that cannot, and by nothing that came from elsewhere', async () => {
  await using server = await startHomeserver();
  const page = await visit(`${server.url}/_matrix/static/client/login/?device_id=<script>`);
  expect(page.status).toBe(200);
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*script-src 'sha256-/);
  expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
  expect(page.text).toContain('window.onLogin');
  expect(page.text).not.toContain('device_id=<script>');
});

it('has no such page where nobody signs in by password', async () => {
  const { passwords } = testConfig('/nowhere');
  await using server = await startHomeserver({ config: { passwords: { ...passwords, enabled: false } } });
  expect((await visit(`${server.url}/_matrix/static/client/login/`)).status).toBe(404);
});
