import { expect } from 'vitest';
import type { TestUser } from '../support/test-client.js';
import { expectAgreement, expectMessage, historyOf } from './agreement.js';
import { crossSigning, profile, thumbnail } from './stories-of-people.js';
import { atTime, modernise, vouchedFor } from './stories-of-rooms.js';
import { type Cast, expectMembership, joinVia, publicRoom, seg, serverOf, type Story } from './story.js';

let counter = 0;

/** What happens between two servers, whichever of them begins; `since` is the first room version that knows it. */
export const stories: Readonly<Record<string, { readonly since: number; readonly tell: Story }>> = {
  'join by alias, and talk both ways': { since: 1, tell: talk },
  'invite, accept, reject': { since: 1, tell: invite },
  'leave, join again, kick, ban, unban': { since: 1, tell: comeAndGo },
  'topic, power levels, redaction': { since: 1, tell: govern },
  'knock, and be let in': { since: 7, tell: knock },
  'restricted join through a space': { since: 8, tell: restricted },
  'a late joiner reads the history': { since: 1, tell: lateJoiner },
  'both write and moderate at once': { since: 1, tell: atOnce },
  'typing, receipts, presence': { since: 1, tell: ephemeral },
  'profile, public rooms, hierarchy': { since: 1, tell: lookUp },
  'device keys and to-device messages': { since: 1, tell: devices },
  'media by the authenticated path': { since: 1, tell: media },
  'upgrade, and follow': { since: 1, tell: upgrade },
  'a new name and picture': { since: 1, tell: profile },
  'signing keys, and a device that comes and goes': { since: 1, tell: crossSigning },
  'a smaller picture': { since: 1, tell: thumbnail },
  'back into a restricted room by the word of the other server': { since: 8, tell: vouchedFor },
  'upgrade from version 10, and follow': { since: 12, tell: modernise },
  'the first event after a moment': { since: 1, tell: atTime },
};

async function talk(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await host.say(roomId, 'before anybody came');
  expect(await guest.join(alias)).toBe(roomId);
  await guest.say(roomId, 'from the guest');
  await expectMessage(roomId, host, 'from the guest');
  await host.say(roomId, 'from the host');
  await expectMessage(roomId, guest, 'from the host');
  await expectAgreement(roomId, host, guest);
}

async function invite(cast: Cast): Promise<void> {
  const { host, guest, friend, version } = cast;
  const roomId = await host.createRoom({ room_version: version, preset: 'private_chat', invite: [guest.userId] });
  await guest.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
  await joinVia(guest, roomId, host);
  await host.invite(roomId, friend);
  await friend.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
  await friend.leave(roomId);
  await expectMembership(host, roomId, friend, 'leave');
  await expectAgreement(roomId, host, guest);
}

async function comeAndGo(cast: Cast): Promise<void> {
  const { host, guest, friend } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await guest.join(alias);
  await friend.join(alias);
  await guest.leave(roomId);
  await expectMembership(host, roomId, guest, 'leave');
  await guest.join(alias);
  await expectMembership(host, roomId, guest, 'join');
  await host.moderate('kick', roomId, friend.userId, 'out');
  await expectMembership(guest, roomId, friend, 'leave');
  await host.moderate('ban', roomId, friend.userId, 'and stay out');
  await expectMembership(guest, roomId, friend, 'ban');
  expect((await friend.post(`/join/${seg(alias)}`, {})).status).toBe(403);
  await host.moderate('unban', roomId, friend.userId);
  await expectMembership(guest, roomId, friend, 'leave');
  await friend.join(alias);
  await expectMembership(host, roomId, friend, 'join');
  await expectAgreement(roomId, host, guest);
}

async function govern(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await guest.join(alias);
  const levels = await host.stateContent(roomId, 'm.room.power_levels');
  await host.setState(roomId, 'm.room.power_levels', { ...levels, users: { ...levels.users, [guest.userId]: 50 } });
  await expect
    .poll(async () => (await guest.stateContent(roomId, 'm.room.power_levels')).users?.[guest.userId], {
      timeout: 15_000,
    })
    .toBe(50);
  await guest.setState(roomId, 'm.room.topic', { topic: 'set by the guest' });
  await expect
    .poll(async () => (await host.get(`/rooms/${seg(roomId)}/state/m.room.topic`)).body.topic, { timeout: 15_000 })
    .toBe('set by the guest');
  const said = await host.say(roomId, 'something to take back');
  await expectMessage(roomId, guest, 'something to take back');
  await guest.redact(roomId, said, 'as a moderator');
  await expect.poll(async () => (await host.event(roomId, said)).content, { timeout: 15_000 }).toEqual({});
  expect((await guest.event(roomId, said)).content).toEqual({});
  await expectAgreement(roomId, host, guest);
}

async function knock(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId } = await publicRoom(cast, {
    initial_state: [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } }],
  });
  await guest.ok('POST', `/knock/${seg(roomId)}`, {
    query: { via: serverOf(host), server_name: serverOf(host) },
    body: {},
  });
  await expectMembership(host, roomId, guest, 'knock');
  await host.invite(roomId, guest);
  await guest.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
  await joinVia(guest, roomId, host);
  await expectMembership(host, roomId, guest, 'join');
  await expectAgreement(roomId, host, guest);
}

async function restricted(cast: Cast): Promise<void> {
  const { host, guest, friend } = cast;
  const space = await publicRoom(cast, { creation_content: { type: 'm.space' } });
  const allow = [{ type: 'm.room_membership', room_id: space.roomId }];
  const { roomId } = await publicRoom(cast, {
    initial_state: [{ type: 'm.room.join_rules', state_key: '', content: { join_rule: 'restricted', allow } }],
  });
  expect(
    (await guest.post(`/join/${seg(roomId)}?via=${seg(serverOf(host))}&server_name=${seg(serverOf(host))}`, {})).status,
  ).toBe(403);
  await guest.join(space.alias);
  await expectMembership(host, space.roomId, guest, 'join');
  await joinVia(guest, roomId, host);
  await expectMembership(host, roomId, guest, 'join');
  await friend.join(space.alias);
  await expectMembership(host, space.roomId, friend, 'join');
  await joinVia(friend, roomId, host);
  await expectMembership(host, roomId, friend, 'join');
  await expectAgreement(roomId, host, guest);
}

async function lateJoiner(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  const said: string[] = [];
  for (let i = 0; i < 120; i++) said.push(await host.say(roomId, `old ${i}`));
  await guest.join(alias);
  await expect.poll(() => historyOf(roomId, guest), { timeout: 20_000 }).toEqual(expect.arrayContaining(said));
  await expectAgreement(roomId, host, guest);
}

async function atOnce(cast: Cast): Promise<void> {
  const { host, guest, friend } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await guest.join(alias);
  await friend.join(alias);
  const levels = await host.stateContent(roomId, 'm.room.power_levels');
  await host.setState(roomId, 'm.room.power_levels', { ...levels, users: { ...levels.users, [guest.userId]: 50 } });
  await expect
    .poll(async () => (await guest.stateContent(roomId, 'm.room.power_levels')).users?.[guest.userId], {
      timeout: 15_000,
    })
    .toBe(50);
  const burst = (who: TestUser, from: string) =>
    Promise.all(Array.from({ length: 15 }, (_, i) => who.say(roomId, `${from} ${i}`)));
  await Promise.all([
    burst(host, 'host'),
    burst(guest, 'guest'),
    host.setState(roomId, 'm.room.topic', { topic: 'the host says' }),
    guest.setState(roomId, 'm.room.topic', { topic: 'the guest says' }),
    host.setState(roomId, 'm.room.name', { name: 'host' }),
    guest.moderate('kick', roomId, friend.userId).catch(() => undefined),
  ]);
  await host.say(roomId, 'the last of the host');
  await expectMessage(roomId, guest, 'the last of the host');
  await guest.say(roomId, 'the last of the guest');
  await expectMessage(roomId, host, 'the last of the guest');
  await expectAgreement(roomId, host, guest);
}

async function ephemeral(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await guest.join(alias);
  const said = await host.say(roomId, 'read this');
  await expectMessage(roomId, guest, 'read this');
  const ephemeralOf = (type: string, wanted: (content: any) => boolean) => (body: any) =>
    body.rooms?.join?.[roomId]?.ephemeral?.events.find((e: any) => e.type === type && wanted(e.content));
  await guest.receipt(roomId, said);
  await host.syncUntilBody(ephemeralOf('m.receipt', (content) => content[said]?.['m.read']?.[guest.userId]));
  await guest.ok('PUT', `/rooms/${seg(roomId)}/typing/${seg(guest.userId)}`, {
    body: { typing: true, timeout: 20_000 },
  });
  await host.syncUntilBody(ephemeralOf('m.typing', (content) => content.user_ids.includes(guest.userId)));
  await guest.ok('PUT', `/presence/${seg(guest.userId)}/status`, { body: { presence: 'online', status_msg: roomId } });
  await host.syncUntilBody((body) => body.presence?.events.find((e: any) => e.content.status_msg === roomId));
}

/** Synapse remembers a list of rooms for half a minute: another limit is another list. */
async function lookUp(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const space = await publicRoom(cast, { visibility: 'public', creation_content: { type: 'm.space' } });
  const child = await publicRoom(cast, { visibility: 'public' });
  await host.setState(space.roomId, 'm.space.child', { via: [serverOf(host)] }, child.roomId);
  await host.setDisplayName('The host');
  const profile = await guest.ok('GET', `/profile/${seg(host.userId)}`);
  expect(profile.displayname).toBe('The host');
  const listed = await guest.ok('GET', '/publicRooms', { query: { server: serverOf(host), limit: 100 + counter } });
  expect(listed.chunk.map((room: any) => room.room_id)).toContain(space.roomId);
  const resolved = await guest.ok('GET', `/directory/room/${seg(child.alias)}`);
  expect(resolved.room_id).toBe(child.roomId);
  await guest.join(space.alias);
  const { rooms } = await guest.ok('GET', `/_matrix/client/v1/rooms/${seg(space.roomId)}/hierarchy`);
  expect(rooms.map((room: any) => room.room_id)).toEqual([space.roomId, child.roomId]);
}

async function devices(cast: Cast): Promise<void> {
  const { host, guest } = cast;
  const { alias } = await publicRoom(cast);
  await guest.join(alias);
  const keys = deviceKeys(host);
  const oneTimeKey = { [`curve25519:AAAA${counter++}`]: 'x'.repeat(43) };
  await host.ok('POST', '/keys/upload', {
    body: { device_keys: keys, one_time_keys: oneTimeKey },
  });
  await expect
    .poll(
      async () =>
        (await guest.ok('POST', '/keys/query', { body: { device_keys: { [host.userId]: [] } } })).device_keys[
          host.userId
        ]?.[host.deviceId]?.keys,
      { timeout: 15_000 },
    )
    .toEqual(keys.keys);
  const claim = { one_time_keys: { [host.userId]: { [host.deviceId]: 'curve25519' } } };
  const claimed = await guest.ok('POST', '/keys/claim', { body: claim });
  expect(claimed.one_time_keys[host.userId][host.deviceId]).toEqual(oneTimeKey);
  const mark = `mark${counter++}`;
  await guest.sendToDevice('m.dummy.test', { [host.userId]: { [host.deviceId]: { mark } } });
  await host.syncUntilBody((body) => body.to_device?.events.find((e: any) => e.content.mark === mark));
}

const deviceKeys = ({ userId, deviceId }: TestUser) => ({
  user_id: userId,
  device_id: deviceId,
  algorithms: ['m.olm.v1.curve25519-aes-sha2'],
  keys: { [`curve25519:${deviceId}`]: 'c'.repeat(43), [`ed25519:${deviceId}`]: 'e'.repeat(43) },
  signatures: { [userId]: { [`ed25519:${deviceId}`]: 's'.repeat(86) } },
});

async function media({ host, guest }: Cast): Promise<void> {
  const bytes = Buffer.from(`some text ${counter++}`);
  const uri = await host.uploadMedia(bytes, 'text/plain', 'note.txt');
  const reply = await guest.downloadMedia(uri);
  expect(reply.status).toBe(200);
  expect(reply.bytes).toEqual(bytes);
}

async function upgrade(cast: Cast): Promise<void> {
  const { host, guest, version } = cast;
  const { roomId, alias } = await publicRoom(cast);
  await guest.join(alias);
  const { replacement_room: replacement } = await host.ok('POST', `/rooms/${seg(roomId)}/upgrade`, {
    body: { new_version: version },
  });
  await expect
    .poll(async () => (await guest.get(`/rooms/${seg(roomId)}/state/m.room.tombstone`)).body.replacement_room, {
      timeout: 15_000,
    })
    .toBe(replacement);
  expect(await guest.join(alias)).toBe(replacement);
  await guest.say(replacement, 'arrived');
  await expectMessage(replacement, host, 'arrived');
  await expectAgreement(replacement, host, guest);
}
