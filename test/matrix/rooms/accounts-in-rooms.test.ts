import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import type { RoomId } from '../../../src-main/spec/ids.js';
import type { TestUser } from '../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

/** Waits, by syncing, until the member event of `other` says just `content` in a room that `user` is in. */
async function memberSays(user: TestUser, roomId: RoomId, other: TestUser, content: object): Promise<void> {
  const end = Date.now() + 10_000;
  for (let said: unknown; !isDeepStrictEqual(said, content); await user.sync({ timeout: 200 })) {
    if (Date.now() > end) throw new Error(`${other.userId} is ${JSON.stringify(said)} in ${roomId}`);
    said = await user.stateContent(roomId, 'm.room.member', other.userId);
  }
}

const deactivate = (user: TestUser, erase = false) =>
  user.ok('POST', '/account/deactivate', {
    body: {
      erase,
      auth: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: user.userId },
        password: user.password,
      },
    },
  });

it('carries a new name and a new picture into all rooms that the user is in', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const rooms = [await alice.createRoom({ preset: 'public_chat' }), await alice.createRoom({ preset: 'public_chat' })];
  for (const roomId of rooms) await bob.join(roomId);
  const invited = await alice.createRoom({ invite: [bob.userId] });
  await alice.sync();
  await bob.setDisplayName('Robert');
  for (const roomId of rooms) {
    await memberSays(alice, roomId, bob, { displayname: 'Robert', membership: 'join' });
  }
  await bob.ok('PUT', `/profile/${segment(bob.userId)}/avatar_url`, { body: { avatar_url: 'mxc://hearth.test/b' } });
  const whole = { avatar_url: 'mxc://hearth.test/b', displayname: 'Robert', membership: 'join' };
  for (const roomId of rooms) await memberSays(alice, roomId, bob, whole);
  expect(await alice.stateContent(invited, 'm.room.member', bob.userId)).toMatchObject({ membership: 'invite' });
});

it('takes a name away from rooms too', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await alice.sync();
  await bob.setDisplayName('');
  await memberSays(alice, roomId, bob, { membership: 'join' });
});

it('goes on with names after a restart, and writes nothing twice', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  await alice.sync();
  await bob.setDisplayName('Robert');
  await memberSays(alice, roomId, bob, { displayname: 'Robert', membership: 'join' });
  await town.server.restart();
  await bob.setDisplayName('Bert');
  await memberSays(alice, roomId, bob, { displayname: 'Bert', membership: 'join' });
  const { chunk } = await alice.messages(roomId, { limit: 100 });
  expect(chunk.filter((event) => event.state_key === bob.userId)).toHaveLength(3);
});

it('takes people who give up their account out of their rooms', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const joined = await alice.createRoom({ preset: 'public_chat' });
  const invited = await alice.createRoom({ invite: [bob.userId] });
  const knocked = await alice.createRoom({
    initial_state: [{ type: 'm.room.join_rules', content: { join_rule: 'knock' } }],
  });
  await bob.join(joined);
  await bob.knock(knocked);
  await alice.sync();
  await deactivate(bob);
  for (const roomId of [joined, invited, knocked]) {
    await memberSays(alice, roomId, bob, { membership: 'leave' });
  }
  const { joined: here } = await alice.ok('GET', roomPath(joined, 'joined_members'));
  expect(Object.keys(here)).toEqual([alice.userId]);
});

it('shows what erased people wrote only to those who were in the room then', async () => {
  const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  const asked = await alice.say(roomId, 'what is it?');
  const secret = await bob.say(roomId, 'secretpancakes');
  await bob.say(roomId, 'more secretpancakes');
  const edit = { 'm.new_content': { msgtype: 'm.text', body: 'pancakesagain' }, msgtype: 'm.text', body: '*' };
  await bob.send(roomId, 'm.room.message', { ...edit, 'm.relates_to': { rel_type: 'm.replace', event_id: secret } });
  const found = async (user: TestUser) => {
    const body = { search_categories: { room_events: { search_term: 'secretpancakes' } } };
    return (await user.ok('POST', '/search', { body })).search_categories.room_events.results;
  };
  await alice.sync();
  await expect.poll(() => found(alice)).not.toEqual([]);
  await deactivate(bob, true);
  await memberSays(alice, roomId, bob, { membership: 'leave' });
  await carol.join(roomId);
  const said = async (user: TestUser) => {
    const pages = [
      await user.messages(roomId, { limit: 100 }),
      await user.ok('GET', roomPath(roomId, `event/${segment(secret)}`)),
      await user.ok('GET', roomPath(roomId, `context/${segment(asked)}`)),
      (await user.ok('GET', '/sync')).rooms.join[roomId].timeline,
      await found(user),
    ];
    return pages.map((page) => JSON.stringify(page).match(/secretpancakes|pancakesagain/) !== null);
  };
  expect(await said(carol)).toEqual([false, false, false, false, false]);
  expect((await carol.ok('GET', roomPath(roomId, `event/${segment(secret)}`))).content).toEqual({});
  expect(await said(alice)).toEqual([true, true, true, true, true]);
  await town.server.restart();
  expect(await said(carol)).toEqual([false, false, false, false, false]);
});

it('keeps suspended people from writing and coming in, but not from leaving', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat' });
  const other = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  const own = await bob.say(roomId, 'oops');
  await town.server.homeserver.accounts.users.setFlag(bob.userId, 'isSuspended', true);
  const suspended = refusal(403, 'M_USER_SUSPENDED');
  expect(await bob.put(roomPath(roomId, 'send/m.room.message/1'), { msgtype: 'm.text', body: 'x' })).toMatchObject(
    suspended,
  );
  expect(await bob.post('/createRoom', {})).toMatchObject(suspended);
  expect(await bob.post(roomPath(other, 'join'), {})).toMatchObject(suspended);
  expect(await bob.post(roomPath(roomId, 'invite'), { user_id: '@eve:hearth.test' })).toMatchObject(suspended);
  await bob.redact(roomId, own);
  await bob.leave(roomId);
});

it('lets suspended moderators redact what they said themselves, and nothing else', async () => {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await bob.createRoom({ preset: 'public_chat' });
  await alice.join(roomId);
  const [own, hers] = [await bob.say(roomId, 'mine'), await alice.say(roomId, 'hers')];
  await town.server.homeserver.accounts.users.setFlag(bob.userId, 'isSuspended', true);
  const refused = refusal(403, 'M_USER_SUSPENDED');
  expect(await bob.put(roomPath(roomId, `redact/${segment(hers)}/1`), {})).toMatchObject(refused);
  expect(await bob.put(roomPath(roomId, 'redact/$unknown/2'), {})).toMatchObject(refused);
  await bob.redact(roomId, own);
});
