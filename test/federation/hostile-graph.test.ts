import { afterAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import { eventIdOf } from '../../src-main/spec/event-id.js';
import type { EventId, RoomId, UserId } from '../../src-main/spec/ids.js';
import { type PduDraft, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';
import { rulesOf } from '../support/rooms.js';

/** Events that name those of another room, where their sender has all power. */
const federation = await startFederation(['hs1.test']);
const one = federation.server('hs1.test');
const fake = await federation.fakeServer('fake.test');
const alice = await one.register('alice');
afterAll(() => federation.stop());

const V1 = '/_matrix/federation/v1';
const segment = encodeURIComponent;
const mallory: UserId = '@mallory:fake.test';
const VERSION = '11';
const rules = rulesOf(VERSION);
let count = 0;

const send = (pdus: readonly JsonObject[]) =>
  fake.ask(one, 'PUT', `${V1}/send/h${(count += 1)}`, { origin: 'fake.test', origin_server_ts: Date.now(), pdus });

/** A room of Alice's that Mallory has joined, and one of the fake server's that Alice is in. */
async function twoRooms() {
  const roomId = await alice.createRoom({ preset: 'public_chat', room_version: VERSION, name: 'ours' });
  const make = `${V1}/make_join/${segment(roomId)}/${segment(mallory)}?ver=${VERSION}`;
  const { body: template } = await fake.ask(one, 'GET', make);
  const join = sealPdu(template.event as PduDraft, rules, 'fake.test', fake.key);
  const path = `/_matrix/federation/v2/send_join/${segment(roomId)}/${segment(join.eventId)}`;
  const { body } = await fake.ask(one, 'PUT', path, join.pdu);
  const idOf = (type: string) =>
    eventIdOf((body.state as JsonObject[]).find((event) => event.type === type) ?? {}, rules);
  const authEvents = [idOf('m.room.create'), idOf('m.room.power_levels'), join.eventId];
  const other = new FakeRoom(fake, VERSION).letIn();
  other.add({ type: 'm.room.name', stateKey: '', content: { name: 'theirs' } });
  other.add({ type: 'm.room.topic', stateKey: '', content: { topic: 'theirs' } });
  other.add({ type: 'm.room.member', sender: mallory, stateKey: mallory, content: { membership: 'join' } });
  await alice.ok('POST', `/join/${segment(other.roomId)}`, { query: { via: 'fake.test' }, body: {} });
  const follows = (prevEvents: readonly EventId[], text: string) => {
    const draft = { ...template.event, type: 'm.room.message', state_key: undefined, prev_events: prevEvents };
    const whole = { ...draft, auth_events: authEvents, depth: 50, content: { msgtype: 'm.text', body: text } };
    return sealPdu(JSON.parse(JSON.stringify(whole)) as PduDraft, rules, 'fake.test', fake.key);
  };
  return { roomId, other, join, follows };
}

async function isUntouched(roomId: RoomId): Promise<void> {
  const state = (await alice.ok('GET', `/rooms/${segment(roomId)}/state`)) as JsonObject[];
  expect(state.filter(({ room_id: of }) => of !== roomId)).toEqual([]);
  expect(await alice.stateContent(roomId, 'm.room.name')).toEqual({ name: 'ours' });
  expect(state.filter(({ type }) => type === 'm.room.topic')).toEqual([]);
}

it('an event that follows one of another room brings nothing of that room', async () => {
  const { roomId, other, join, follows } = await twoRooms();
  fake.on('POST', `${V1}/get_missing_events/${segment(roomId)}`, () => ({ body: { events: [] } }));
  fake.on('GET', `${V1}/state_ids/${segment(roomId)}`, () => ({
    status: 403,
    body: { errcode: 'M_FORBIDDEN', error: '' },
  }));
  await send([follows(other.latest, 'across').pdu, follows([...other.latest, join.eventId], 'both').pdu]);
  const last = follows([join.eventId], 'last');
  await send([last.pdu]);
  await expect.poll(async () => (await alice.messages(roomId, { dir: 'b' })).chunk[0]?.event_id).toBe(last.eventId);
  await isUntouched(roomId);
});

it('a state told for a gap counts only as far as it is of the room', async () => {
  const { roomId, other, join, follows } = await twoRooms();
  const theirs = other.events.filter(({ stateKey }) => stateKey !== undefined).map(({ eventId }) => eventId);
  let asked = 0;
  fake.on('POST', `${V1}/get_missing_events/${segment(roomId)}`, () => ({ body: { events: [] } }));
  fake.on('GET', `${V1}/state_ids/${segment(roomId)}`, () => {
    asked += 1;
    return { body: { pdu_ids: theirs, auth_chain_ids: [] } };
  });
  await send([follows(['$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'], 'gap').pdu]);
  await expect.poll(() => asked).toBeGreaterThan(0);
  const last = follows([join.eventId], 'last');
  await send([last.pdu]);
  await expect.poll(async () => (await alice.messages(roomId, { dir: 'b' })).chunk[0]?.event_id).toBe(last.eventId);
  await isUntouched(roomId);
});
