import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let alice: TestUser;
let uri: string;
beforeAll(async () => {
  one = await startHomeserver();
  alice = await one.register('alice');
  uri = await alice.uploadMedia(Buffer.from('0123456789'), 'text/html', 'page.html');
});
afterAll(() => one[Symbol.asyncDispose]());

const path = (more = '') => `/_matrix/client/v1/media/download/${uri.replace('mxc://', '')}${more}`;
const get = (headers: Record<string, string>, method = 'GET') => alice.request(method, path(), { headers });

it('serves content so that it can do nothing', async () => {
  const { headers } = await alice.downloadMedia(uri);
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'; script-src 'none';/),
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'content-disposition': 'attachment; filename="page.html"',
    'cache-control': expect.stringContaining('private'),
  });
});

it('gives it another name where one is asked for', async () => {
  const names = [
    ['ascii', 'filename="ascii"'],
    ['name with spaces', 'filename="name with spaces"'],
    ['name;with;semicolons', 'filename="name;with;semicolons"'],
    ['☕', "filename*=utf-8''%E2%98%95"],
  ] as const;
  for (const [name, header] of names) {
    const reply = await alice.get(path(`/${encodeURIComponent(name)}`));
    expect(reply.headers['content-disposition']).toBe(`attachment; ${header}`);
  }
});

it('gives the part that is asked for', async () => {
  const part = await get({ range: 'bytes=2-4' });
  expect(part).toMatchObject({ status: 206, body: '234' });
  expect(part.headers).toMatchObject({ 'content-range': 'bytes 2-4/10', 'content-length': '3' });
  const beyond = await get({ range: 'bytes=10-' });
  expect(beyond.status).toBe(416);
  expect(beyond.headers).toMatchObject({ 'content-range': 'bytes */10' });
  expect(await get({ range: 'bytes=2-4', 'if-range': '"other"' })).toMatchObject({ status: 200, body: '0123456789' });
});

it('says nothing again to one who has it', async () => {
  const { etag } = (await get({})).headers;
  expect(await get({ 'if-none-match': String(etag) })).toMatchObject({ status: 304, body: '' });
  expect(await get({ 'if-none-match': '"other"' })).toMatchObject({ status: 200 });
});

it('answers HEAD with the headers alone', async () => {
  const reply = await get({}, 'HEAD');
  expect(reply).toMatchObject({ status: 200, body: '' });
  expect(reply.headers).toMatchObject({ 'content-length': '10', 'content-type': 'text/html; charset=UTF-8' });
});

it.each([
  ['a media id that there is not', '/_matrix/client/v1/media/download/hearth.test/nothing'],
  ['a server that cannot be one', '/_matrix/client/v1/media/download/else%20where/abc'],
  ['a media id that is none', '/_matrix/client/v1/media/download/hearth.test/..%2F..%2Fetc'],
  ['a thumbnail of nothing', '/_matrix/client/v1/media/thumbnail/hearth.test/nothing?width=1&height=1'],
])('knows nothing of %s', async (_case, path) => {
  expect(await alice.get(path)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
});

it('answers the old paths without a token only where that is switched on', async () => {
  const old = ['v3', 'v1', 'r0'].map((version) => `/_matrix/media/${version}/download/${uri.replace('mxc://', '')}`);
  for (const each of old) {
    expect(await one.stranger.get(each)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
  }
  await one.restart({ media: { ...one.config.media, unauthenticated: true } });
  for (const each of old) {
    const reply = await one.stranger.get(each);
    expect(reply).toMatchObject({ status: 200, body: '0123456789' });
    expect(reply.headers['cache-control']).toContain('public');
  }
});
