import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

let one: TestHomeserver;
let alice: TestUser;
beforeAll(async () => {
  one = await startHomeserver();
  alice = await one.register('alice');
});
afterAll(() => one[Symbol.asyncDispose]());

const picture = (width: number, height: number, red = 200) =>
  sharp({ create: { width, height, channels: 3, background: { r: red, g: 30, b: 90 } } });

async function thumbnail(bytes: Buffer, query: Record<string, string | number | boolean>, type = 'image/png') {
  const uri = await alice.uploadMedia(bytes, type);
  return alice.get(`/_matrix/client/v1/media/thumbnail/${uri.replace('mxc://', '')}`, query);
}

const sizeOf = async (bytes: Buffer) => {
  const { width, height, format, pages } = await sharp(bytes).metadata();
  return { width, height, format, pages };
};

it('fits a picture into the size when scaling', async () => {
  const reply = await thumbnail(await picture(1000, 500).png().toBuffer(), {
    width: 300,
    height: 200,
    method: 'scale',
  });
  expect(reply.status).toBe(200);
  expect(reply.headers).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline; filename="thumbnail.png"',
    'content-security-policy': expect.stringContaining('sandbox'),
  });
  expect(await sizeOf(reply.bytes)).toMatchObject({ width: 320, height: 160, format: 'png' });
});

it('fills the size when cropping, and scales unless told otherwise', async () => {
  const bytes = await picture(1000, 500).jpeg().toBuffer();
  const cropped = await thumbnail(bytes, { width: 96, height: 96, method: 'crop' });
  expect(await sizeOf(cropped.bytes)).toMatchObject({ width: 96, height: 96, format: 'jpeg' });
  expect(cropped.headers['content-type']).toBe('image/jpeg');
  const scaled = await thumbnail(bytes, { width: 96, height: 96 });
  expect(await sizeOf(scaled.bytes)).toMatchObject({ width: 320, height: 160 });
});

it('makes no picture larger', async () => {
  const reply = await thumbnail(await picture(20, 10).png().toBuffer(), { width: 640, height: 480, method: 'scale' });
  expect(await sizeOf(reply.bytes)).toMatchObject({ width: 20, height: 10 });
});

it('makes the very size where the configuration says so', async () => {
  await using other = await startHomeserver();
  await other.restart({ media: { ...other.config.media, dynamicThumbnails: true } });
  const bob = await other.register('bob');
  const uri = await bob.uploadMedia(await picture(1000, 1000).png().toBuffer(), 'image/png');
  const reply = await bob.get(`/_matrix/client/v1/media/thumbnail/${uri.replace('mxc://', '')}`, {
    width: 77,
    height: 55,
    method: 'crop',
  });
  expect(await sizeOf(reply.bytes)).toMatchObject({ width: 77, height: 55 });
});

it('keeps what it made, and gives it to all who ask at once', async () => {
  const uri = await alice.uploadMedia(await picture(900, 900).webp().toBuffer(), 'image/webp');
  const ask = () =>
    alice.get(`/_matrix/client/v1/media/thumbnail/${uri.replace('mxc://', '')}`, {
      width: 32,
      height: 32,
      method: 'crop',
    });
  const replies = await Promise.all(Array.from({ length: 20 }, ask));
  expect(new Set(replies.map((reply) => reply.headers['etag'])).size).toBe(1);
  await one.restart();
  expect((await ask()).headers['etag']).toBe(replies[0]?.headers['etag']);
});

it('turns a photograph the right way up and forgets where it was taken', async () => {
  const bytes = await picture(1000, 500)
    .withMetadata({ orientation: 6 })
    .withExif({ IFD0: { Copyright: 'me' } })
    .jpeg()
    .toBuffer();
  const reply = await thumbnail(bytes, { width: 640, height: 480 });
  const metadata = await sharp(reply.bytes).metadata();
  expect(metadata).toMatchObject({ width: 240, height: 480 });
  expect(metadata.exif).toBeUndefined();
});

it('moves only where it is asked to', async () => {
  const frames = await Promise.all([0, 100, 200].map((red) => picture(200, 200, red).png().toBuffer()));
  const bytes = await sharp(frames, { join: { animated: true } })
    .gif({ delay: 100 })
    .toBuffer();
  expect((await sizeOf(bytes)).pages).toBe(3);
  const moving = await thumbnail(bytes, { width: 32, height: 32, method: 'crop', animated: true });
  expect(moving.headers['content-type']).toBe('image/webp');
  const still = await thumbnail(bytes, { width: 32, height: 32, method: 'crop', animated: false });
  expect(still.headers['content-type']).toBe('image/png');
});

it.each([
  ['text', Buffer.from('hello'), 400, 'M_UNKNOWN'],
  ['nothing', Buffer.alloc(0), 400, 'M_UNKNOWN'],
  ['vector graphics', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 400, 'M_UNKNOWN'],
  ['half a picture', Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ', 'base64'), 400, 'M_UNKNOWN'],
])('makes none of %s', async (_case, bytes, status, errcode) => {
  expect(await thumbnail(bytes, { width: 32, height: 32 })).toMatchObject({ status, body: { errcode } });
});

it('opens no picture with more pixels than allowed', async () => {
  const bomb = await picture(8000, 5000).png({ compressionLevel: 9 }).toBuffer();
  expect(await thumbnail(bomb, { width: 32, height: 32 })).toMatchObject({
    status: 413,
    body: { errcode: 'M_TOO_LARGE' },
  });
});

it.each([
  ['no width', { height: 1 }, 'M_MISSING_PARAM'],
  ['no size at all', {}, 'M_MISSING_PARAM'],
  ['a width of nothing', { width: 0, height: 1 }, 'M_INVALID_PARAM'],
  ['a negative height', { width: 1, height: -1 }, 'M_INVALID_PARAM'],
  ['a fraction', { width: 1.5, height: 1 }, 'M_INVALID_PARAM'],
  ['another method', { width: 1, height: 1, method: 'stretch' }, 'M_INVALID_PARAM'],
  ['a wrong flag', { width: 1, height: 1, animated: 'maybe' }, 'M_INVALID_PARAM'],
])('refuses %s', async (_case, query, errcode) => {
  const uri = await alice.uploadMedia(await picture(10, 10).png().toBuffer(), 'image/png');
  const path = `/_matrix/client/v1/media/thumbnail/${uri.replace('mxc://', '')}`;
  expect(await alice.get(path, query as Record<string, string | number>)).toMatchObject({
    status: 400,
    body: { errcode },
  });
});
