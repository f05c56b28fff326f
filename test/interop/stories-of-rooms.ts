import { expect } from 'vitest';
import { expectAgreement, expectMessage } from './agreement.js';
import { type Cast, expectMembership, joinVia, publicRoom, seg } from './story.js';

/** The first event after a moment is found, on the server that has it, when the guest's has none there. */
export async function atTime(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  const early = await host.say(roomId, 'early');
  const { origin_server_ts: ts } = await host.event(roomId, early);
  await host.say(roomId, 'later');
  await guest.join(alias);
  const found = await guest.ok('GET', `/_matrix/client/v1/rooms/${seg(roomId)}/timestamp_to_event`, {
    query: { ts: Number(ts), dir: 'f' },
  });
  expect(found.event_id).toBe(early);
  await expectAgreement(roomId, host, guest);
}

/** The server that made the room has left it, and comes back by the word of the other. */
export async function vouchedFor(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const space = await publicRoom(cast, { creation_content: { type: 'm.space' } });
  const allow = [{ type: 'm.room_membership', room_id: space.roomId }];
  const join_rules = { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'restricted', allow } };
  const { roomId } = await publicRoom(cast, { initial_state: [join_rules] });
  await guest.join(space.alias);
  await expectMembership(host, space.roomId, guest, 'join');
  await joinVia(guest, roomId, host);
  await expectMembership(host, roomId, guest, 'join');
  const levels = await host.stateContent(roomId, 'm.room.power_levels');
  await host.setState(roomId, 'm.room.power_levels', { ...levels, users: { ...levels.users, [guest.userId]: 100 } });
  await host.leave(roomId);
  await expectMembership(guest, roomId, host, 'leave');
  await joinVia(host, roomId, guest);
  const { join_authorised_via_users_server: voucher } = await host.stateContent(roomId, 'm.room.member', host.userId);
  expect(voucher).toBe(guest.userId);
  await expectMembership(guest, roomId, host, 'join');
  await host.say(roomId, 'back again');
  await expectMessage(roomId, guest, 'back again');
  await expectAgreement(roomId, host, guest);
}

/** A room of version 10 becomes one of version 12, whose id names no server; the other server's people follow. */
export async function modernise(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom({ ...cast, version: '10' });
  await guest.join(alias);
  const body = { new_version: '12' };
  const { replacement_room: next } = await host.ok('POST', `/rooms/${seg(roomId)}/upgrade`, { body });
  expect(next).not.toContain(':');
  await expect
    .poll(async () => (await guest.get(`/rooms/${seg(roomId)}/state/m.room.tombstone`)).body.replacement_room, {
      timeout: 15_000,
    })
    .toBe(next);
  expect(await guest.join(alias)).toBe(next);
  const { predecessor } = await guest.stateContent(next, 'm.room.create');
  expect(predecessor.room_id).toBe(roomId);
  await guest.say(next, 'arrived');
  await expectMessage(next, host, 'arrived');
  await expectAgreement(next, host, guest);
  await expectAgreement(roomId, host, guest);
}
