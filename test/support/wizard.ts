import type { Browser, Page } from 'playwright-core';
import { TestHeadless } from './headless.js';
import type { TestDns } from './test-dns.js';

/** A fresh Hearth with its console open in a browser of its own. */
export async function openWizard(
  browser: Browser,
  options: Parameters<typeof TestHeadless.start>[0] = {},
): Promise<{ hearth: TestHeadless; page: Page } & AsyncDisposable> {
  const hearth = await TestHeadless.start({ withPages: true, ...options });
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1200, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(hearth.running.link());
  return {
    hearth,
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      await hearth[Symbol.asyncDispose]();
    },
  };
}

export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
export const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
/** Presses Continue on the page with this heading. */
export async function pass(page: Page, name: string): Promise<void> {
  await heading(page, name);
  await press(page, 'Continue');
}

/** From the beginning to the page after the choice of who should reach it. */
export async function beginNew(page: Page, way: string): Promise<void> {
  await heading(page, 'Welcome to Hearth');
  await page.getByLabel('Set up a new server').check();
  await press(page, 'Continue');
  await pass(page, 'Language and looks');
  await pass(page, 'Where to keep everything');
  await heading(page, 'Who should be able to reach it?');
  await page.getByLabel(way).check();
  await press(page, 'Continue');
}

export async function name(page: Page, typed: string, shown: string): Promise<void> {
  await heading(page, 'A name for your server');
  await page.getByLabel('Server name').fill(typed);
  await page.getByText(`@alex:${shown}`).waitFor();
}

/** The administrator, the name typed once more, and the start. */
export async function start(page: Page, serverName: string): Promise<void> {
  await heading(page, 'Your account');
  await page.getByLabel('Your name').fill('alex');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await press(page, 'Continue');
  await heading(page, 'Ready to start');
  await page.getByLabel(`Type ${serverName} to confirm`).fill(serverName);
  await press(page, 'Start the server');
  await heading(page, 'Recovery kit');
}

/** Makes the kit, keeps the file, and types the end of the passphrase. @returns the file's text and the passphrase */
export async function keepKit(page: Page): Promise<{ file: string; passphrase: string }> {
  await press(page, 'Make my recovery kit');
  const passphrase = (await page.locator('.passphrase').textContent()) ?? '';
  const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Save the file')]);
  const parts: Buffer[] = [];
  for await (const part of await download.createReadStream()) parts.push(part as Buffer);
  await page.getByLabel('The last 4 characters of the passphrase').fill(passphrase.slice(-4));
  await press(page, 'I have it');
  await page.getByText(/^Saved on/).waitFor();
  return { file: Buffer.concat(parts).toString('utf8'), passphrase };
}

/** The pages after the kit, up to the last. */
export async function finish(page: Page): Promise<void> {
  await press(page, 'Continue');
  await pass(page, 'Keep it running');
  await pass(page, 'Check everything');
  await heading(page, 'Your server is running');
}

/** The page of records says what stands there now, each time somebody changes it. */
export async function seeRecordsChange(page: Page, dns: TestDns, name: string): Promise<void> {
  const record = page.getByRole('row', { name: /^A / });
  await record.getByText('Missing').waitFor();
  dns.hosts.set(name, ['93.184.216.99']);
  await record.getByText('Leads elsewhere').waitFor();
  dns.hosts.set(name, ['93.184.216.34']);
  await record.getByText('Right', { exact: true }).waitFor();
}
