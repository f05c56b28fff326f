import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src-main/config/config.js';
import { defaultConfig } from '../../src-main/config/defaults.js';
import { statement } from '../../src-main/storage/database.js';
import { FakeClock } from '../support/fake-clock.js';
import { type FakeReply, type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const DAY = 86_400_000;
const DOWNLOAD = /^\/_matrix\/federation\/v1\/media\/download\//;
const OLD_DOWNLOAD = /^\/_matrix\/media\/v3\/download\//;
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC',
  'base64',
);

let federation: TestFederation;
let one: TestHomeserver;
let two: TestHomeserver;
let alice: TestUser;
let bob: TestUser;
let fake: FakeServer;
let ids = 0;
const folder = mkdtempSync(join(tmpdir(), 'hearth-media-'));
beforeAll(async () => {
  federation = await startFederation(['hs1.test', 'hs2.test'], {
    config: (name) => ({ media: mediaOf(name) }),
  });
  one = federation.server('hs1.test');
  two = federation.server('hs2.test');
  alice = await one.register('alice');
  bob = await two.register('bob');
  fake = await federation.fakeServer('fake.test');
});
afterAll(async () => {
  await federation.stop();
  await rm(folder, { recursive: true });
});

function mediaOf(name: string): Config['media'] {
  const { media } = defaultConfig({ serverName: name, dataDir: mkdtempSync(join(folder, name)) });
  return { ...media, maxUploadSize: 100_000, unauthenticated: true, deniedOrigins: ['denied.test'] };
}

const client = (uri: string, kind = 'download') => `/_matrix/client/v1/media/${kind}/${uri.replace('mxc://', '')}`;

/** An address at the server that is played, never asked for before. */
const freshUri = () => `mxc://fake.test/media${(ids += 1)}`;

const multipart = (headers: string, content: string | Buffer): FakeReply => ({
  headers: { 'content-type': 'multipart/mixed; boundary=gift' },
  body: Buffer.concat([
    Buffer.from(`--gift\r\nContent-Type: application/json\r\n\r\n{}\r\n--gift\r\n${headers}\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n--gift--\r\n'),
  ]),
});

describe('media of another server', () => {
  it('are shown with their type and name, and kept', async () => {
    const uri = await bob.uploadMedia(Buffer.from('hello'), 'text/plain', 'grüße.txt');
    const reply = await alice.downloadMedia(uri);
    expect(reply).toMatchObject({ status: 200, body: 'hello' });
    expect(reply.headers).toMatchObject({
      'content-type': 'text/plain; charset=UTF-8',
      'content-disposition': "inline; filename*=utf-8''gr%C3%BC%C3%9Fe.txt",
    });
    expect((await alice.get(`${client(uri)}/other.txt`)).headers['content-disposition']).toBe(
      'inline; filename="other.txt"',
    );
    federation.cut('hs1.test', 'hs2.test');
    expect((await alice.downloadMedia(uri)).body).toBe('hello');
    federation.heal('hs1.test', 'hs2.test');
    const asked = federation.exchanges.filter(({ operation }) =>
      operation?.endsWith('content_repository.yaml#getContent'),
    );
    expect(asked.filter(({ from }) => from === 'hs1.test')).toHaveLength(1);
  });

  it('need no name', async () => {
    const uri = await bob.uploadMedia(Buffer.from('%PDF'), 'application/pdf');
    expect((await alice.downloadMedia(uri)).headers['content-disposition']).toBe('attachment');
  });

  it('are made small here', async () => {
    const uri = await bob.uploadMedia(PNG, 'image/png', 'picture.png');
    const reply = await alice.get(client(uri, 'thumbnail'), { width: 5, height: 5, method: 'scale' });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('image/png');
  });

  it('are not to be had where there are none', async () => {
    const reply = await alice.downloadMedia('mxc://hs2.test/nothing');
    expect(reply).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });

  it('are waited for while they are uploaded', async () => {
    const { content_uri: uri } = await bob.ok('POST', '/_matrix/media/v1/create');
    expect(await alice.get(client(uri), { timeout_ms: 0 })).toMatchObject({
      status: 504,
      body: { errcode: 'M_NOT_YET_UPLOADED' },
    });
    const waiting = alice.downloadMedia(uri);
    await bob.ok('PUT', `/_matrix/media/v3/upload/${uri.replace('mxc://', '')}`, { body: Buffer.from('late') });
    expect((await waiting).body).toBe('late');
  });

  it('are shown by the old paths too, but not when these are to ask nobody', async () => {
    const uri = await alice.uploadMedia(Buffer.from('old'), 'text/plain');
    const path = `/_matrix/media/v3/download/${uri.replace('mxc://', '')}`;
    expect(await two.stranger.get(path, { allow_remote: false })).toMatchObject({ status: 404 });
    expect(await two.stranger.get(path)).toMatchObject({ status: 200, body: 'old' });
  });

  it('are fetched once however many want them', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    fake.on('GET', DOWNLOAD, async () => {
      await held;
      return multipart('Content-Type: text/plain\r\n', 'shared');
    });
    const uri = freshUri();
    const asking = [1, 2, 3].map(() => alice.downloadMedia(uri));
    const path = `/_matrix/federation/v1/media/download/${uri.slice('mxc://fake.test/'.length)}`;
    const asked = () => fake.requests.filter((request) => request.uri.startsWith(path));
    await expect.poll(() => asked().length).toBe(1);
    release();
    for (const reply of await Promise.all(asking)) expect(reply).toMatchObject({ status: 200, body: 'shared' });
    expect(asked()).toHaveLength(1);
  });
});

describe('a server that gives media in its own way', () => {
  it('may be of before there were signatures', async () => {
    fake.on('GET', DOWNLOAD, { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'what?' } });
    fake.on('GET', OLD_DOWNLOAD, {
      headers: { 'content-type': 'text/plain', 'content-disposition': 'inline; filename="old.txt"' },
      body: 'from before',
    });
    const reply = await alice.downloadMedia(freshUri());
    expect(reply).toMatchObject({ status: 200, body: 'from before' });
    expect(reply.headers['content-disposition']).toBe('inline; filename="old.txt"');
    expect(fake.requests.at(-1)?.query.get('allow_remote')).toBe('false');
  });

  it('may say where they lie, but not where nobody may go', async () => {
    fake.on('GET', DOWNLOAD, multipart('Location: http://10.0.0.1/secret\r\n', ''));
    expect(await alice.downloadMedia(freshUri())).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
    fake.on('GET', DOWNLOAD, multipart('Location: file:///etc/passwd\r\n', ''));
    expect(await alice.downloadMedia(freshUri())).toMatchObject({ status: 502, body: { errcode: 'M_UNKNOWN' } });
  });

  it.each<[string, FakeReply, number, string]>([
    ['breaks off', { ...multipart('', 'x'), body: '--gift\r\n\r\n{}\r\n--gift\r\n\r\nhalf of' }, 502, 'M_UNKNOWN'],
    ['is JSON', { body: { file: 'here' }, isWrong: true }, 502, 'M_UNKNOWN'],
    ['is more than this server takes', multipart('', 'x'.repeat(120_000)), 502, 'M_TOO_LARGE'],
    ['is far more than this server takes', multipart('', 'x'.repeat(1_000_000)), 502, 'M_TOO_LARGE'],
    ['is an error', { status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } }, 502, 'M_UNKNOWN'],
    ['is a refusal', { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'no' }, isWrong: true }, 502, 'M_UNKNOWN'],
  ])('gets nothing stored whose answer %s', async (_case, reply, status, errcode) => {
    fake.on('GET', DOWNLOAD, reply);
    const uri = freshUri();
    expect(await alice.downloadMedia(uri)).toMatchObject({ status, body: { errcode } });
    fake.on('GET', DOWNLOAD, multipart('Content-Type: text/plain\r\n', 'whole'));
    expect(await alice.downloadMedia(uri)).toMatchObject({ status: 200, body: 'whole' });
  });

  it('breaks no header with names and types', async () => {
    const headers =
      'Content-Type: text/html\u0000; evil\r\nContent-Disposition: attachment; filename="a\\"b\u0007c"\r\n';
    fake.on('GET', DOWNLOAD, multipart(headers, '<script>'));
    const reply = await alice.downloadMedia(freshUri());
    expect(reply.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="a\\"bc"',
    });
  });
});

describe('a server that asks for media', () => {
  it('gets them in two parts', async () => {
    const uri = await alice.uploadMedia(Buffer.from('for you'), 'text/plain', 'gift.txt');
    const reply = await fake.ask(one, 'GET', `/_matrix/federation/v1/media/download/${uri.split('/').at(-1)}`);
    expect(reply.status).toBe(200);
    expect(String(reply.headers['content-type'])).toMatch(/^multipart\/mixed; boundary=/);
    expect(reply.body).toMatch(
      /^--\w+\r\nContent-Type: application\/json\r\n\r\n\{\}\r\n--\w+\r\nContent-Type: text\/plain\r\nContent-Disposition: inline; filename="gift.txt"\r\n\r\nfor you\r\n--\w+--\r\n$/,
    );
  });

  it('gets small versions of pictures', async () => {
    const uri = await alice.uploadMedia(PNG, 'image/png');
    const path = `/_matrix/federation/v1/media/thumbnail/${uri.split('/').at(-1)}`;
    const reply = await fake.ask(one, 'GET', `${path}?width=5&height=5&method=scale`);
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('Content-Type: image/png');
    expect(await fake.ask(one, 'GET', `${path}?width=0&height=5`)).toMatchObject({ status: 400 });
  });

  it('hears of nothing that is not of this server', async () => {
    const uri = await bob.uploadMedia(Buffer.from('theirs'), 'text/plain');
    await alice.downloadMedia(uri);
    const reply = await fake.ask(one, 'GET', `/_matrix/federation/v1/media/download/${uri.split('/').at(-1)}`);
    expect(reply).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  });
});

it('shows nothing of a server whose media are not wanted', async () => {
  await federation.fakeServer('denied.test');
  expect(await alice.downloadMedia('mxc://denied.test/abc')).toMatchObject({ status: 404 });
});

it('fetches so much for one address, and no more for a while', async () => {
  const clock = new FakeClock();
  await using pair = await startFederation(['hs1.test', 'hs2.test'], {
    clock,
    config: (name) => ({ media: { ...mediaOf(name), remoteDownloads: { perSecond: 100, burst: 1000 } } }),
  });
  const reader = await pair.server('hs1.test').register('reader');
  const writer = await pair.server('hs2.test').register('writer');
  const upload = () => writer.uploadMedia(Buffer.from('x'.repeat(1500)), 'text/plain');
  const [first, second] = [await upload(), await upload()];
  expect((await reader.downloadMedia(first)).status).toBe(200);
  expect(await reader.downloadMedia(second)).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } });
  expect((await reader.downloadMedia(first)).status).toBe(200);
  clock.advance(10_000);
  expect((await reader.downloadMedia(second)).status).toBe(200);
});

it('shows nobody what an administrator took out of sight, of here and of elsewhere', async () => {
  const admin = await one.registerAdmin('admin');
  for (const uri of [
    await alice.uploadMedia(Buffer.from('own'), 'text/plain'),
    await bob.uploadMedia(Buffer.from('other'), 'text/plain'),
  ]) {
    await alice.downloadMedia(uri);
    const path = (verb: string) => `/_synapse/admin/v1/media/${verb}/${uri.replace('mxc://', '')}`;
    expect(await alice.post(path('quarantine'))).toMatchObject({ status: 403 });
    expect((await admin.post(path('quarantine'))).status).toBe(200);
    expect(await alice.downloadMedia(uri)).toMatchObject({ status: 404 });
    expect((await admin.post(path('unquarantine'))).status).toBe(200);
    expect((await alice.downloadMedia(uri)).status).toBe(200);
  }
  expect(await admin.post('/_synapse/admin/v1/media/quarantine/hs1.test/nothing')).toMatchObject({ status: 404 });
});

it('forgets what nobody asked for in a long time, and fetches it again', async () => {
  const clock = new FakeClock();
  await using pair = await startFederation(['hs1.test', 'hs2.test'], {
    clock,
    config: (name) => ({ media: { ...mediaOf(name), remoteLifetime: 10 * DAY } }),
  });
  const one = pair.server('hs1.test');
  const reader = await one.register('reader');
  const writer = await pair.server('hs2.test').register('writer');
  const uri = await writer.uploadMedia(Buffer.from('old'), 'text/plain');
  const copies = async () => (await one.homeserver.db.get(countCopies))?.copies;
  const read = async () => (await reader.downloadMedia(uri)).body;
  expect(await read()).toBe('old');
  clock.advance(9 * DAY);
  expect(await read()).toBe('old');
  clock.advance(2 * DAY);
  expect(await read()).toBe('old');
  expect(await copies()).toBe(1);
  clock.advance(11 * DAY);
  await expect.poll(copies).toBe(0);
  expect(await read()).toBe('old');
  expect(pair.exchanges.filter((exchange) => exchange.uri.includes('/media/download/'))).toHaveLength(2);
});

const countCopies = statement<[], { copies: number }>('SELECT COUNT(*) AS copies FROM remote_media');

it('a server whose files never come keeps nobody from those of others', async () => {
  const hangs = await federation.fakeServer('hangs.test');
  hangs.on('GET', DOWNLOAD, () => undefined);
  const uri = await bob.uploadMedia(Buffer.from('prompt'), 'text/plain');
  const stop = new AbortController();
  const gone = () => undefined;
  const asked = Array.from({ length: 120 }, (_none, at) => {
    const url = `${one.url}${client(`mxc://hangs.test/never${at}`)}`;
    return fetch(url, { headers: { authorization: `Bearer ${alice.accessToken}` }, signal: stop.signal }).catch(gone);
  });
  await expect.poll(() => hangs.received(DOWNLOAD).length).toBeGreaterThan(0);
  await Promise.race(asked);
  expect(await alice.downloadMedia(uri)).toMatchObject({ status: 200, body: 'prompt' });
  stop.abort();
  hangs.dropConnections();
  await Promise.all(asked);
});
