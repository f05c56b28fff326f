import { describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../../../../src-main/config/defaults.js';
import { startHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';
import { refusal, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();
const search = (user: TestUser, term: string, limit?: number) =>
  user.post('/user_directory/search', { search_term: term, limit });
const found = async (user: TestUser, term: string): Promise<string[]> =>
  (await search(user, term)).body.results.map((result: { user_id: string }) => result.user_id);
/** The directory follows at a little distance. */
const eventually = (user: TestUser, term: string, ids: readonly string[]) =>
  vi.waitFor(async () => expect((await found(user, term)).sort()).toEqual([...ids].sort()), { timeout: 5000 });

let names = 0;
/** A name that nobody else has. */
const newName = () => `Zaphod${(names += 1)} Beeble`;
async function named(): Promise<{ user: TestUser; first: string }> {
  const user = await town.person('person');
  const name = newName();
  await user.setDisplayName(name);
  return { user, first: name.split(' ')[0] ?? '' };
}

describe('the user directory', () => {
  it('finds those with whom one shares a room, by the beginnings of words of name and id', async () => {
    const alice = await town.person('alice');
    const { user: bob, first } = await named();
    const roomId = await alice.createRoom();
    await alice.invite(roomId, bob);
    expect(await found(alice, first)).toEqual([]);
    await bob.join(roomId);
    await eventually(alice, first, [bob.userId]);
    for (const term of [first.toUpperCase(), `${first} bee`, bob.userId, `beeb, ${first.slice(0, 7)}`]) {
      expect(await found(alice, term)).toContain(bob.userId);
    }
    for (const term of ['eeble', `${first} dent`, '', '?!']) expect(await found(alice, term)).not.toContain(bob.userId);
    expect((await search(alice, first)).body).toEqual({
      results: [{ user_id: bob.userId, display_name: `${first} Beeble` }],
      limited: false,
    });
  });

  it('finds them no more when one of them leaves', async () => {
    const alice = await town.person('alice');
    const { user: bob, first } = await named();
    const roomId = await alice.createRoom();
    await alice.invite(roomId, bob);
    await bob.join(roomId);
    await eventually(alice, first, [bob.userId]);
    await bob.leave(roomId);
    expect(await found(alice, first)).toEqual([]);
  });

  it.each([
    ['that anybody may join', 'm.room.join_rules', { join_rule: 'public' }, { join_rule: 'invite' }],
    [
      'that the world may read',
      'm.room.history_visibility',
      { history_visibility: 'world_readable' },
      { history_visibility: 'shared' },
    ],
  ])('finds everybody who is in a room %s, as long as it is so', async (_case, type, open, closed) => {
    const alice = await town.person('alice');
    const { user: bob, first } = await named();
    const roomId = await bob.createRoom();
    expect(await found(alice, first)).toEqual([]);
    await bob.setState(roomId, type, open);
    await eventually(alice, first, [bob.userId]);
    await bob.setState(roomId, type, closed);
    await eventually(alice, first, []);
    await bob.setState(roomId, type, open);
    await eventually(alice, first, [bob.userId]);
    const other = await named();
    await alice.join(await other.user.createRoom({ preset: 'public_chat' }));
    await eventually(bob, other.first, [other.user.userId]);
    await bob.leave(roomId);
    await eventually(alice, first, []);
  });

  it('knows new names and forgets old ones', async () => {
    const alice = await town.person('alice');
    const { user: bob, first } = await named();
    await bob.createRoom({ preset: 'public_chat' });
    await eventually(alice, first, [bob.userId]);
    const name = newName();
    await bob.setDisplayName(name);
    await eventually(alice, name, [bob.userId]);
    expect(await found(alice, first)).toEqual([]);
  });

  it('forgets those who gave up their account', async () => {
    const alice = await town.person('alice');
    const { user: bob, first } = await named();
    await bob.createRoom({ preset: 'public_chat' });
    await eventually(alice, first, [bob.userId]);
    const auth = {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: bob.userId },
      password: bob.password,
    };
    await bob.ok('POST', '/account/deactivate', { body: { auth } });
    await eventually(alice, first, []);
  });

  it('tells when there are more than wanted, and does not find the one who looks', async () => {
    const alice = await town.person('alice');
    const name = newName();
    for (let at = 0; at < 3; at += 1) {
      const user = await town.person('many');
      await user.setDisplayName(name);
      await user.createRoom({ preset: 'public_chat' });
    }
    await alice.setDisplayName(name);
    await vi.waitFor(async () => expect(await found(alice, name)).toHaveLength(3), { timeout: 5000 });
    const two = (await search(alice, name, 2)).body;
    expect([two.results.length, two.limited]).toEqual([2, true]);
    expect((await search(alice, name, 3)).body.limited).toBe(false);
  });

  it.each([{}, { search_term: 7 }, { search_term: 'x', limit: 'many' }])('refuses %j', async (body) => {
    const alice = await town.person('alice');
    expect((await alice.post('/user_directory/search', body)).status).toBe(400);
  });
});

describe('the configuration of the user directory', () => {
  const defaults = defaultConfig({ serverName: 'hearth.test', dataDir: '/' }).userDirectory;

  it('can let everybody find every user', async () => {
    await using server = await startHomeserver({ config: { userDirectory: { ...defaults, searchAllUsers: true } } });
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    await eventually(alice, 'bob', [bob.userId]);
  });

  it('can let nobody find anybody', async () => {
    await using server = await startHomeserver({ config: { userDirectory: { ...defaults, enabled: false } } });
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    await bob.createRoom({ preset: 'public_chat' });
    expect((await search(alice, 'bob')).body).toEqual({ results: [], limited: false });
  });

  it('limits how often one may look', async () => {
    const { rateLimits } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
    const config = { rateLimits: { ...rateLimits, userDirectory: { perSecond: 0.001, burst: 1 } } };
    await using server = await startHomeserver({ config });
    const alice = await server.register('alice');
    expect((await search(alice, 'bob')).status).toBe(200);
    expect(await search(alice, 'bob')).toMatchObject(refusal(429, 'M_LIMIT_EXCEEDED'));
  });
});
