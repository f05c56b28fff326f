import { request } from 'undici';
import { expect, it } from 'vitest';
import { launchBrowser } from '../../support/chromium.js';
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

it('hands what signing in gave to the application around the page', async () => {
  await using server = await startHomeserver();
  const { password } = await server.register('alice');
  const browser = await launchBrowser();
  try {
    const shown = await browser.newPage();
    await shown.addInitScript(() => {
      Object.assign(window, { onLogin: (given: object) => Object.assign(window, { given }) });
    });
    await shown.goto(`${server.url}/_matrix/static/client/login/?device_id=PAGE`);
    await shown.fill('input[name=user]', 'alice');
    await shown.fill('input[name=password]', 'wrong');
    await shown.click('button');
    await shown.waitForSelector('#wrong:not([hidden])');
    await shown.fill('input[name=password]', password);
    await shown.click('button');
    await shown.waitForSelector('#done:not([hidden])');
    expect(await shown.isVisible('form')).toBe(false);
    const given = await shown.evaluate(() => (window as unknown as { given: object }).given);
    expect(given).toMatchObject({ device_id: 'PAGE', user_id: '@alice:hearth.test', access_token: expect.any(String) });
  } finally {
    await browser.close();
  }
});

it('has no such page where nobody signs in by password', async () => {
  const { passwords } = testConfig('/nowhere');
  await using server = await startHomeserver({ config: { passwords: { ...passwords, enabled: false } } });
  expect((await visit(`${server.url}/_matrix/static/client/login/`)).status).toBe(404);
});
