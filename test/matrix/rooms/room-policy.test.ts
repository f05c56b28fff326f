import { expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { RoomPolicyConfig } from '../../../src-main/config/config.js';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { startHomeserver } from '../../support/homeserver.js';
import { refusal, roomPath, segment } from './shared-homeserver.js';

const FORBIDDEN = refusal(403, 'M_FORBIDDEN');
const rooms = defaultConfig({ serverName: 'hearth.test', dataDir: '/nowhere' }).rooms;
const anybody = { userId: '*', alias: '*', roomId: '*' };

async function startWith(policy: Partial<RoomPolicyConfig>) {
  const server = await startHomeserver({ config: { rooms: { ...rooms, policy: { ...rooms.policy, ...policy } } } });
  onTestFinished(() => server.stop());
  return { server, alice: await server.register('alice'), bob: await server.register('bob') };
}

const aliasPath = (alias: string) => `/directory/room/${segment(alias)}`;
const listPath = (roomId: string) => `/directory/list/room/${segment(roomId)}`;

it('names rooms only as the first rule that fits allows', async () => {
  const { alice, bob } = await startWith({
    aliasRules: [
      { ...anybody, alias: '#secret*', allows: false },
      { ...anybody, userId: '@alice:*', allows: true },
    ],
  });
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  const name = { room_id: roomId };
  expect((await alice.put(aliasPath('#kitchen:hearth.test'), name)).status).toBe(200);
  expect(await alice.put(aliasPath('#secret-1:hearth.test'), name)).toMatchObject(FORBIDDEN);
  expect(await bob.put(aliasPath('#garden:hearth.test'), name)).toMatchObject(FORBIDDEN);
  expect(await bob.post('/createRoom', { room_alias_name: 'garden' })).toMatchObject(FORBIDDEN);
});

it('shows rooms in the directory only as the rules allow, and makes the others all the same', async () => {
  const { alice, bob } = await startWith({ publicationRules: [{ ...anybody, alias: '#open*', allows: true }] });
  const hidden = await alice.createRoom({ visibility: 'public' });
  const shown = await alice.createRoom({ visibility: 'public', room_alias_name: 'open-house' });
  expect(await alice.put(listPath(hidden), { visibility: 'public' })).toMatchObject(FORBIDDEN);
  expect((await alice.put(aliasPath('#open-door:hearth.test'), { room_id: hidden })).status).toBe(200);
  expect((await bob.get('/publicRooms')).body.chunk.map((room: { room_id: string }) => room.room_id)).toEqual([shown]);
  expect((await alice.put(listPath(hidden), { visibility: 'public' })).status).toBe(200);
  expect((await bob.get('/publicRooms')).body.chunk).toHaveLength(2);
});

it('has no directory where it is switched off', async () => {
  const { alice } = await startWith({ hasDirectory: false });
  const roomId = await alice.createRoom({ visibility: 'public' });
  expect(await alice.put(listPath(roomId), { visibility: 'public' })).toMatchObject(FORBIDDEN);
  expect((await alice.put(listPath(roomId), { visibility: 'private' })).status).toBe(200);
  expect((await alice.get('/publicRooms')).body.chunk).toEqual([]);
  expect((await alice.get('/publicRooms?server=other.test')).body.chunk).toEqual([]);
  expect((await alice.post('/publicRooms?server=other.test', {})).body.chunk).toEqual([]);
});

it('lets people name rooms that they are not in where it is told to', async () => {
  const { alice, bob } = await startWith({ aliasesByMembersOnly: false });
  const roomId = await alice.createRoom();
  expect((await bob.put(aliasPath('#elsewhere:hearth.test'), { room_id: roomId })).status).toBe(200);
});

it('leaves inviting to administrators where it is told to', async () => {
  const { server, alice, bob } = await startWith({ invitesByAdminsOnly: true });
  const admin = await server.registerAdmin('carol');
  const roomId = await alice.createRoom();
  expect(await alice.post(roomPath(roomId, 'invite'), { user_id: bob.userId })).toMatchObject(FORBIDDEN);
  expect(await alice.post('/createRoom', { invite: [bob.userId] })).toMatchObject(FORBIDDEN);
  await admin.invite(await admin.createRoom(), bob);
});

it('begins rooms with the power levels of the configuration, below those of whoever makes them', async () => {
  const { alice } = await startWith({ powerLevels: { private_chat: { invite: 75, kick: 60 } } });
  const levelsOf = async (options: JsonObject) => {
    const roomId = await alice.createRoom(options);
    return (await alice.get(roomPath(roomId, 'state/m.room.power_levels'))).body;
  };
  expect(await levelsOf({ preset: 'private_chat' })).toMatchObject({ invite: 75, kick: 60, ban: 50 });
  expect(await levelsOf({ preset: 'public_chat' })).toMatchObject({ kick: 50 });
  const own = { power_level_content_override: { kick: 55 } };
  expect(await levelsOf({ preset: 'private_chat', ...own })).toMatchObject({ invite: 75, kick: 55 });
});
