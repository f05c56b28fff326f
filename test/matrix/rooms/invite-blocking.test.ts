import { describe, expect, it } from 'vitest';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();
const BLOCKED = refusal(403, 'M_INVITE_BLOCKED');

describe('somebody who wants no invitations', () => {
  it.each(['m.invite_permission_config', 'org.matrix.msc4380.invite_permission_config'])(
    'gets none, by %s',
    async (type) => {
      const [alice, bob] = [await town.person('alice'), await town.person('bob')];
      const roomId = await alice.createRoom({ preset: 'public_chat' });
      await bob.setAccountData(type, { default_action: 'block' });
      expect(await alice.post(roomPath(roomId, 'invite'), { user_id: bob.userId })).toMatchObject(BLOCKED);
      const state = roomPath(roomId, `state/m.room.member/${segment(bob.userId)}`);
      expect(await alice.put(state, { membership: 'invite' })).toMatchObject(BLOCKED);
      expect(await alice.post('/createRoom', { invite: [bob.userId] })).toMatchObject(BLOCKED);
      expect((await bob.sync()).rooms?.invite).toBeUndefined();
      expect(await bob.join(roomId)).toBe(roomId);
    },
  );

  it('can still invite others, and change their mind', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const roomId = await bob.createRoom();
    await bob.setAccountData('m.invite_permission_config', { default_action: 'block' });
    await bob.invite(roomId, alice);
    await bob.setAccountData('m.invite_permission_config', { default_action: 'allow' });
    await alice.invite(await alice.createRoom(), bob);
  });

  it.each([{}, { default_action: 'shout' }, { default_action: ['block'] }])('is not meant by %j', async (content) => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    await bob.setAccountData('m.invite_permission_config', content);
    await alice.invite(await alice.createRoom(), bob);
  });
});

it('does not show invitations of ignored people', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  await bob.setAccountData('m.ignored_user_list', { ignored_users: { [alice.userId]: {} } });
  const roomId = await alice.createRoom();
  await alice.invite(roomId, bob);
  expect((await bob.sync()).rooms?.invite).toBeUndefined();
  await bob.setAccountData('m.ignored_user_list', { ignored_users: {} });
  bob.since = undefined;
  expect(Object.keys((await bob.sync()).rooms.invite)).toEqual([roomId]);
});
