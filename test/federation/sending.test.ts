import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeRoom } from '../support/fake-room.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

let federation: TestFederation;
let one: TestHomeserver;
let alice: TestUser;
let count = 0;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
  one = federation.server('hs1.test');
  alice = await one.register('alice');
});
afterAll(() => federation.stop());

/** A room of a hand-played server that Alice has joined; the server keeps what it is sent. */
async function joined() {
  count += 1;
  const fake = await federation.fakeServer(`fake${count}.test`);
  const room = new FakeRoom(fake, '12').letIn();
  takesAll(fake);
  await alice.join(room.roomId, fake.name);
  return { fake, room };
}

const takesAll = (fake: FakeServer) => fake.on('PUT', /\/send\//, { body: { pdus: {} } });
const transactions = (fake: FakeServer) => fake.received(/\/_matrix\/federation\/v1\/send\//);
/** Texts of the messages that a server was sent, again where they came again. */
const texts = (fake: FakeServer): string[] =>
  transactions(fake).flatMap(({ body }) => body.pdus.map((pdu: any) => pdu.content.body));
const waitFor = (fake: FakeServer, wanted: string[], timeout = 10_000) =>
  expect.poll(() => [...new Set(texts(fake))], { timeout }).toEqual(wanted);

describe('messages to another server', () => {
  it('come in signed transactions, in order, as the spec wants them', async () => {
    const { fake, room } = await joined();
    const all = Array.from({ length: 30 }, (_none, at) => `m${at}`);
    for (const body of all) await alice.say(room.roomId, body);
    await waitFor(fake, all);
    const { signingKey } = one.homeserver.servers;
    for (const request of transactions(fake)) {
      expect(fake.isSignedBy(request, 'hs1.test', signingKey)).toBe(true);
      expect(request.body).toMatchObject({ origin: 'hs1.test', origin_server_ts: expect.any(Number) });
    }
    expect(new Set(transactions(fake).map(({ uri }) => uri)).size).toBe(transactions(fake).length);
  });

  it('come together when many are sent while a transaction is under way', async () => {
    const { fake, room } = await joined();
    const held = Promise.withResolvers<void>();
    fake.on('PUT', /\/send\//, async ({ body }) => {
      if (body.pdus.length > 0) await held.promise;
      return { body: { pdus: {} } };
    });
    const withEvents = () => transactions(fake).filter(({ body }) => body.pdus.length > 0);
    await alice.say(room.roomId, 'first');
    await expect.poll(() => withEvents().length).toBe(1);
    const all = Array.from({ length: 60 }, (_none, at) => `m${at}`);
    for (const body of all) await alice.say(room.roomId, body);
    expect(withEvents()).toHaveLength(1);
    held.resolve();
    await waitFor(fake, ['first', ...all]);
    expect(withEvents().map(({ body }) => body.pdus.length)).toEqual([1, 50, 10]);
  });

  it.each<[string, Parameters<FakeServer['on']>[2]]>([
    ['hangs', () => new Promise(() => undefined)],
    ['closes the connection', ({ message }) => void message.socket.destroy()],
    [
      'sends half an answer',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"pdus":', () => response.destroy());
        return undefined;
      },
    ],
    ['answers 500', { status: 500, body: { errcode: 'M_UNKNOWN', error: 'broken' } }],
    ['answers a page', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['answers no JSON', { status: 200, body: 'fine' }],
    ['sends headers without end', { status: 200, body: { pdus: {} }, headers: { 'x-long': 'x'.repeat(100_000) } }],
    ['nests deep', { status: 200, body: `{"pdus":${'['.repeat(10_000)}${']'.repeat(10_000)}}` }],
    ['sends too much', { status: 200, body: `{"pdus":{"x":"${'x'.repeat(12_000_000)}"}}` }],
  ])('are not delayed by one that %s, which gets its own when it is well again', async (_case, answer) => {
    const [{ fake: ill, room: theirs }, { fake, room }] = [await joined(), await joined()];
    ill.on('PUT', /\/send\//, answer);
    await alice.say(theirs.roomId, 'to the ill');
    await expect.poll(() => transactions(ill).length).toBeGreaterThan(0);
    const all = ['one', 'two', 'three'];
    for (const body of all) await alice.say(room.roomId, body);
    await waitFor(fake, all, 3_000);
    if (_case === 'hangs') return;
    takesAll(ill);
    await alice.say(theirs.roomId, 'when it is well');
    await waitFor(ill, ['to the ill', 'when it is well'], 20_000);
  });

  it('come after all when a server that was down speaks', async () => {
    const { fake, room } = await joined();
    fake.on('PUT', /\/send\//, { status: 503, body: { errcode: 'M_UNKNOWN', error: 'down' } });
    await alice.say(room.roomId, 'while it is down');
    const { destinations } = one.homeserver.servers;
    await expect.poll(() => destinations.isResting(fake.name)).toBe(true);
    takesAll(fake);
    await expect
      .poll(
        async () => {
          const body = { origin: fake.name, origin_server_ts: 1, pdus: [] };
          await fake.ask(one, 'PUT', `/_matrix/federation/v1/send/here${(count += 1)}`, body);
          return texts(fake).at(-1);
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe('while it is down');
  });
});
