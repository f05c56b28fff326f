import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { FakeRoom } from '../support/fake-room.js';
import { describeEachDatabase } from '../support/databases.js';
import { type FakeServer, startFederation, type TestFederation } from '../support/federation.js';
import type { TestHomeserver } from '../support/homeserver.js';
import type { TestUser } from '../support/test-client.js';

const segment = encodeURIComponent;
const V1 = '/_matrix/federation/v1';
/** Longer than any index of PostgreSQL takes, and not to be packed. */
const HUGE = randomBytes(9_000).toString('base64');
const NUL = 'a\u0000b';

describeEachDatabase('what can hardly be stored', (databases) => {
  let federation: TestFederation;
  let one: TestHomeserver;
  let alice: TestUser;
  let count = 0;
  beforeAll(async () => {
    federation = await startFederation(['hs1.test'], { databaseOf: () => databases.create() });
    one = federation.server('hs1.test');
    alice = await one.register('alice');
  });
  afterAll(() => federation.stop());

  async function joined(version: string) {
    count += 1;
    const fake = await federation.fakeServer(`fake${count}.test`);
    const room = new FakeRoom(fake, version).letIn();
    await alice.ok('POST', `/join/${segment(room.roomId)}`, { query: { via: fake.name }, body: {} });
    return { fake, room };
  }

  const send = (fake: FakeServer, pdus: unknown[], edus: unknown[] = []) => {
    const body = { origin: fake.name, origin_server_ts: Date.now(), pdus, ...(edus.length > 0 && { edus }) };
    return fake.ask(one, 'PUT', `${V1}/send/t${(count += 1)}`, body, { isWrong: true });
  };

  /** What comes after it is shown. */
  async function goesOn(fake: FakeServer, room: FakeRoom): Promise<void> {
    const body = `goes on ${(count += 1)}`;
    const { pdu } = room.make({ type: 'm.room.message', content: { msgtype: 'm.text', body } });
    await send(fake, [pdu]);
    const bodies = async () => {
      const { chunk } = await alice.messages(room.roomId, { dir: 'b', limit: 5 });
      return chunk.map(({ content }) => content.body as string);
    };
    await expect.poll(bodies, { timeout: 10_000 }).toContain(body);
    const search = { search_categories: { room_events: { search_term: body, filter: { rooms: [room.roomId] } } } };
    const hits = async () => (await alice.ok('POST', '/search', { body: search })).search_categories.room_events.count;
    await expect.poll(hits, { timeout: 10_000 }).toBe(1);
  }

  const member = '@creator';
  it.each<[string, string, (room: FakeRoom) => JsonObject]>([
    ['a redaction of something huge', '10', (room) => room.make({ type: 'm.room.redaction' }).pdu],
    ['NUL in a type', '12', (room) => room.make({ type: NUL }).pdu],
    ['NUL in a state key', '12', (room) => room.make({ type: 'x', stateKey: NUL }).pdu],
    [
      'NUL in a content',
      '12',
      (room) => room.make({ type: 'm.room.message', content: { body: NUL, msgtype: NUL } }).pdu,
    ],
    [
      'NUL in the name of a room',
      '12',
      (room) => room.make({ type: 'm.room.name', stateKey: '', content: { name: NUL } }).pdu,
    ],
    [
      'a name of a member that is huge',
      '12',
      (room) =>
        room.make({
          type: 'm.room.member',
          stateKey: room.creator,
          content: { membership: 'join', displayname: HUGE + NUL },
        }).pdu,
    ],
    [
      'a redaction of what is no id',
      '11',
      (room) => room.make({ type: 'm.room.redaction', content: { redacts: HUGE } }).pdu,
    ],
    [
      'a relation to what is no id',
      '12',
      (room) => relation(room, { event_id: NUL, rel_type: 'm.annotation', key: HUGE }),
    ],
    ['a relation to something huge', '12', (room) => relation(room, { event_id: HUGE, rel_type: HUGE, key: NUL })],
    [
      'words that are huge',
      '12',
      (room) =>
        room.make({
          type: 'm.room.message',
          content: { msgtype: 'm.text', body: `${HUGE.replaceAll(/[+/]/g, 'x')} ${NUL}` },
        }).pdu,
    ],
    ['a type of many bytes', '10', (room) => room.make({ type: '€'.repeat(255), stateKey: '€'.repeat(255) }).pdu],
  ])('%s hinders nothing', async (_case, version, make) => {
    const { fake, room } = await joined(version);
    expect(room.creator).toContain(member);
    expect((await send(fake, [make(room)])).status).toBe(200);
    await goesOn(fake, room);
  });

  it.each(['1', '2'])('an id of an event that is huge hinders nothing in room version %s', async (version) => {
    const { fake, room } = await joined(version);
    const { pdu } = room.make({ type: 'm.room.message', content: {} });
    for (const id of [`$${HUGE}:${fake.name}`, `$${NUL}:${fake.name}`, HUGE, `$:${HUGE}`, 7]) {
      expect((await send(fake, [{ ...pdu, event_id: id }])).status).toBe(200);
    }
    await goesOn(fake, room);
    // What cannot be checked yet is put aside, and must be fit for that.
    const stranger = `stranger${count}.test`;
    const unknown = { ...pdu, sender: `@x:${stranger}`, signatures: { [stranger]: { 'ed25519:x': 'AAAA' } } };
    expect((await send(fake, [{ ...unknown, event_id: `$${HUGE}:${fake.name}` }])).status).toBe(200);
    await goesOn(fake, room);
  });

  it('a redaction of something huge, of before redactions said it in their content, hinders nothing', async () => {
    const { fake, room } = await joined('10');
    const { sealPdu } = await import('../../src-main/spec/seal-pdu.js');
    const { hashes: _h, signatures: _s, ...draft } = room.make({ type: 'm.room.redaction' }).pdu;
    const pdus = [HUGE, NUL, `$${HUGE}`].map(
      (redacts) => sealPdu({ ...draft, redacts } as never, room.rules, fake.name, fake.key).pdu,
    );
    for (const pdu of pdus) expect((await send(fake, [pdu])).status).toBe(200);
    await goesOn(fake, room);
  });

  it('EDUs hinder nothing', async () => {
    const { fake, room } = await joined('12');
    const event = room.events.at(-1)?.eventId;
    const user = room.creator;
    const strange = [HUGE, NUL, '', '\u0001'];
    const edus = strange.flatMap((text) => [
      {
        edu_type: 'm.receipt',
        content: { [room.roomId]: { 'm.read': { [user]: { event_ids: [text], data: { ts: 1 } } } } },
      },
      {
        edu_type: 'm.receipt',
        content: { [room.roomId]: { 'm.read': { [user]: { event_ids: [event], data: { ts: 1, thread_id: text } } } } },
      },
      { edu_type: 'm.presence', content: { push: [{ user_id: user, presence: 'online', status_msg: text }] } },
      {
        edu_type: 'm.direct_to_device',
        content: {
          sender: user,
          type: text,
          message_id: text,
          messages: { [alice.userId]: { [text]: {}, '*': { a: text } } },
        },
      },
      {
        edu_type: 'm.device_list_update',
        content: { user_id: user, device_id: text, stream_id: 1, keys: { a: text } },
      },
      { edu_type: 'm.signing_key_update', content: { user_id: user, master_key: { keys: { [text]: text } } } },
      { edu_type: text, content: { [text]: text } },
    ]);
    expect((await send(fake, [], edus)).status).toBe(200);
    await goesOn(fake, room);
    const sync = await alice.request('GET', '/sync');
    expect(sync.status).toBe(200);
  });
});

function relation(room: FakeRoom, relatesTo: JsonObject): JsonObject {
  return room.make({ type: 'm.reaction', content: { 'm.relates_to': relatesTo } }).pdu;
}
