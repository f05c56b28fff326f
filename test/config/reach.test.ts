import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeNewConfig } from '../../src-main/config/generate.js';
import { loadConfig } from '../../src-main/config/load.js';
import { hostOfReach, otherListeners, type ReachPlan, reachEdits, reachOf } from '../../src-main/config/reach.js';
import { applyEdits, saveConfig } from '../../src-main/config/save.js';
import type { ListenerValues } from '../../src-main/config/schema.js';

const PLAN = { host: 'family.test', serverName: 'family.test', plainPort: 8008, tlsPort: 8448 } as const;

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-reach-'));
  const path = join(folder, 'homeserver.yaml');
  writeNewConfig(path, { serverName: 'family.test', dataDir: join(folder, 'data') });
  return path;
}

const configFor = (plan: Partial<ReachPlan> & Pick<ReachPlan, 'kind'>) =>
  saveConfig(newFile(), reachEdits({ ...PLAN, ...plan }));

const shortly = (config: ReturnType<typeof loadConfig>) =>
  config.listeners.map(
    ({ port, tls, bindAddresses, trustedProxies }) =>
      `${port} ${tls ? 'tls' : 'plain'} ${bindAddresses.join(' ')}${trustedProxies.length > 0 ? ` < ${trustedProxies.join(' ')}` : ''}`,
  );

it.each([
  ['loopback', ['8008 plain ::1 127.0.0.1'], undefined],
  ['home', ['8008 plain :: 0.0.0.0', '8448 tls :: 0.0.0.0'], undefined],
  ['direct', ['8008 plain ::1 127.0.0.1', '8448 tls :: 0.0.0.0'], 'https://family.test/'],
  ['front', ['8008 plain ::1 127.0.0.1 < 127.0.0.0/8 ::1/128'], 'https://family.test/'],
] as const)('writes listeners for %s, and knows the way again', (kind, listeners, base) => {
  const config = configFor({ kind });
  expect(shortly(config)).toEqual(listeners);
  expect(config.publicBaseUrl).toBe(base);
  expect(config.wellKnown.serveServer).toBe(base !== undefined);
  expect(reachOf(config)).toBe(kind);
});

it('believes a web server on another computer, and nobody else there', () => {
  const config = configFor({ kind: 'front', frontAddress: '192.168.1.9' });
  expect(shortly(config)).toEqual(['8008 plain :: 0.0.0.0 < 192.168.1.9 ::1 127.0.0.1']);
  expect(reachOf(config)).toBe('front');
});

it('leaves it to the site of the name to say where the server is, when that is elsewhere', () => {
  const config = configFor({ kind: 'direct', host: 'matrix.family.test' });
  expect(config.wellKnown.serveServer).toBe(false);
  expect(config.publicBaseUrl).toBe('https://matrix.family.test/');
  expect(hostOfReach(config)).toBe('matrix.family.test');
});

it('takes back what another way needed, and keeps listeners of other kinds', () => {
  const path = newFile();
  const metrics: ListenerValues = { port: 9000, type: 'metrics', tls: false, bind_addresses: ['127.0.0.1'] };
  saveConfig(path, reachEdits({ ...PLAN, kind: 'front' }, [metrics]));
  expect(otherListeners(path)).toEqual([metrics]);
  const config = saveConfig(path, reachEdits({ ...PLAN, kind: 'home' }, otherListeners(path)));
  expect(config.publicBaseUrl).toBeUndefined();
  expect(config.wellKnown.serveServer).toBe(false);
  expect(config.listeners.map(({ port }) => port)).toEqual([8008, 8448, 9000]);
});

it('writes a setting where the file shows it as an example, below the words about it', () => {
  const text =
    'server_name: a.test\n\n# Where clients reach it.\n#public_baseurl: https://x/\n\n# Next.\nreport_stats: false\n';
  expect(applyEdits(text, [{ path: ['public_baseurl'], value: 'https://a.test/' }])).toBe(
    text.replace('#public_baseurl: https://x/', 'public_baseurl: https://a.test/'),
  );
});

it('writes a file that says the same when it is read again', () => {
  const path = newFile();
  const saved = saveConfig(path, reachEdits({ ...PLAN, kind: 'direct' }));
  expect(loadConfig([path]).listeners).toEqual(saved.listeners);
  expect(readFileSync(path, 'utf8')).toContain('public_baseurl: https://family.test/');
});
