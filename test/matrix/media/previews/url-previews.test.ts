import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../../../src-main/config/config.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../../../support/homeserver.js';
import { TestDns } from '../../../support/test-dns.js';
import type { TestUser } from '../../../support/test-client.js';

const PATH = '/_matrix/client/v1/media/preview_url';
const HOUR = 3_600_000;
const base = testConfig('/nowhere');

/** A web site on loopback; `hits` counts what was asked for. */
class Site {
  readonly hits = new Map<string, number>();
  readonly headers = new Map<string, Readonly<Record<string, string | string[] | undefined>>>();
  readonly pages = new Map<string, RequestListener>();
  #server: Server | undefined;
  port = 0;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.hits.set(path, (this.hits.get(path) ?? 0) + 1);
      this.headers.set(path, request.headers);
      const page = this.pages.get(path);
      if (page) return page(request, response);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  page(path: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): string {
    this.pages.set(path, (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(body);
    });
    return this.url(path);
  }

  redirect(path: string, to: string): string {
    this.pages.set(path, (_request, response) => response.writeHead(302, { location: to }).end());
    return this.url(path);
  }

  url(path: string, host = 'site.test'): string {
    return `http://${host}:${this.port}${path}`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

const dns = () => {
  const names = new TestDns();
  names.hosts.set('site.test', ['127.0.0.1']);
  names.hosts.set('inside.test', ['127.0.0.2']);
  return names;
};
const previews = (more: Partial<Config['urlPreviews']> = {}) => ({
  urlPreviews: { ...base.urlPreviews, enabled: true, allowedRanges: ['127.0.0.1'], ...more },
});
const refusal = (status: number) => ({ status, body: { errcode: 'M_UNKNOWN', error: expect.any(String) } });
const ask = (user: TestUser, url: string) => user.get(PATH, { url });

describe('previews', () => {
  const site = new Site();
  const clock = new FakeClock();
  let server: TestHomeserver;
  let alice: TestUser;
  let picture: Buffer;
  beforeAll(async () => {
    picture = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await site.start();
    const forbidden = [{ path: '/forbidden*' }];
    server = await startHomeserver({ clock, dns: dns(), config: previews({ forbidden, maxSize: 100_000 }) });
    alice = await server.register('alice');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    site.stop();
  });

  it('say what a page is about, with its picture among our media', async () => {
    site.page('/a.png', picture, { 'content-type': 'image/png' });
    const url = site.page(
      '/page',
      '<meta property="og:title" content="Title"><meta property="og:image" content="a.png"><p>Text</p>',
    );
    const { status, body } = await ask(alice, url);
    expect(status).toBe(200);
    expect(body).toEqual({
      'og:title': 'Title',
      'og:description': 'Text',
      'og:image': expect.stringMatching(/^mxc:\/\/hearth\.test\//),
      'og:image:type': 'image/png',
      'og:image:width': 40,
      'og:image:height': 20,
      'matrix:image:size': picture.length,
    });
    expect((await alice.downloadMedia(body['og:image'])).bytes).toEqual(picture);
    for (const path of ['/_matrix/media/v3/preview_url', '/_matrix/media/r0/preview_url']) {
      expect((await alice.get(path, { url })).body).toEqual(body);
    }
    expect(site.headers.get('/page')?.['accept-language']).toBe('en');
    expect(await server.stranger.get(PATH, { url })).toMatchObject({ status: 401 });
  });

  it('of a picture show the picture, and of anything else nothing', async () => {
    const url = site.page('/only.png', picture, { 'content-type': 'image/png' });
    expect((await ask(alice, url)).body).toMatchObject({ 'og:image:width': 40 });
    const data = site.page('/data', '{}', { 'content-type': 'application/json' });
    expect(await ask(alice, data)).toEqual({ status: 200, body: {} });
    const lie = site.page('/lie.png', '<script>', { 'content-type': 'image/png' });
    expect(await ask(alice, lie)).toEqual({ status: 200, body: {} });
  });

  it('read the description that a page names for machines', async () => {
    site.page('/oembed', JSON.stringify({ version: '1.0', type: 'video', title: 'Film', provider_name: 'Site' }), {
      'content-type': 'application/json',
    });
    const link = '<link rel="alternate" type="application/json+oembed" href="/oembed">';
    const url = site.page('/video', `<head>${link}</head>`);
    expect((await ask(alice, url)).body).toMatchObject({ 'og:title': 'Film', 'og:site_name': 'Site' });
  });

  it('are made once for all who ask at the same time, and kept as long as the page says', async () => {
    const url = site.page('/slow', '<title>Once</title>', { 'cache-control': 'public, max-age=7200' });
    const bob = await server.register('bob');
    const replies = await Promise.all([ask(alice, url), ask(bob, `${url}#part`), ask(alice, url)]);
    expect(replies.map(({ body }) => body['og:title'])).toEqual(['Once', 'Once', 'Once']);
    clock.advance(2 * HOUR - 1);
    await ask(alice, url);
    expect(site.hits.get('/slow')).toBe(1);
    clock.advance(1);
    site.page('/slow', '<title>Twice</title>');
    expect((await ask(alice, url)).body['og:title']).toBe('Twice');
    expect(site.hits.get('/slow')).toBe(2);
  });

  it('come to others while somebody waits for sites that do not answer', async () => {
    const bob = await server.register('patient');
    const hanging = Array.from({ length: 15 }, (_, i) => `/hanging-${i}`);
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const held: (() => void)[] = [];
    for (const path of hanging) {
      site.pages.set(path, (_request, response) => {
        resolve();
        held.push(() => response.writeHead(404).end());
        site.pages.delete(path);
      });
    }
    const waiting = Promise.all(hanging.map((path) => ask(bob, site.url(path))));
    await asked;
    expect((await ask(alice, site.page('/quick', '<title>Quick</title>'))).body['og:title']).toBe('Quick');
    expect(held.length).toBeLessThanOrEqual(3);
    site.pages.clear();
    for (const answer of held) answer();
    for (const { status } of await waiting) expect([429, 502]).toContain(status);
  });

  it('follow redirects, though not for ever, and not to where nobody may look', async () => {
    site.page('/end', '<title>End</title>');
    expect((await ask(alice, site.redirect('/start', '/end'))).body['og:title']).toBe('End');
    expect(await ask(alice, site.redirect('/loop', '/loop'))).toMatchObject(refusal(502));
    site.page('/secret', '<title>Secret</title>');
    for (const host of ['127.0.0.2', 'inside.test', '[::1]', '169.254.169.254', '[::ffff:127.0.0.2]', '0x7f000002']) {
      const inside = site.url('/secret', host);
      expect(await ask(alice, inside), host).toMatchObject(refusal(403));
      const redirect = site.redirect(`/to-inside/${site.pages.size}`, inside);
      expect(await ask(alice, redirect), host).toMatchObject(refusal(403));
    }
    expect(site.hits.get('/secret')).toBeUndefined();
  });

  it('ask nothing forbidden, not even on the way to what is not', async () => {
    site.page('/beyond', '<title>Beyond</title>');
    const start = site.redirect('/begin', site.redirect('/forbidden/hop', '/beyond'));
    expect(await ask(alice, start)).toMatchObject(refusal(403));
    expect(site.hits.get('/forbidden/hop')).toBeUndefined();
  });

  it('do without a picture that may not be fetched', async () => {
    const inside = site.url('/secret', 'inside.test');
    const url = site.page('/bad-picture', `<title>T</title><meta property="og:image" content="${inside}">`);
    expect(await ask(alice, url)).toEqual({ status: 200, body: { 'og:title': 'T' } });
    expect(site.hits.get('/secret')).toBeUndefined();
  });

  it('are not made of what is forbidden, no page, too large, or not there', async () => {
    const forbidden = site.page('/forbidden/a', '<title>T</title>');
    expect(await ask(alice, forbidden)).toMatchObject(refusal(403));
    expect(await ask(alice, site.redirect('/to-forbidden', forbidden))).toMatchObject(refusal(403));
    for (const url of ['ftp://site.test/', 'file:///etc/passwd', 'nonsense', '', 'javascript:1', 'data:text/html,a']) {
      expect(await ask(alice, url), url).toMatchObject(refusal(400));
    }
    expect(await ask(alice, site.page('/large', 'a'.repeat(100_001)))).toMatchObject(refusal(502));
    expect(await ask(alice, site.url('/absent'))).toMatchObject(refusal(502));
    expect(await ask(alice, site.url('/', 'nobody.test'))).toMatchObject(refusal(502));
    expect(await alice.get(PATH)).toMatchObject({ status: 400, body: { errcode: 'M_MISSING_PARAM' } });
  });
});

it('forgets pictures some days after the previews', async () => {
  const site = new Site();
  await site.start();
  const clock = new FakeClock();
  await using server = await startHomeserver({ clock, dns: dns(), config: previews() });
  const alice = await server.register('alice');
  const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const url = site.page('/a.png', picture, { 'content-type': 'image/png' });
  const uri = (await ask(alice, url)).body['og:image'];
  clock.advance(8 * 24 * HOUR);
  expect((await alice.downloadMedia(uri)).status).toBe(200);
  clock.advance(2 * 24 * HOUR);
  await expect.poll(async () => (await alice.downloadMedia(uri)).status).toBe(404);
  site.stop();
});

it('previews nothing unless it is told so', async () => {
  await using server = await startHomeserver();
  const alice = await server.register('alice');
  expect(await ask(alice, 'https://hearth.test/')).toMatchObject({
    status: 404,
    body: { errcode: 'M_UNRECOGNIZED' },
  });
});
