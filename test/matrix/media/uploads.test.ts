import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../../support/databases.js';
import { FakeClock } from '../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const UPLOAD = '/_matrix/media/v3/upload';
const download = (uri: string) => `/_matrix/client/v1/media/download/${uri.replace('mxc://', '')}`;
const small = (one: TestHomeserver) => one.restart({ media: { ...one.config.media, maxUploadSize: 1000 } });

/** Files of the media store, unfinished ones too. */
async function files({ config }: TestHomeserver): Promise<string[]> {
  const found = await readdir(config.media.storePath, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describeEachDatabase('uploads', (databases) => {
  it('are given back with their type and name, also after a restart', async () => {
    await using one = await startHomeserver({ database: await databases.create() });
    const alice = await one.register('alice');
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
    const uri = await alice.uploadMedia(bytes, 'img/png', 'ascii name.png');
    expect(uri).toMatch(/^mxc:\/\/hearth\.test\/[A-Za-z]{24}$/);
    await one.restart();
    const reply = await alice.downloadMedia(uri);
    expect(reply.status).toBe(200);
    expect(reply.bytes.equals(bytes)).toBe(true);
    expect(reply.headers).toMatchObject({
      'content-type': 'img/png',
      'content-length': '100000',
      'content-disposition': 'attachment; filename="ascii name.png"',
    });
  });

  it('are stored once when they are the same, under two addresses', async () => {
    await using one = await startHomeserver({ database: await databases.create() });
    const alice = await one.register('alice');
    const uris = [
      await alice.uploadMedia(Buffer.from('a'), 'text/plain'),
      await alice.uploadMedia(Buffer.from('a'), 'text/css'),
    ];
    expect(new Set(uris).size).toBe(2);
    expect(await files(one)).toHaveLength(1);
    expect((await alice.downloadMedia(uris[1]!)).headers['content-type']).toBe('text/css; charset=UTF-8');
  });

  it('can come later than their address', async () => {
    await using one = await startHomeserver({ database: await databases.create() });
    const [alice, bob] = [await one.register('alice'), await one.register('bob')];
    const created = await alice.ok('POST', '/_matrix/media/v1/create');
    expect(created.unused_expires_at).toBeGreaterThan(one.clock.now());
    const uri: string = created.content_uri;
    const put = (user: typeof alice, text = 'hello') =>
      user.request('PUT', `${UPLOAD}/${uri.replace('mxc://', '')}`, {
        body: text,
        headers: { 'content-type': 'text/plain' },
      });

    expect(await bob.get(download(uri), { timeout_ms: 0 })).toMatchObject({
      status: 504,
      body: { errcode: 'M_NOT_YET_UPLOADED' },
    });
    expect(await put(bob)).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    const waiting = bob.get(download(uri));
    expect(await put(alice)).toEqual({ status: 200, body: {} });
    expect(await waiting).toMatchObject({ status: 200, body: 'hello' });
    expect(await put(alice, 'other')).toMatchObject({ status: 409, body: { errcode: 'M_CANNOT_OVERWRITE_MEDIA' } });
    expect(await bob.get(download(uri))).toMatchObject({ status: 200, body: 'hello' });
  });
});

it('gives no more than a few addresses to one who uploads nothing', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  const statuses: number[] = [];
  for (let i = 0; i < 7; i += 1) statuses.push((await alice.post('/_matrix/media/v1/create')).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
});

it('gives as many addresses, for as long, as the configuration says', async () => {
  const clock = new FakeClock();
  await using one = await startHomeserver({ clock });
  const alice = await one.register('alice');
  await one.restart({ media: { ...one.config.media, mostPending: 1, unusedLifetime: 60_000 } });
  const create = () => alice.post('/_matrix/media/v1/create');
  const { status, body } = await create();
  expect({ status, expires: body.unused_expires_at }).toEqual({ status: 200, expires: clock.now() + 60_000 });
  expect(await create()).toMatchObject({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } });
  clock.advance(60_001);
  const late = `${UPLOAD}/${body.content_uri.replace('mxc://', '')}`;
  expect(await alice.request('PUT', late, { body: 'late' })).toMatchObject({ status: 404 });
  expect((await create()).status).toBe(200);
});

it('takes nothing above the limit, said or not, and keeps nothing of it', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  await small(one);
  const refused = { status: 413, body: { errcode: 'M_TOO_LARGE' } };
  expect(await alice.post(UPLOAD, 'x'.repeat(1001))).toMatchObject(refused);
  const unannounced = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]) as unknown as Buffer;
  const reply = await fetch(`${one.url}${UPLOAD}`, {
    method: 'POST',
    body: Readable.toWeb(unannounced as unknown as Readable) as ReadableStream,
    headers: { authorization: `Bearer ${alice.accessToken}` },
    duplex: 'half',
  } as RequestInit);
  expect(reply.status).toBe(413);
  expect(await files(one)).toEqual([]);
  expect(await alice.post(UPLOAD, 'x'.repeat(1000))).toMatchObject({ status: 200 });
});

it('keeps nothing of an upload that breaks off', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  const leaving = new AbortController();
  const half = new ReadableStream({
    async pull(controller) {
      controller.enqueue(Buffer.alloc(1000));
      await expect.poll(() => files(one)).toHaveLength(1);
      leaving.abort();
    },
  });
  const options = { method: 'POST', body: half, duplex: 'half', signal: leaving.signal } as RequestInit;
  const sent = fetch(`${one.url}${UPLOAD}`, { ...options, headers: { authorization: `Bearer ${alice.accessToken}` } });
  await expect(sent).rejects.toThrow();
  await expect.poll(() => files(one)).toEqual([]);
});

it('says how large uploads may be', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  await small(one);
  for (const path of ['/_matrix/client/v1/media/config', '/_matrix/media/v3/config', '/_matrix/media/r0/config']) {
    expect(await alice.ok('GET', path)).toEqual({ 'm.upload.size': 1000 });
  }
});

it('takes uploads by the old paths', async () => {
  await using one = await startHomeserver();
  const alice = await one.register('alice');
  for (const path of ['/_matrix/media/r0/upload', '/_matrix/media/v1/upload']) {
    expect(await alice.post(path, 'hello')).toMatchObject({ status: 200 });
  }
});

it('wants a token', async () => {
  await using one = await startHomeserver();
  const uri = await (await one.register('alice')).uploadMedia(Buffer.from('a'), 'text/plain');
  const paths: ['GET' | 'POST', string][] = [
    ['POST', UPLOAD],
    ['POST', '/_matrix/media/v1/create'],
    ['GET', download(uri)],
    ['GET', download(uri).replace('download', 'thumbnail')],
    ['GET', '/_matrix/client/v1/media/config'],
  ];
  for (const [method, path] of paths) {
    expect(await one.stranger.request(method, path)).toMatchObject({
      status: 401,
      body: { errcode: 'M_MISSING_TOKEN' },
    });
  }
});

describe('how much one user may upload', () => {
  const limits = (maxSize: number) => ({
    media: { ...testConfig('/nowhere').media, uploadLimits: [{ period: 3_600_000, maxSize }] },
  });
  const upload = (user: TestUser, size: number) =>
    user.request('POST', '/_matrix/media/v3/upload', { body: Buffer.alloc(size, 1) });
  const refusal = { status: 400, body: { errcode: 'M_RESOURCE_LIMIT_EXCEEDED' } };

  it('is counted over a time, for each of them', async () => {
    const clock = new FakeClock();
    await using server = await startHomeserver({ clock, config: limits(1000) });
    const alice = await server.register('alice');
    const bob = await server.register('bob');
    expect((await upload(alice, 600)).status).toBe(200);
    expect(await upload(alice, 401)).toMatchObject(refusal);
    expect((await upload(alice, 400)).status).toBe(200);
    expect(await upload(alice, 1)).toMatchObject(refusal);
    expect((await upload(bob, 1000)).status).toBe(200);
    clock.advance(3_600_000);
    expect((await upload(alice, 1000)).status).toBe(200);
  });

  it('is no more when it comes all at once', async () => {
    await using server = await startHomeserver({ config: limits(1000) });
    const alice = await server.register('alice');
    const replies = await Promise.all(Array.from({ length: 8 }, () => upload(alice, 300)));
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
    expect(replies.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(5);
    expect((await upload(alice, 101)).status === 200).toBe(replies.filter(({ status }) => status === 200).length < 3);
  });
});
