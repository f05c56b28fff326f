import { describe, expect, it } from 'vitest';
import { openGraphOfOembed, oembedAddress } from '../../../../src-main/matrix/media/previews/oembed.js';
import { openGraphOf, summaryOf } from '../../../../src-main/matrix/media/previews/open-graph.js';
import { readPage } from '../../../../src-main/matrix/media/previews/page-reader.js';
import { pageText } from '../../../../src-main/matrix/media/previews/page-text.js';
import { isForbidden, type UrlRule } from '../../../../src-main/matrix/media/previews/url-rules.js';

const graphOf = async (html: string) => openGraphOf(await readPage(html));

describe('a preview of a page', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'says what the page says by OpenGraph, the first of each',
      `<html><head><meta property="og:title" content="One"><meta property="og:title" content="Two">
       <meta property="og:description" content="A &amp; B"><title>Other</title></head></html>`,
      { 'og:title': 'One', 'og:description': 'A & B' },
    ],
    [
      'takes from a Twitter card what is missing',
      '<meta property="og:title" content="T"><meta name="twitter:title" content="X">' +
        '<meta name="twitter:description" content="D"><meta name="twitter:image" content="/a.png">',
      { 'og:title': 'T', 'og:description': 'D', 'og:image': '/a.png' },
    ],
    [
      'reads title, description and largest picture of a page without either',
      `<title> A  title </title><meta name="description" content="What it is">
       <img src="/pixel.gif" width="1" height="1"><img src="/a.png" width="100" height="50">
       <img src="/b.png" width="200px" height="100">`,
      { 'og:title': 'A title', 'og:description': 'What it is', 'og:image': '/b.png' },
    ],
    [
      'takes the first heading for a title, and text for a description',
      '<body><nav>Menu</nav><h1>Hello <b>you</b></h1><script>alert(1)</script><p>Some text</p><p>More</p></body>',
      { 'og:title': 'Hello you', 'og:description': 'Hello you\n\nSome text\n\nMore' },
    ],
    [
      'takes the icon where there is no picture',
      '<link rel="shortcut icon" href="/favicon.ico"><title>T</title>',
      { 'og:title': 'T', 'og:image': '/favicon.ico' },
    ],
    ['says nothing of a page that says nothing', '<html><body><script>1</script></body></html>', {}],
    ['reads what is broken off', '<title>A page', { 'og:title': 'A page' }],
  ])('%s', async (_case, html, expected) => {
    expect(await graphOf(html)).toEqual(expected);
  });

  it('is not fooled by pages without end or bottom', async () => {
    const started = performance.now();
    const deep = `<title>Deep</title>${'<div>'.repeat(300_000)}${'</b>'.repeat(300_000)}`;
    expect(await graphOf(deep)).toMatchObject({ 'og:title': 'Deep' });
    const many = Array.from({ length: 5000 }, (_, i) => `<meta property="og:x${i}" content="y">`).join('');
    expect(Object.keys(await graphOf(many)).length).toBeLessThanOrEqual(50);
    const long = await graphOf(`<p>${'word '.repeat(200_000)}</p>`);
    expect(long['og:description']?.length).toBeLessThanOrEqual(502);
    await graphOf(`<a ${'b="c" '.repeat(100_000)}>`);
    await graphOf('<'.repeat(1_000_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('is short, and ends between words', () => {
    expect(summaryOf([])).toBeUndefined();
    expect(summaryOf(['a'.repeat(200), 'b'])).toBe('a'.repeat(200));
    expect(summaryOf(['short', 'b'])).toBe('short\n\nb');
    expect(summaryOf([`${'word '.repeat(200)}`])).toMatch(/ word…$/);
    expect(summaryOf(['\u{1f600}'.repeat(600)])?.isWellFormed()).toBe(true);
  });
});

describe('the text of a page', () => {
  const german = Buffer.from('<title>Gr\xfc\xdfe</title>', 'latin1');
  it.each<[string, Buffer, string, string]>([
    ['says its encoding in its header', german, 'text/html; charset=ISO-8859-1', 'Grüße'],
    ['says it in its own lines', Buffer.concat([Buffer.from('<meta charset="latin1">'), german]), 'text/html', 'Grüße'],
    ['says nothing and is no UTF-8', german, 'text/html', 'Grüße'],
    ['is UTF-8', Buffer.from('<title>Grüße</title>'), 'text/html', 'Grüße'],
    ['names an encoding that nobody knows', Buffer.from('<title>Grüße</title>'), 'text/html; charset=klingon', 'Grüße'],
    ['begins with a mark', Buffer.from('\ufeff<title>Grüße</title>', 'utf16le'), 'text/html', 'Grüße'],
    ['is Japanese', Buffer.from([0x82, 0xb1, 0x82, 0xf1]), 'text/html; charset=Shift_JIS', 'こん'],
  ])('is read where it %s', (_case, bytes, type, expected) => {
    expect(pageText(bytes, type)).toContain(expected);
  });
});

describe('oEmbed', () => {
  it('describes a post by its text', async () => {
    const text = JSON.stringify({
      version: '1.0',
      type: 'rich',
      author_name: 'Alice',
      provider_name: 'Somewhere',
      html: '<blockquote><p>Hello &amp; good bye</p></blockquote><script src="x"></script>',
      thumbnail_url: 'https://a.test/a.png',
    });
    expect(await openGraphOfOembed(text)).toEqual({
      'og:title': 'Alice',
      'og:site_name': 'Somewhere',
      'og:description': 'Hello & good bye',
      'og:image': 'https://a.test/a.png',
    });
  });

  it.each(['{', '[]', '{"version":"2.0"}', 'null', '{}'])('is not %s', async (text) => {
    expect(await openGraphOfOembed(text)).toBeUndefined();
  });

  it('is asked of services whose pages say nothing', () => {
    expect(oembedAddress('https://twitter.com/alice/status/123')).toMatch(/^https:\/\/publish\.twitter\.com\/oembed\?/);
    expect(oembedAddress('https://a.test/?https://twitter.com/alice/status/123')).toBeUndefined();
  });
});

describe('forbidden addresses', () => {
  it.each<[UrlRule, string, boolean]>([
    [{ hostname: 'evil.test' }, 'https://evil.test/a', true],
    [{ hostname: 'evil.test' }, 'https://good.test/a', false],
    [{ hostname: '*.evil.test' }, 'https://www.evil.test/', true],
    [{ username: '*' }, 'https://user@a.test/', true],
    [{ netloc: '^[0-9]+\\.' }, 'http://10.1.1.1/', true],
    [{ scheme: 'http', netloc: 'www.a.test' }, 'https://www.a.test/', false],
    [{ scheme: 'http', netloc: 'www.a.test' }, 'http://www.a.test/', true],
    [{ port: '8080' }, 'http://a.test:8080/', true],
    [{ path: '/private/*', query: 'x=?' }, 'http://a.test/private/1?x=2', true],
    [{}, 'http://a.test/', false],
    [{ nonsense: '*' }, 'http://a.test/', false],
  ])('%j and %s: %s', (rule, url, expected) => {
    expect(isForbidden([rule], new URL(url))).toBe(expected);
  });
});
