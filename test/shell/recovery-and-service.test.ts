import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src-main/base/logger.js';
import { loadConfig } from '../../src-main/config/load.js';
import { recoveryKitText, sealRecoveryKit } from '../../src-main/maintenance/recovery-kit.js';
import { openSigningKeys } from '../../src-main/matrix/servers/index.js';
import { generateConfigFile } from '../../src-main/shell/headless/commands/generate-config.js';
import { installService, unitText } from '../../src-main/shell/headless/commands/install-service.js';
import { restoreKey } from '../../src-main/shell/headless/commands/restore-key.js';
import { startHomeserver } from '../support/homeserver.js';

const PASSPHRASE = 'k7wd-m3xq-9hfb-r2tz';

afterEach(() => vi.restoreAllMocks());

/** A server with a configuration and a key, as `generate-config` makes it. */
function newServer(serverName = 'family.test') {
  vi.spyOn(console, 'log').mockReturnValue(undefined);
  const folder = mkdtempSync(join(tmpdir(), 'hearth-restore-'));
  const config = join(folder, 'homeserver.yaml');
  generateConfigFile({ serverName, configPath: [config], reportStats: 'no' });
  const { signingKeyPath } = loadConfig([config]);
  const keyId = () => openSigningKeys(signingKeyPath, silentLogger)[0].keyId;
  return { folder, config, signingKeyPath, keyId };
}

async function kitOf({ folder, signingKeyPath, keyId }: ReturnType<typeof newServer>, serverName = 'family.test') {
  const signingKeys = readFileSync(signingKeyPath, 'utf8');
  const kit = join(folder, 'kit.json');
  const sealed = await sealRecoveryKit({ serverName, keyIds: [keyId()], signingKeys }, PASSPHRASE, Date.now());
  writeFileSync(kit, recoveryKitText(sealed));
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, `${PASSPHRASE}\n`);
  return { kit, passphraseFile };
}

it('brings the key of a lost server to a new one, and keeps what the new one signed good', async () => {
  const lost = newServer();
  const { kit, passphraseFile } = await kitOf(lost);
  const fresh = newServer();
  const [made] = openSigningKeys(fresh.signingKeyPath, silentLogger);
  await expect(restoreKey(kit, { config: [fresh.config], passphraseFile })).rejects.toThrow(/--replace/);
  expect(fresh.keyId()).toBe(made.keyId);
  await restoreKey(kit, { config: [fresh.config], passphraseFile, replace: true });
  expect(fresh.keyId()).toBe(lost.keyId());
  expect(loadConfig([fresh.config]).oldSigningKeys.map(({ keyId }) => keyId)).toEqual([made.keyId]);
  expect(readdirSync(fresh.folder).filter((name) => name.includes('replaced'))).toHaveLength(1);
  await restoreKey(kit, { config: [fresh.config], passphraseFile });
  expect(readdirSync(fresh.folder).some((name) => name.endsWith('.restored'))).toBe(false);
});

it('is answered by a server with that key afterwards', async () => {
  const lost = newServer('one.test');
  const { kit, passphraseFile } = await kitOf(lost, 'one.test');
  const folder = mkdtempSync(join(tmpdir(), 'hearth-restored-'));
  const config = join(folder, 'homeserver.yaml');
  writeFileSync(config, `server_name: one.test\ndata_dir: ${folder}\n`);
  await restoreKey(kit, { config: [config], passphraseFile });
  const { signingKeyPath } = loadConfig([config]);
  await using server = await startHomeserver({ config: { serverName: 'one.test', signingKeyPath } });
  const answer = await server.stranger.get('/_matrix/key/v2/server');
  expect(Object.keys(answer.body['verify_keys'] as object)).toEqual([lost.keyId()]);
});

it('refuses the kit of another server, and a wrong passphrase', async () => {
  const one = newServer();
  const { kit, passphraseFile } = await kitOf(one);
  const other = newServer('other.test');
  await expect(restoreKey(kit, { config: [other.config], passphraseFile })).rejects.toThrow(/family\.test/);
  writeFileSync(passphraseFile, 'aaaa-aaaa-aaaa-aaaa\n');
  await expect(restoreKey(kit, { config: [one.config], passphraseFile })).rejects.toThrow(/does not open/);
});

function fakeSystem(works: (command: string) => boolean = () => true) {
  const folder = join(mkdtempSync(join(tmpdir(), 'hearth-units-')), 'user');
  const ran: string[] = [];
  const said: string[] = [];
  const deps = {
    program: ['/usr/bin/node', '/opt/my hearth/daemon.js'] as const,
    platform: 'linux' as NodeJS.Platform,
    folder,
    async run(command: string, args: readonly string[]) {
      ran.push([command, ...args].join(' '));
      return works(command);
    },
    say: (line: string) => void said.push(line),
  };
  return { deps, ran, said, unit: join(folder, 'hearth.service') };
}

it('writes a service of the person, starts it, and takes it away again', async () => {
  const { deps, ran, said, unit } = fakeSystem();
  await installService({ config: ['/srv/homeserver.yaml'] }, deps);
  expect(readFileSync(unit, 'utf8')).toContain(
    'ExecStart=/usr/bin/node "/opt/my hearth/daemon.js" serve --config /srv/homeserver.yaml\n',
  );
  expect(ran).toContain('systemctl --user enable --now hearth.service');
  expect(said.at(-1)).toMatch(/starts with the computer/);
  await installService({ remove: true }, deps);
  expect(existsSync(unit)).toBe(false);
});

it('says what to run where it may not switch the service on itself', async () => {
  const { deps, said } = fakeSystem((command) => command !== 'loginctl');
  await installService({}, deps);
  expect(said.at(-1)).toMatch(/^ {2}loginctl enable-linger /);
});

it('writes services for systemd only, and nothing that its units would read otherwise', async () => {
  const { deps } = fakeSystem();
  await expect(installService({}, { ...deps, platform: 'darwin' })).rejects.toThrow(/Linux/);
  expect(unitText({}, ['/usr/bin/node', '/opt/100%/$HOME/daemon.js'])).toContain('/opt/100%%/$$HOME/daemon.js serve');
});
