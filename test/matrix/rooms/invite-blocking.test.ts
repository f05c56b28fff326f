import { describe, expect, it } from 'vitest';
import { DIALECTS, SlidingClient } from '../sync/sliding-client.js';
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

describe('somebody who wants no invitations by some', () => {
  const FILTER = 'org.matrix.msc4155.invite_permission_config';

  it('gets none by whom they block, who hears of it', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    await bob.setAccountData(FILTER, { blocked_users: [alice.userId, '@stranger*:*'] });
    const roomId = await alice.createRoom();
    expect(await alice.post(roomPath(roomId, 'invite'), { user_id: bob.userId })).toMatchObject(BLOCKED);
    await carol.invite(await carol.createRoom(), bob);
  });

  it('gets all where they say by other means that they want all', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    await bob.setAccountData(FILTER, { blocked_servers: ['*'] });
    await bob.setAccountData('m.invite_permission_config', { default_action: 'allow' });
    await alice.invite(await alice.createRoom(), bob);
  });

  it('does not see those of whom they ignore, who does not hear of it', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    await bob.setAccountData(FILTER, { ignored_users: [alice.userId] });
    const [ignored, shown] = [await alice.createRoom(), await carol.createRoom()];
    await alice.invite(ignored, bob);
    await carol.invite(shown, bob);
    expect(Object.keys((await bob.sync()).rooms.invite)).toEqual([shown]);
    for (const dialect of DIALECTS) {
      const { rooms } = await new SlidingClient(bob, dialect).sync({ lists: { all: {} } });
      expect(Object.keys(rooms)).toEqual([shown]);
    }
    await bob.setAccountData(FILTER, {});
    const { rooms } = await new SlidingClient(bob, 'v4').sync({ lists: { all: {} } });
    expect(Object.keys(rooms)).toHaveLength(2);
    expect(await bob.join(ignored)).toBe(ignored);
  });
});
