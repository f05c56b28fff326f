import { afterAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { UserId } from '../../src-main/spec/ids.js';
import { type PduDraft, sealPdu } from '../../src-main/spec/seal-pdu.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';
import { rulesOf } from '../support/rooms.js';

/** Invitations to rooms of others. */
const federation = await startFederation(['hs1.test']);
const one = federation.server('hs1.test');
const good = await federation.fakeServer('good.test');
const bad = await federation.fakeServer('bad.test');
const alice = await one.register('alice');
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const mallory: UserId = '@mallory:bad.test';

it('a server that lies about the version of somebody’s room spoils it for nobody', async () => {
  const room = new FakeRoom(good, '11').letIn();
  const draft: JsonObject = {
    type: 'm.room.member',
    sender: mallory,
    state_key: alice.userId,
    room_id: room.roomId,
    event_id: '$invite:bad.test',
    content: { membership: 'invite' },
    origin_server_ts: Date.now(),
    depth: 5,
    origin: 'bad.test',
    prev_events: [['$before:bad.test', {}]],
    auth_events: [['$create:bad.test', {}]],
  };
  const { pdu, eventId } = sealPdu(draft as unknown as PduDraft, rulesOf('1'), 'bad.test', bad.key);
  const path = `/_matrix/federation/v2/invite/${segment(room.roomId)}/${segment(eventId)}`;
  const invited = await bad.ask(one, 'PUT', path, { room_version: '1', event: pdu, invite_room_state: [] });
  expect(invited.status).toBe(200);

  await alice.ok('POST', `/join/${segment(room.roomId)}`, { query: { via: 'good.test' }, body: {} });
  const hello = room.add({ type: 'm.room.message', content: { msgtype: 'm.text', body: 'hello' } });
  const transaction = { origin: 'good.test', origin_server_ts: Date.now(), pdus: [hello.pdu] };
  const { body } = await good.ask(one, 'PUT', '/_matrix/federation/v1/send/t1', transaction);
  expect(body).toEqual({ pdus: { [hello.eventId]: {} } });
  await expect
    .poll(async () => (await alice.messages(room.roomId, { dir: 'b' })).chunk[0])
    .toMatchObject({ event_id: hello.eventId });
});
