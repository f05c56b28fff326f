import { afterAll, expect, it } from 'vitest';
import type { UserId } from '../../src-main/spec/ids.js';
import { FakeRoom } from '../support/fake-room.js';
import { startFederation } from '../support/federation.js';

const federation = await startFederation(['hs1.test']);
const one = federation.server('hs1.test');
const fake = await federation.fakeServer('fake.test');
const alice = await one.register('alice');
afterAll(() => federation.stop());

const mallory: UserId = '@mallory:fake.test';
const segment = encodeURIComponent;

it('who was in a room that this server has left is let in nowhere because of it', async () => {
  fake.on('PUT', /^\/_matrix\/federation\/v1\/send\//, { body: { pdus: {} } });
  const club = new FakeRoom(fake, '11').letIn();
  club.add({ type: 'm.room.member', sender: mallory, stateKey: mallory, content: { membership: 'join' } });
  await alice.join(club.roomId, 'fake.test');
  const content = { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: club.roomId }] };
  const roomId = await alice.createRoom({
    room_version: '11',
    initial_state: [{ type: 'm.room.join_rules', state_key: '', content }],
  });
  const make = () =>
    fake.ask(one, 'GET', `/_matrix/federation/v1/make_join/${segment(roomId)}/${segment(mallory)}?ver=11`);
  expect((await make()).status).toBe(200);
  await alice.leave(club.roomId);
  expect(await make()).toMatchObject({ status: 400, body: { errcode: 'M_UNABLE_TO_AUTHORISE_JOIN' } });
});
