import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestAuthority, writePair } from '../support/authority.js';
import { launchBrowser } from '../support/chromium.js';
import { TestHeadless } from '../support/headless.js';
import { chooseRadio, pressKey, typeInto } from '../support/keyboard.js';
import { TestDns } from '../support/test-dns.js';
import { keepKit, seeRecordsChange } from '../support/wizard.js';

vi.setConfig({ testTimeout: 60_000 });

const NAME = 'smith-family.org';
const dns = new TestDns();
let browser: Browser;
let hearth: TestHeadless;
let page: Page;

beforeAll(async () => {
  [browser, hearth] = await Promise.all([launchBrowser(), TestHeadless.start({ withPages: true, dns })]);
  const answers = { mode: 'direct', folder: join(hearth.home, 'data'), serverName: NAME, acceptsPrivateName: false };
  const admin = { localpart: 'alex', password: 'correct horse battery' };
  expect(await hearth.call('setup.finish', { ...answers, admin })).toMatchObject({ ok: true });
  expect(await hearth.call('setup.complete')).toMatchObject({ ok: true });
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(hearth.running.link());
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await hearth?.[Symbol.asyncDispose]();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const says = (words: string | RegExp) => page.getByText(words).first().waitFor();
const tab = async (name: string, path: string) => {
  await page.goto(`${new URL(page.url()).origin}/#/connection${path}`);
  await page.getByRole('tab', { name, selected: true }).waitFor();
};

it('refuses a certificate for another name in words, and serves the right one at once', async () => {
  const authority = new TestAuthority();
  const folder = join(hearth.home, 'certificates');
  mkdirSync(folder);
  const wrong = writePair(folder, 'wrong', authority.issue(['www.elsewhere.org']));
  const right = writePair(folder, 'right', authority.issue([NAME]));
  await tab('Certificate', '/certificate');
  await says('Hearth made this certificate itself.');
  await typeInto(page, page.getByLabel('Certificate file'), wrong.certificatePath);
  await typeInto(page, page.getByLabel('Key file'), right.privateKeyPath);
  await says(`It is good for www.elsewhere.org, not for ${NAME}.`);
  await says(`Get one for ${NAME}.`);
  await says('The key belongs to another certificate.');
  await pressKey(page, button('Use these files'));
  await says('The certificate cannot be used. Nothing was changed.');
  await typeInto(page, page.getByLabel('Certificate file'), right.certificatePath);
  await pressKey(page, button('Use these files'));
  await says('The new certificate is in use.');
  const { listeners } = await hearth.running.host.status();
  expect(await namesServedAt(listeners.find(({ tls }) => tls)?.port ?? 0)).toBe(`DNS:${NAME}`);
});

it('shows what the records of the name say, as they change', async () => {
  await tab('The way here', '/dns');
  await typeInto(page, page.getByLabel('Internet address (optional)'), '93.184.216.34');
  await seeRecordsChange(page, dns, NAME);
  dns.hosts.delete(NAME);
  await page.locator('.router').getByText('192.168.1.5').waitFor();
});

it('says of the files of the name that they could not be asked from here', async () => {
  await tab('Name and addresses', '');
  await pressKey(page, button('Ask the name now'));
  await says('It could not be asked from here. From outside it may still work.');
  await says(`{"m.server":"${NAME}:443"}`);
});

it('changes who reaches it, by keyboard alone, and says so until the restart', async () => {
  await tab('Who reaches it', '/change');
  await chooseRadio(page, page.getByLabel('Only at home'));
  await says('Nobody outside your home would reach the server.');
  await pressKey(page, button('Write these settings'));
  await says('The server still runs with the old settings.');
  await pressKey(page, button('Restart'));
  await page.getByText('The server still runs with the old settings.').waitFor({ state: 'detached' });
  const { listeners } = await hearth.running.host.status();
  expect(listeners.some(({ tls, address }) => !tls && address === '0.0.0.0')).toBe(true);
  await tab('The way here', '/dns');
  await says('Nothing to set up outside this computer');
});

it('keeps another recovery kit', async () => {
  await tab('Recovery kit', '/recovery');
  const { file, passphrase } = await keepKit(page);
  expect(file).not.toContain(passphrase);
  await button('Make another one').waitFor();
});

/** Who is shown to somebody who connects. */
const namesServedAt = (port: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname);
      socket.destroy();
    }).once('error', reject);
  });
