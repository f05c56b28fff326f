import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import { MovingClock } from '../../support/moving-clock.js';

const DAY = 86_400_000;
const clock = new MovingClock();
let one: TestHomeserver;

beforeAll(async () => {
  one = await startHomeserver({ clock });
});
afterAll(() => one?.[Symbol.asyncDispose]());

const links = () => one.homeserver.accounts.passwordLinks;
/** As the page does, which is no client of the spec's. */
async function ask(what: 'check' | 'set', given: object) {
  const body = JSON.stringify(given);
  const response = await fetch(`${one.url}/join/password/${what}`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}
const signIn = (user: string, password: string) =>
  one.stranger.post('/login', { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password });

it('lets somebody choose a new password, once, and signs them out where that is wanted', async () => {
  const sam = await one.register('sam');
  const { token } = await links().issue(sam.userId, true);
  expect(await ask('check', { token })).toMatchObject({ status: 200, body: { user_id: sam.userId } });
  expect((await signIn('sam', sam.password)).status).toBe(200);
  expect(await ask('set', { token, password: 'another horse' })).toMatchObject({ status: 200 });
  expect((await signIn('sam', sam.password)).status).toBe(403);
  expect((await signIn('sam', 'another horse')).status).toBe(200);
  expect((await sam.get('/account/whoami')).body.errcode).toBe('M_UNKNOWN_TOKEN');
  for (const what of ['check', 'set'] as const) {
    expect(await ask(what, { token, password: 'a third horse' })).toMatchObject({
      status: 401,
      body: { errcode: 'M_UNKNOWN_TOKEN' },
    });
  }
});

it('keeps devices signed in where that is wanted', async () => {
  const kim = await one.register('kim');
  const { token } = await links().issue(kim.userId, false);
  expect((await ask('set', { token, password: 'another horse' })).status).toBe(200);
  expect((await kim.get('/account/whoami')).status).toBe(200);
});

it('lets one of two who come at once use it', async () => {
  const max = await one.register('max');
  const { token } = await links().issue(max.userId, false);
  const both = await Promise.all(['first horse', 'second horse'].map((password) => ask('set', { token, password })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
});

it('works for a day, and gives way to the next one', async () => {
  const ann = await one.register('ann');
  const first = await links().issue(ann.userId, false);
  const second = await links().issue(ann.userId, false);
  expect((await ask('check', { token: first.token })).status).toBe(401);
  clock.move(DAY - 60_000);
  expect((await ask('check', { token: second.token })).status).toBe(200);
  clock.move(120_000);
  expect((await ask('check', { token: second.token })).status).toBe(401);
});

it('works over a restart, and not for accounts that were given up', async () => {
  const lee = await one.register('lee');
  const { token } = await links().issue(lee.userId, false);
  await one.restart();
  expect((await ask('check', { token })).status).toBe(200);
  await one.homeserver.accounts.deactivations.deactivate(lee.userId, false);
  expect((await ask('set', { token, password: 'another horse' })).status).toBe(403);
  await expect(links().issue(lee.userId, false)).rejects.toThrow('deactivated');
  await expect(links().issue(one.userId('nobody'), false)).rejects.toThrow('no such account');
});

it('is not to be guessed: who tries too often waits', async () => {
  const tries = await Promise.all(Array.from({ length: 40 }, () => ask('check', { token: 'guess' })));
  expect(tries.map(({ status }) => status)).toContain(429);
});
