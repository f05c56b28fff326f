import { describe, expect, it } from 'vitest';
import { refusal, segment, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();
const summaryPath = (room: string) => `/_matrix/client/v1/room_summary/${segment(room)}`;
const restrictedTo = (roomId: string) => ({
  type: 'm.room.join_rules',
  content: { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: roomId }] },
});

describe('the summary of a room', () => {
  it('says what a public room is, by id and by alias, to everybody', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom({
      preset: 'public_chat',
      name: 'Soup',
      topic: 'hot',
      room_alias_name: 'soup',
      initial_state: [
        { type: 'm.room.avatar', content: { url: 'mxc://hearth.test/pot' } },
        { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      ],
    });
    const summary = {
      room_id: roomId,
      name: 'Soup',
      topic: 'hot',
      avatar_url: 'mxc://hearth.test/pot',
      canonical_alias: '#soup:hearth.test',
      join_rule: 'public',
      num_joined_members: 1,
      world_readable: false,
      guest_can_join: false,
      room_version: '12',
      encryption: 'm.megolm.v1.aes-sha2',
    };
    expect((await town.server.stranger.get(summaryPath(roomId))).body).toEqual(summary);
    const bob = await town.person('bob');
    expect((await bob.get(summaryPath('#soup:hearth.test'))).body).toEqual({ ...summary, membership: 'leave' });
    expect((await alice.get(summaryPath(roomId))).body).toEqual({ ...summary, membership: 'join' });
  });

  it.each(['rooms/{}/summary', 'summary/{}'])('answers at the old path %s with the old names too', async (path) => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const old = `/_matrix/client/unstable/im.nheko.summary/${path.replace('{}', segment(roomId))}`;
    expect((await alice.get(old)).body).toMatchObject({
      room_id: roomId,
      room_version: '12',
      membership: 'join',
      'im.nheko.summary.version': '12',
      'im.nheko.summary.room_version': '12',
    });
  });

  it('is not for those who may not come in', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await alice.createRoom();
    expect(await bob.get(summaryPath(roomId))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await town.server.stranger.get(summaryPath(roomId))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    await alice.invite(roomId, bob);
    expect((await bob.get(summaryPath(roomId))).body).toMatchObject({ membership: 'invite', join_rule: 'invite' });
  });

  it('of a restricted room is for members of the rooms that it names', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    const club = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(club);
    const roomId = await alice.createRoom({ initial_state: [restrictedTo(club)] });
    expect((await bob.get(summaryPath(roomId))).body).toMatchObject({ allowed_room_ids: [club] });
    expect(await carol.get(summaryPath(roomId))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
  });

  it('of a room that takes knocks, or that the world may read, is for everybody', async () => {
    const alice = await town.person('alice');
    const knock = { type: 'm.room.join_rules', content: { join_rule: 'knock' } };
    const readable = { type: 'm.room.history_visibility', content: { history_visibility: 'world_readable' } };
    for (const initial of [knock, readable]) {
      const roomId = await alice.createRoom({ initial_state: [initial] });
      expect((await town.server.stranger.get(summaryPath(roomId))).status).toBe(200);
    }
  });

  it.each([
    ['an unknown room', '!unknown:hearth.test', 404, 'M_NOT_FOUND'],
    ['an unknown alias', '#unknown:hearth.test', 404, 'M_NOT_FOUND'],
    ['what is no room', 'soup', 400, 'M_INVALID_PARAM'],
  ])('is not there for %s', async (_case, room, status, errcode) => {
    const alice = await town.person('alice');
    expect(await alice.get(summaryPath(room))).toMatchObject(refusal(status, errcode));
  });
});
