import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src-main/base/json.js';
import type { RoomId, UserId } from '../../src-main/spec/ids.js';
import { startFederation } from '../support/federation.js';
import type { TestUser } from '../support/test-client.js';

const federation = await startFederation(['hs1.test', 'hs2.test', 'hs3.test']);
const one = federation.server('hs1.test');
const two = federation.server('hs2.test');
const three = federation.server('hs3.test');
afterAll(() => federation.stop());

const alice = await one.register('alice');
const bob = await two.register('bob');
const carol = await three.register('carol');
const segment = encodeURIComponent;

const membershipOf = async (user: TestUser, roomId: RoomId, target: UserId) =>
  ((await user.get(`/rooms/${segment(roomId)}/state/m.room.member/${segment(target)}`)).body as JsonObject)[
    'membership'
  ];
const sees = (user: TestUser, roomId: RoomId, target: UserId, membership: string) =>
  expect.poll(() => membershipOf(user, roomId, target), { timeout: 10_000 }).toBe(membership);
const tryJoin = (user: TestUser, roomId: RoomId, ...via: string[]) =>
  user.request('POST', `/join/${segment(roomId)}`, { query: { via }, body: {} });

/** A room that lets in whoever is in the club. */
async function restricted(version: string, rule = 'restricted', more: JsonObject = {}) {
  const club = await alice.createRoom({ preset: 'public_chat', room_version: version, name: 'Club' });
  const content = { join_rule: rule, allow: [{ type: 'm.room_membership', room_id: club, via: ['hs1.test'] }] };
  const roomId = await alice.createRoom({
    room_version: version,
    initial_state: [{ type: 'm.room.join_rules', state_key: '', content }],
    ...more,
  });
  return { club, roomId };
}

describe.each([
  ['8', 'restricted'],
  ['10', 'knock_restricted'],
  ['11', 'restricted'],
  ['12', 'restricted'],
])('in room version %s with the rule %s', (version, rule) => {
  it('members of the other room come in, and nobody else', async () => {
    const { club, roomId } = await restricted(version, rule);
    expect(await tryJoin(bob, roomId, 'hs1.test')).toMatchObject({ status: 403, body: { errcode: 'M_FORBIDDEN' } });
    await bob.join(club, 'hs1.test');
    await sees(alice, club, bob.userId, 'join');
    await bob.join(roomId, 'hs1.test');
    await sees(alice, roomId, bob.userId, 'join');
    const member = await alice.stateContent(roomId, 'm.room.member', bob.userId);
    expect(member.join_authorised_via_users_server).toBe(alice.userId);
    const said = await bob.say(roomId, 'in the club');
    await alice.syncUntil(roomId, (event) => event.event_id === said);
    // Whoever comes back needs to be let in again.
    await bob.leave(club);
    await bob.leave(roomId);
    await sees(alice, roomId, bob.userId, 'leave');
    await sees(alice, club, bob.userId, 'leave');
    expect(await tryJoin(bob, roomId, 'hs1.test')).toMatchObject({ status: 403 });
  });

  it('the invited come in without being in the other room', async () => {
    const { roomId } = await restricted(version, rule);
    await alice.invite(roomId, bob);
    await bob.syncUntilBody((body) => body.rooms?.invite?.[roomId]);
    await bob.join(roomId);
    await sees(alice, roomId, bob.userId, 'join');
  });

  it('where nobody of one server may invite, another lets them in', async () => {
    const levels = { power_level_content_override: { invite: 50 } };
    const { club, roomId } = await restricted(version, rule, levels);
    for (const user of [bob, carol]) {
      await user.join(club, 'hs1.test');
      await sees(alice, club, user.userId, 'join');
    }
    await sees(bob, club, carol.userId, 'join');
    await bob.join(roomId, 'hs1.test');
    await sees(alice, roomId, bob.userId, 'join');
    expect(await tryJoin(carol, roomId, 'hs2.test')).toMatchObject({ status: 502 });
    await carol.join(roomId, 'hs2.test', 'hs1.test');
    await sees(alice, roomId, carol.userId, 'join');
    await sees(bob, roomId, carol.userId, 'join');
  });

  it('a server in the room whose people may not invite asks another to let its user in', async () => {
    const levels = { power_level_content_override: { invite: 50 } };
    const { club, roomId } = await restricted(version, rule, levels);
    const dora = await two.register(`dora${version}`);
    for (const user of [bob, dora]) {
      await user.join(club, 'hs1.test');
      await sees(alice, club, user.userId, 'join');
    }
    await bob.join(roomId, 'hs1.test');
    await sees(alice, roomId, bob.userId, 'join');
    await dora.join(roomId);
    await sees(alice, roomId, dora.userId, 'join');
    await sees(bob, roomId, dora.userId, 'join');
  });
});

it('a server that does not know the other room sends those who ask to others', async () => {
  const { club, roomId } = await restricted('11');
  await carol.join(club, 'hs1.test');
  await sees(alice, club, carol.userId, 'join');
  await alice.invite(roomId, bob);
  await bob.join(roomId, 'hs1.test');
  await sees(alice, roomId, bob.userId, 'join');
  const seen = federation.exchanges.length;
  await carol.join(roomId, 'hs2.test', 'hs1.test');
  const refused = federation.exchanges
    .slice(seen)
    .find(({ to, operation }) => to === 'hs2.test' && operation?.endsWith('#makeJoin'));
  expect(refused).toMatchObject({ status: 400, body: { errcode: 'M_UNABLE_TO_AUTHORISE_JOIN' } });
  await sees(bob, roomId, carol.userId, 'join');
});
