import { expect, it } from 'vitest';
import { Doorbell } from '../../src-main/storage/doorbell.js';
import { News, streamTopic } from '../../src-main/storage/news.js';

const COLOURS = streamTopic('colours');

function hang() {
  const news = new News(0);
  const stopping = new AbortController();
  return { news, stopping, bell: new Doorbell(news, [COLOURS], stopping.signal) };
}

/** Whether a promise has resolved, once all that was ready has run. */
async function isThere(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<false>((resolve) => setImmediate(() => resolve(false)))]);
}

it('rings each time its topic is announced, and for no other', async () => {
  const { news, bell } = hang();
  for (const position of [1, 2]) {
    bell.listen();
    const rung = bell.rung();
    news.announce([streamTopic('shades')], position);
    expect(await isThere(rung)).toBe(false);
    news.announce([COLOURS], position);
    expect(await isThere(rung)).toBe(true);
  }
});

it('has rung for who asks after the news came, until they listen anew', async () => {
  const { news, bell } = hang();
  bell.listen();
  news.announce([COLOURS], 1);
  expect(await isThere(bell.rung())).toBe(true);
  bell.listen();
  expect(await isThere(bell.rung())).toBe(false);
});

it('rings when it is time to stop, and for ever after', async () => {
  const { stopping, bell } = hang();
  bell.listen();
  const rung = bell.rung();
  stopping.abort(new Error('stop'));
  expect(await isThere(rung)).toBe(true);
  bell.listen();
  expect(await isThere(bell.rung())).toBe(true);
});

it('rings no more once it is taken down', async () => {
  const { news, bell } = hang();
  bell.listen();
  bell[Symbol.dispose]();
  news.announce([COLOURS], 1);
  expect(await isThere(bell.rung())).toBe(false);
});
