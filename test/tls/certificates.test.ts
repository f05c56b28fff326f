import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity as verifyName, connect, type PeerCertificate } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src-main/base/clock.js';
import { type Logger, silentLogger } from '../../src-main/base/logger.js';
import { readCertificate } from '../../src-main/tls/certificate.js';
import { type Certificates, openCertificates } from '../../src-main/tls/certificates.js';
import { hostOf, makeSelfSigned } from '../../src-main/tls/self-signed.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'hearth-tls-'));
const pathsIn = (folder: string) => ({
  certificatePath: join(folder, 'tls.crt'),
  privateKeyPath: join(folder, 'tls.key'),
});

/** A logger that keeps its warnings. */
function listening() {
  const warnings: string[] = [];
  const log: Logger = {
    ...silentLogger,
    warn: (message, fields) => void warnings.push(`${message} ${JSON.stringify(fields ?? {})}`),
  };
  return { log, warnings };
}

function open(folder: string, { selfSigned = true, log = silentLogger, lookEvery = 60_000, clock = systemClock } = {}) {
  const config = { serverName: 'home.test', tls: { ...pathsIn(folder), selfSigned } };
  return openCertificates({ config, clock, log, lookEvery });
}

function put(folder: string, serverName = 'home.test', clock = systemClock): X509Certificate {
  const { certificate, privateKey } = makeSelfSigned(serverName, clock);
  const paths = pathsIn(folder);
  writeFileSync(paths.privateKeyPath, privateKey);
  writeFileSync(paths.certificatePath, certificate);
  return new X509Certificate(certificate);
}

describe('a self-signed certificate', () => {
  it('is made at the first start, for ten years, its key for the owner only', async () => {
    const folder = newFolder();
    const { names, validTo } = open(folder).current();
    expect(names).toEqual(expect.arrayContaining(['home.test', 'localhost', '127.0.0.1', '::1']));
    expect(validTo - Date.now()).toBeGreaterThan(3640 * 86_400_000);
    expect(statSync(pathsIn(folder).privateKeyPath).mode & 0o777).toBe(0o600);
  });

  it.each([['localhost'], ['127.0.0.1'], ['::1'], ['home.test']])(
    'convinces who trusts it that this is %s',
    async (name) => {
      const certificates = open(newFolder());
      await using server = await serve(certificates);
      const ca = certificates.current().cert;
      const checkServerIdentity = (_host: string, cert: PeerCertificate) => verifyName(name, cert);
      const socket = connect({ host: '127.0.0.1', port: server.port, ca, checkServerIdentity });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      expect(socket.getProtocol()).toBe('TLSv1.3');
      socket.destroy();
    },
  );

  it('is kept', async () => {
    const folder = newFolder();
    const first = open(folder).current();
    expect(open(folder).current()).toEqual(first);
  });

  it.each([
    ['example.com', 'example.com'],
    ['Example.com:8448', 'example.com'],
    ['1.2.3.4:8448', '1.2.3.4'],
    ['[2001:db8::1]:8448', '2001:db8::1'],
  ])('for %s names %s', async (serverName, host) => {
    expect(hostOf(serverName)).toBe(host);
    const folder = newFolder();
    put(folder, serverName);
    expect(readCertificate(pathsIn(folder)).names).toContain(host);
  });
});

describe('a certificate of somebody', () => {
  it.each([
    ['is not there', () => undefined, /^The certificate .*tls\.crt cannot be read: there is no such file\.$/],
    [
      'is no certificate',
      (f: string) => writeFileSync(join(f, 'tls.crt'), 'hello'),
      /tls\.crt is not a certificate in PEM form/,
    ],
    [
      'has no key',
      (f: string) => {
        put(f);
        renameSync(join(f, 'tls.key'), join(f, 'x'));
      },
      /^The private key .*tls\.key cannot be read/,
    ],
    [
      'has no key in its key file',
      (f: string) => {
        put(f);
        writeFileSync(join(f, 'tls.key'), 'hello');
      },
      /tls\.key is not a private key in PEM form/,
    ],
    [
      'has the key of another',
      (f: string) => {
        put(f);
        writeFileSync(join(f, 'tls.key'), makeSelfSigned('x.test', systemClock).privateKey);
      },
      /^The private key .*tls\.key does not fit the certificate/,
    ],
  ])('that %s is refused with a sentence', async (_case, prepare, expected) => {
    const folder = newFolder();
    if (_case !== 'is not there') writeFileSync(join(folder, 'tls.key'), '');
    prepare(folder);
    expect(() => open(folder, { selfSigned: false })).toThrow(expected);
  });

  it('is served with a warning when it expired or is for another name', async () => {
    const folder = newFolder();
    put(folder, 'other.test');
    const { log, warnings } = listening();
    const clock = { ...systemClock, now: () => Date.now() + 11 * 365 * 86_400_000 };
    open(folder, { selfSigned: false, log, clock });
    expect(warnings).toEqual([
      expect.stringMatching(/expired on \d{4}-\d\d-\d\d/),
      expect.stringMatching(/is good for .*other\.test.*, not for home\.test/),
    ]);
  });
});

/** A TLS server as the listeners make one, and what it shows to who connects. */
async function serve(certificates: Certificates) {
  const server = createServer({ ...certificates.current(), minVersion: 'TLSv1.2' }, (_request, response) =>
    response.end('hello'),
  );
  certificates.onChange(() => server.setSecureContext({ ...certificates.current(), minVersion: 'TLSv1.2' }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stopping = new AbortController();
  const watching = certificates.job.run(stopping.signal);
  return {
    port,
    shown: () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        });
        socket.on('error', reject);
      }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await watching;
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a certificate changed on disk', () => {
  it('is served to new connections, and who is connected stays', async () => {
    const folder = newFolder();
    await using server = await serve(open(folder));
    const before = await server.shown();
    const staying = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
    await once(staying, 'secureConnect');

    const next = put(folder);
    await expect.poll(server.shown, { timeout: 5000 }).toBe(next.fingerprint256);
    expect(next.fingerprint256).not.toBe(before);
    const answer = new Promise<string>((resolve) => staying.once('data', (data) => resolve(data.toString())));
    staying.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200/);
    staying.destroy();
  });

  it('by putting other files in their place is noticed, again and again', async () => {
    const [folder, aside] = [newFolder(), newFolder()];
    await using server = await serve(open(folder));
    await server.shown();
    for (let round = 0; round < 3; round += 1) {
      const next = put(aside);
      for (const name of ['tls.crt', 'tls.key']) renameSync(join(aside, name), join(folder, name));
      await expect.poll(server.shown, { timeout: 5000 }).toBe(next.fingerprint256);
    }
  });

  it('by swapping a symbolic link is noticed', async () => {
    const folder = newFolder();
    for (const version of ['one', 'two']) {
      mkdirSync(join(folder, version));
      put(join(folder, version));
    }
    symlinkSync('one', join(folder, 'live'));
    await using server = await serve(open(join(folder, 'live'), { selfSigned: false, lookEvery: 50 }));
    const next = readCertificate(pathsIn(join(folder, 'two'))).fingerprint;
    expect(await server.shown()).not.toBe(next);

    symlinkSync('two', join(folder, 'live.new'));
    renameSync(join(folder, 'live.new'), join(folder, 'live'));
    await expect.poll(server.shown, { timeout: 5000 }).toBe(next);
  });

  it('to something that cannot be served is said once, and the one before stays', async () => {
    const folder = newFolder();
    const { log, warnings } = listening();
    const certificates = open(folder, { log });
    const before = certificates.current();
    writeFileSync(pathsIn(folder).certificatePath, 'broken');
    certificates.reload();
    certificates.reload();
    expect(certificates.current()).toBe(before);
    expect(warnings).toEqual([expect.stringMatching(/certificate changed and cannot be used.*not a certificate/)]);
    const next = put(folder);
    certificates.reload();
    expect(certificates.current().fingerprint).toBe(next.fingerprint256);
  });
});
