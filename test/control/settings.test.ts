import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SettingsView } from '../../src-main/control/contract.js';
import { SETTING_KEYS } from '../../src-main/control/settings/setting-table.js';
import { TestHeadless } from '../support/headless.js';

let hearth: TestHeadless;

beforeAll(async () => {
  hearth = await TestHeadless.start();
});

afterAll(async () => {
  await hearth?.[Symbol.asyncDispose]();
});

const call = async <T>(name: string, input?: unknown): Promise<T> => {
  const result = await hearth.call(name, input);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value as T;
};
const file = () => readFileSync(hearth.running.host.configPath, 'utf8');
const change = (key: string, value: unknown) => call<SettingsView>('settings.change', { key, value });

it('says that there is nothing to set before there is a server', async () => {
  expect(await hearth.call('settings.read', undefined)).toMatchObject({ ok: false, error: { code: 'NOT_SET_UP' } });
  await call('setup.finish', {
    mode: 'home',
    folder: join(hearth.home, 'data'),
    serverName: 'family.test',
    acceptsPrivateName: true,
    admin: { localpart: 'alex', password: 'correct horse battery' },
  });
  const view = await call<SettingsView>('settings.read');
  expect(view).toMatchObject({
    isWaiting: false,
    values: { registration: 'invitation', presence: true, logLevel: 'info' },
  });
  expect(Object.keys(view.values).toSorted()).toEqual(SETTING_KEYS.toSorted());
});

it.each([
  ['registration', 'open'],
  ['registration', 'closed'],
  ['registration', 'invitation'],
  ['guests', true],
  ['presence', false],
  ['previews', true],
  ['directory', true],
  ['publicRooms', true],
  ['profileLookup', false],
  ['uploadSize', 10 * 1024 * 1024],
  ['messageRate', 2.5],
  ['logLevel', 'debug'],
  ['notices', true],
] as const)('writes %s: %s into the file, and reads it back', async (key, value) => {
  const view = await change(key, value);
  expect(view.values[key]).toBe(value);
  expect((await call<SettingsView>('settings.read')).values[key]).toBe(value);
});

it('keeps the words of the file, and says that the server does not know yet', async () => {
  const words = file()
    .split('\n')
    .filter((line) => /^#\s/.test(line));
  const view = await change('presence', true);
  expect(view.isWaiting).toBe(true);
  const now = file().split('\n');
  expect(words.filter((line) => !now.includes(line))).toEqual([]);
});

it('takes the changes with a restart', async () => {
  await call('server.restart');
  expect(await call<SettingsView>('settings.read')).toMatchObject({ isWaiting: false, values: { logLevel: 'debug' } });
  await call('people.notify', { userId: '@alex:family.test', text: 'The server moves on Sunday.' });
});

it.each([
  ['uploadSize', 'a lot'],
  ['logLevel', 'loud'],
  ['messageRate', -1],
])('refuses %s: %s in the configuration’s own words, and changes nothing', async (key, value) => {
  const before = file();
  const result = await hearth.call('settings.change', { key, value });
  expect(result).toMatchObject({
    ok: false,
    error: { code: 'CONFIG_INVALID', fields: { sentence: expect.any(String) } },
  });
  expect(file()).toBe(before);
});

it('shows the file without its secrets', async () => {
  const shown = await call<{ text: string; path: string }>('settings.file');
  expect(shown.path).toBe(hearth.running.host.configPath);
  expect(shown.text).toContain('server_name: "family.test"');
  const secrets = [
    ...file().matchAll(/^(?:macaroon_secret_key|form_secret|registration_shared_secret): "?([^"\n]+)/gm),
  ];
  for (const [, secret = ''] of secrets) expect(shown.text).not.toContain(secret);
});
