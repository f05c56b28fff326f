import { describe, expect, it } from 'vitest';
import type { TestUser } from '../../../support/test-client.js';
import { refusal, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();
const STABLE = '/_matrix/client/v1/mutual_rooms';
const UNSTABLE = '/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms';
const mutual = (user: TestUser, userId: string, path = STABLE, from?: string) =>
  user.get(path, { user_id: userId, [path === STABLE ? 'from' : 'batch_token']: from });

describe('mutual rooms', () => {
  it.each([STABLE, UNSTABLE])('are those that both are in now, at %s', async (path) => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const rooms = [];
    for (let at = 0; at < 4; at += 1) rooms.push(await alice.createRoom({ preset: 'public_chat' }));
    const [both, left, invited] = rooms as [`!${string}`, `!${string}`, `!${string}`];
    for (const roomId of [both, left]) await bob.join(roomId);
    await bob.leave(left);
    await alice.invite(invited, bob);
    expect((await mutual(alice, bob.userId, path)).body).toEqual({ joined: [both], count: 1 });
    expect((await mutual(bob, alice.userId, path)).body).toEqual({ joined: [both], count: 1 });
  });

  it('are none with somebody unknown', async () => {
    const alice = await town.person('alice');
    expect((await mutual(alice, '@nobody:elsewhere.test')).body).toEqual({ joined: [], count: 0 });
  });

  it('come in pages', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    for (let at = 0; at < 101; at += 1) await bob.join(await alice.createRoom({ preset: 'public_chat' }));
    const first = (await mutual(alice, bob.userId)).body;
    expect([first.joined.length, first.count]).toEqual([100, 101]);
    const second = (await mutual(alice, bob.userId, STABLE, first.next_batch)).body;
    expect(second).toEqual({ joined: [expect.any(String)], count: 101 });
    expect(new Set([...first.joined, ...second.joined]).size).toBe(101);
    const old = (await mutual(alice, bob.userId, UNSTABLE)).body;
    expect((await mutual(alice, bob.userId, UNSTABLE, old.next_batch_token)).body.joined).toEqual(second.joined);
  }, 30_000);

  it('are refused for oneself, for what is no user, and for unknown tokens', async () => {
    const alice = await town.person('alice');
    for (const reply of [
      await mutual(alice, alice.userId),
      await mutual(alice, 'bob'),
      await mutual(alice, '@bob:hearth.test', STABLE, 'x'),
    ]) {
      expect(reply).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    }
    expect(await alice.get(STABLE)).toMatchObject(refusal(400, 'M_MISSING_PARAM'));
  });
});
