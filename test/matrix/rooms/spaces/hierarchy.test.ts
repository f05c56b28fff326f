import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src-main/base/json.js';
import type { RoomId } from '../../../../src-main/spec/ids.js';
import type { Query, TestUser } from '../../../support/test-client.js';
import { refusal, segment, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();

const hierarchy = (user: TestUser, roomId: RoomId, query: Query = {}) =>
  user.get(`/_matrix/client/v1/rooms/${segment(roomId)}/hierarchy`, query);
const names = ({ body }: { body: { rooms: { name?: string }[] } }) => body.rooms.map(({ name }) => name);

const space = (user: TestUser, name: string) =>
  user.createRoom({ preset: 'public_chat', name, creation_content: { type: 'm.space' } });
const room = (user: TestUser, name: string, more: JsonObject = {}) =>
  user.createRoom({ preset: 'public_chat', name, ...more });
const hold = (user: TestUser, parent: RoomId, child: RoomId, content: JsonObject = {}) =>
  user.setState(parent, 'm.space.child', { via: ['hearth.test'], ...content }, child);

/** home ⊃ (kitchen ⊃ (oven, home), garden) */
async function house(alice: TestUser) {
  const [home, kitchen] = [await space(alice, 'home'), await space(alice, 'kitchen')];
  const [oven, garden] = [await room(alice, 'oven'), await room(alice, 'garden')];
  await hold(alice, home, kitchen, { order: 'a' });
  await hold(alice, home, garden, { order: 'b', suggested: true });
  await hold(alice, kitchen, oven);
  await hold(alice, kitchen, home);
  return { home, kitchen, oven, garden };
}

describe('the hierarchy of a space', () => {
  it('walks depth first, visits each room once, and shows what spaces hold', async () => {
    const alice = await town.person('alice');
    const { home, kitchen, oven, garden } = await house(alice);
    const { body } = await hierarchy(alice, home);
    expect(body.rooms.map((each: any) => each.room_id)).toEqual([home, kitchen, oven, garden]);
    expect(body.next_batch).toBeUndefined();
    expect(body.rooms[0]).toMatchObject({ name: 'home', room_type: 'm.space', room_version: '12' });
    expect(body.rooms[0].children_state).toEqual([
      {
        type: 'm.space.child',
        state_key: kitchen,
        sender: alice.userId,
        content: { via: ['hearth.test'], order: 'a' },
        origin_server_ts: expect.any(Number),
      },
      expect.objectContaining({ state_key: garden }),
    ]);
    expect(body.rooms[2].children_state).toEqual([]);
  });

  it('goes as deep as asked', async () => {
    const alice = await town.person('alice');
    const { home } = await house(alice);
    expect(names(await hierarchy(alice, home, { max_depth: 0 }))).toEqual(['home']);
    expect(names(await hierarchy(alice, home, { max_depth: 1 }))).toEqual(['home', 'kitchen', 'garden']);
  });

  it('keeps to suggested rooms when asked', async () => {
    const alice = await town.person('alice');
    const { home, garden } = await house(alice);
    const reply = await hierarchy(alice, home, { suggested_only: true });
    expect(names(reply)).toEqual(['home', 'garden']);
    expect(reply.body.rooms[0].children_state.map((child: any) => child.state_key)).toEqual([garden]);
  });

  it('pages, and gives a page again for the same token', async () => {
    const alice = await town.person('alice');
    const { home } = await house(alice);
    const first = await hierarchy(alice, home, { limit: 2 });
    expect(names(first)).toEqual(['home', 'kitchen']);
    const from = first.body.next_batch;
    for (const _again of [1, 2]) {
      const second = await hierarchy(alice, home, { limit: 50, from });
      expect(names(second)).toEqual(['oven', 'garden']);
      expect(second.body.next_batch).toBeUndefined();
    }
  });

  it('orders children by order, then age', async () => {
    const alice = await town.person('alice');
    const home = await space(alice, 'home');
    const orders = [undefined, 'b', '\u{1f600}', 'a', undefined];
    for (const [at, order] of orders.entries()) {
      await hold(alice, home, await room(alice, `${at}`), order === undefined ? {} : { order });
    }
    expect(names(await hierarchy(alice, home))).toEqual(['home', '3', '1', '0', '2', '4']);
  });

  it('leaves out rooms that were taken away, that are unknown, and that are none of the asker’s business', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const home = await space(alice, 'home');
    await bob.join(home);
    const [gone, secret, open] = [
      await room(alice, 'gone'),
      await alice.createRoom({ name: 'secret' }),
      await room(alice, 'open'),
    ];
    for (const child of [gone, secret, open, '!unknown:elsewhere.test' as const]) await hold(alice, home, child);
    await alice.setState(home, 'm.space.child', {}, gone);
    expect(names(await hierarchy(bob, home))).toEqual(['home', 'open']);
    expect(names(await hierarchy(alice, home))).toEqual(['home', 'secret', 'open']);
    await alice.invite(secret, bob);
    expect(names(await hierarchy(bob, home))).toEqual(['home', 'secret', 'open']);
  });

  it('shows restricted rooms to members of the space that they name', async () => {
    const [alice, bob, carol] = [await town.person('alice'), await town.person('bob'), await town.person('carol')];
    const home = await space(alice, 'home');
    const allow = [{ type: 'm.room_membership', room_id: home }];
    const inner = await alice.createRoom({
      name: 'inner',
      initial_state: [{ type: 'm.room.join_rules', content: { join_rule: 'restricted', allow } }],
    });
    await hold(alice, home, inner);
    await bob.join(home);
    expect(names(await hierarchy(bob, home))).toEqual(['home', 'inner']);
    expect((await hierarchy(bob, home)).body.rooms[1].allowed_room_ids).toEqual([home]);
    expect(names(await hierarchy(carol, home))).toEqual(['home']);
  });

  it('takes no notice of children that a room names which is no space', async () => {
    const alice = await town.person('alice');
    const [outer, inner] = [await room(alice, 'outer'), await room(alice, 'inner')];
    await hold(alice, outer, inner);
    const { body } = await hierarchy(alice, outer);
    expect(body.rooms).toMatchObject([{ name: 'outer', children_state: [] }]);
  });

  it('refuses those who may not look into the space, and tells nobody whether it is there', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const closed = await alice.createRoom({ creation_content: { type: 'm.space' } });
    expect(await hierarchy(bob, closed)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await hierarchy(bob, '!unknown:hearth.test')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it.each([{ from: 'nonsense' }, { limit: 0 }, { max_depth: -1 }, { limit: 'x' }])('refuses %j', async (query) => {
    const alice = await town.person('alice');
    const home = await space(alice, 'home');
    expect(await hierarchy(alice, home, query)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it('goes on only for the same user with the same wishes', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const { home } = await house(alice);
    const from = (await hierarchy(alice, home, { limit: 1 })).body.next_batch;
    expect(await hierarchy(bob, home, { from })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await hierarchy(alice, home, { from, max_depth: 2 })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await hierarchy(alice, home, { from, suggested_only: true })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });
});
