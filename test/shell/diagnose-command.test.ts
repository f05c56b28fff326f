import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outcomeSentence, stepLines } from '../../src-main/shell/headless/diagnosis-words.js';
import { TestAuthority } from '../support/authority.js';
import { builtHearth } from '../support/built.js';
import { FakeServer } from '../support/federation.js';

const authority = new TestAuthority();
const folder = mkdtempSync(join(tmpdir(), 'hearth-diagnose-'));
const config = join(folder, 'homeserver.yaml');
let program: string;

beforeAll(async () => {
  program = join(await builtHearth(), 'daemon.js');
  writeFileSync(
    config,
    `server_name: own.test\ndata_dir: ${folder}/data\nip_range_whitelist: ['127.0.0.0/8']\n` +
      `federation_custom_ca_list: ['${authority.writeTo(folder)}']\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `hearth diagnose` with no server running. */
function diagnose(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, HEARTH_HOME: join(folder, 'home'), NODE_OPTIONS: '' };
    execFile(process.execPath, [program, 'diagnose', ...args], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

/** A server whose name is its address. */
async function peer(certified: string) {
  const fake = await FakeServer.start('', authority, [certified]);
  const name = `127.0.0.1:${fake.port}`;
  Object.assign(fake, { name });
  return { name, [Symbol.asyncDispose]: () => fake.stop() };
}

it('prints each step in plain words, and exits with 1 at what is wrong', async () => {
  await using it = await peer('www.other.test');
  const { code, out, err } = await diagnose(it.name, '-c', config);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toContain(`ok          Server name: ${it.name}\n`);
  expect(out).toContain('not needed  The file .well-known: Not needed: the name says itself where the server is.\n');
  expect(out).toContain('ERROR       Certificate: The certificate is for www.other.test, not for 127.0.0.1.\n');
  expect(out).toContain('Fix: Get a certificate for 127.0.0.1, or let .well-known name a server that has one.\n');
  expect(out).toContain('Evidence: names: www.other.test\n');
  expect(out).toContain('waiting     Matrix answers: This waits for an earlier step.\n');
  expect(out).toContain(`${it.name} cannot be reached from this computer: see “Certificate” above.`);
});

it('exits with 0 when the server can be reached, and leaves nothing behind', async () => {
  await using it = await peer('127.0.0.1');
  const { name } = it;
  const { code, out } = await diagnose(name, '-c', config, '--json');
  expect(JSON.parse(out)).toMatchObject({ serverName: name, isOwn: false, outcome: 'ok', steps: { length: 9 } });
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'data'))).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(['Authority-of-tests.pem', 'homeserver.yaml']);
});

it('needs no configuration', async () => {
  const { code, out } = await diagnose('not a name');
  expect(code).toBe(1);
  expect(out).toContain('This is no server name.');
  expect(out).toContain('Write it like example.org');
});

it('says that it cannot know everything about its own name', () => {
  const step = { fields: {}, found: 'own.test', evidence: [], took: 1, code: undefined };
  const named = { ...step, name: 'name', state: 'ok' } as const;
  const diagnosis = { serverName: 'own.test', isOwn: true, steps: [named], outcome: 'ok' } as const;
  expect(outcomeSentence(diagnosis)).toContain('somebody outside knows more');
  expect(stepLines(named)).toBe('ok          Server name: own.test');
});
