import { expect, it } from 'vitest';
import { startHomeserver } from '../../support/homeserver.js';

const path = (userId: string) => `/profile/${encodeURIComponent(userId)}`;

it('shows profiles to people in the same rooms only, where the configuration says so', async () => {
  await using server = await startHomeserver();
  const { profiles } = server.config;
  await server.restart({ profiles: { ...profiles, limitToSharedRooms: true } });
  const alice = await server.register('alice', { displayName: 'Alice' });
  const bob = await server.register('bob');
  expect(await alice.get(path(alice.userId))).toMatchObject({ status: 200, body: { displayname: 'Alice' } });
  const forbidden = { status: 403, body: { errcode: 'M_FORBIDDEN' } };
  expect(await bob.get(path(alice.userId))).toMatchObject(forbidden);
  expect(await bob.get(`${path(alice.userId)}/displayname`)).toMatchObject(forbidden);
  expect(await bob.get(path('@nobody:hearth.test'))).toMatchObject(forbidden);
  expect(await server.stranger.get(path(alice.userId))).toMatchObject({
    status: 401,
    body: { errcode: 'M_MISSING_TOKEN' },
  });

  const roomId = await alice.createRoom({ preset: 'public_chat' });
  await bob.join(roomId);
  expect(await bob.get(path(alice.userId))).toMatchObject({ status: 200 });
  await bob.leave(roomId);
  expect(await bob.get(path(alice.userId))).toMatchObject(forbidden);
});
