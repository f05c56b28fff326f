import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateConfig, writeNewConfig } from '../../src-main/config/generate.js';
import { loadConfig } from '../../src-main/config/load.js';
import { applyEdits, saveConfig } from '../../src-main/config/save.js';
import { prepareDataFolder } from '../../src-main/config/secrets.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'hearth-save-'));

it('keeps comments, order and everything that was not changed', () => {
  const path = join(newFolder(), 'homeserver.yaml');
  const text =
    '# mine\nserver_name: a.test # for ever\n\n# strong\nbcrypt_rounds: 12\nunknown_key: [ 1, 2 ]\n\n# end\n';
  writeFileSync(path, text);
  const config = saveConfig(path, [{ path: ['bcrypt_rounds'], value: 10 }]);
  expect(config.passwords.rounds).toBe(10);
  const saved = readFileSync(path, 'utf8');
  expect(saved).toBe(
    '# mine\nserver_name: a.test # for ever\n\n# strong\nbcrypt_rounds: 10\nunknown_key: [ 1, 2 ]\n\n# end\n',
  );
});

it.each([
  [
    'a key of a section that is all comments',
    'password_config:\n  # enabled: false\n',
    ['password_config', 'pepper'],
    'p',
    'password_config:\n  pepper: p\n  # enabled: false\n',
  ],
  ['a key of a section that is not there', 'a: 1\n', ['log', 'level'], 'warn', 'a: 1\nlog:\n  level: warn\n'],
  ['a list entry', 'listeners:\n  - port: 1 # one\n', ['listeners', 0, 'port'], 2, 'listeners:\n  - port: 2 # one\n'],
  ['a key taken out', 'a: 1\nb: 2\n', ['a'], undefined, 'b: 2\n'],
  ['a key taken out that is not there', 'a: 1\n', ['b', 'c'], undefined, 'a: 1\n'],
])('edits %s', (_case, before, path, value, after) => expect(applyEdits(before, [{ path, value }])).toBe(after));

it('never writes what could not be loaded', () => {
  const path = join(newFolder(), 'homeserver.yaml');
  writeFileSync(path, 'server_name: a.test\n');
  expect(() => saveConfig(path, [{ path: ['bcrypt_rounds'], value: 'many' }])).toThrow(/line 2: `bcrypt_rounds`/);
  expect(readFileSync(path, 'utf8')).toBe('server_name: a.test\n');
});

it('leaves only the file itself, for its owner', () => {
  const folder = newFolder();
  const path = join(folder, 'homeserver.yaml');
  writeFileSync(path, 'server_name: a.test\n', { mode: 0o666 });
  saveConfig(path, [{ path: ['registration_shared_secret'], value: 's' }]);
  expect(readdirSync(folder)).toEqual(['homeserver.yaml']);
  expect(statSync(path).mode & 0o007).toBe(0);
});

it('generates a file that loads without a warning, with secrets of its own', () => {
  const folder = newFolder();
  const path = join(folder, 'deep', 'homeserver.yaml');
  writeNewConfig(path, { serverName: 'new.test', dataDir: join(folder, 'data') });
  const config = loadConfig([path], {});
  expect(config.warnings).toEqual([]);
  expect(config).toMatchObject({
    serverName: 'new.test',
    dataDir: join(folder, 'data'),
    registration: { enabled: false, sharedSecret: expect.stringMatching(/.{40}/) },
    passwords: { pepper: expect.stringMatching(/.{40}/) },
  });
  expect(config.listeners.map(({ port, tls }) => [port, tls])).toEqual([
    [8008, false],
    [8448, true],
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('generates other secrets each time', () => {
  const given = { serverName: 'new.test', dataDir: '/data' };
  expect(generateConfig(given)).not.toBe(generateConfig(given));
});

it('makes the shared secret whose file is named and missing, once', () => {
  const folder = newFolder();
  const path = join(folder, 'homeserver.yaml');
  writeFileSync(path, 'server_name: a.test\nregistration_shared_secret_path: secrets/shared\n');
  const first = prepareDataFolder(loadConfig([path], {}));
  expect(first.registration.sharedSecret).toMatch(/.{40}/);
  expect(statSync(join(folder, 'secrets/shared')).mode & 0o777).toBe(0o600);
  expect(prepareDataFolder(loadConfig([path], {})).registration.sharedSecret).toBe(first.registration.sharedSecret);
});
