import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomId, UserId } from '../../src-main/spec/ids.js';
import { startFederation, type TestFederation } from '../support/federation.js';
import {
  freshName,
  happen,
  isPartial,
  joinPartly,
  LAZY,
  type PartialRoom,
  type PartlyJoined,
  say,
  sendAs,
  takeTransactions,
} from '../support/partial-room.js';
import type { TestEvent, TestUser } from '../support/test-client.js';

/** Rooms that are open to people here while their members are still on their way. */
let federation: TestFederation;
beforeAll(async () => {
  federation = await startFederation(['hs1.test']);
});
afterAll(() => federation.stop());

const segment = encodeURIComponent;
const V1 = '/_matrix/federation/v1';

const joined = (prepare?: (room: PartialRoom) => void) => joinPartly(federation, prepare);
const LONG = { timeout: 10_000 };
const isWhole = (given: Pick<PartlyJoined, 'one' | 'roomId'>) => expect.poll(() => isPartial(given), LONG).toBe(false);
async function complete(given: PartlyJoined): Promise<void> {
  given.room.release();
  await isWhole(given);
}
const membersOf = async (user: TestUser, roomId: RoomId): Promise<string[]> =>
  Object.keys((await user.ok('GET', `/rooms/${segment(roomId)}/joined_members`)).joined).sort();
const newest = async (user: TestUser, roomId: RoomId) =>
  (await user.messages(roomId, { dir: 'b', limit: 1 })).chunk[0]?.event_id;
const sees = ({ alice, roomId }: PartlyJoined, eventId: string) =>
  expect.poll(() => newest(alice, roomId), LONG).toBe(eventId);
const shown = async ({ alice, roomId }: PartlyJoined, query: Record<string, string> = {}) =>
  (await alice.ok('GET', '/sync', { query })).rooms?.join?.[roomId];
const memberIds = (events: readonly TestEvent[] = []) =>
  events.filter(({ type }) => type === 'm.room.member').map(({ state_key }) => state_key);

describe('a room whose members are on their way', () => {
  it('takes messages of people here at once, and has everybody in it in the end', async () => {
    const given = await joined();
    const { room, roomId, alice, members, sent } = given;
    expect(isPartial(given)).toBe(true);
    await alice.say(roomId, 'hello');
    await expect.poll(() => sent.pdus).toMatchObject([{ content: { body: 'hello' } }]);
    await complete(given);
    expect(await membersOf(alice, roomId)).toEqual([alice.userId, room.creator, ...members].sort());
  });

  it('has /members, /joined_members, /state and the state of somebody unknown wait for them', async () => {
    const given = await joined();
    const { alice, roomId, members } = given;
    const path = `/rooms/${segment(roomId)}`;
    const answered: string[] = [];
    const asking = ['members', 'joined_members', 'state', `state/m.room.member/${segment(members[1])}`].map((what) =>
      alice.ok('GET', `${path}/${what}`).then((answer) => {
        answered.push(what);
        return answer;
      }),
    );
    await alice.say(roomId, 'meanwhile');
    expect(answered).toEqual([]);
    expect(await alice.stateContent(roomId, 'm.room.join_rules')).toEqual({ join_rule: 'public' });
    await complete(given);
    const [all, now, state, one] = await Promise.all(asking);
    expect(memberIds(all.chunk)).toHaveLength(5);
    expect(Object.keys(now.joined)).toHaveLength(5);
    expect(memberIds(state)).toHaveLength(5);
    expect(one).toEqual({ membership: 'join' });
  });

  it.each([
    ['/initialSync', (roomId: RoomId) => `/rooms/${segment(roomId)}/initialSync`],
    ['/initialSync of all rooms', () => '/initialSync'],
  ])('has %s of before /sync wait for them', async (_name, path) => {
    const given = await joined();
    const { alice, roomId } = given;
    let isAnswered = false;
    const asking = alice.ok('GET', path(roomId)).finally(() => (isAnswered = true));
    await alice.say(roomId, 'meanwhile');
    expect(isAnswered).toBe(false);
    await complete(given);
    const answer = await asking;
    const [room] = answer.rooms?.filter((each: { room_id: string }) => each.room_id === roomId) ?? [answer];
    expect(memberIds(room.state)).toHaveLength(5);
  });

  it('takes messages of its members, of whom it knows nothing yet', async () => {
    const given = await joined();
    const { alice, roomId, members } = given;
    const said = await happen(given, say(members[0], 'hi'));
    await sees(given, said.eventId);
    await complete(given);
    expect(await newest(alice, roomId)).toBe(said.eventId);
  });

  it('takes what people here change: their name, and the room as far as they may', async () => {
    const given = await joined();
    const { alice, roomId, sent } = given;
    await alice.setDisplayName('Alice');
    await expect.poll(() => sent.pdus).toMatchObject([{ content: { displayname: 'Alice' } }]);
    await complete(given);
    expect(await alice.stateContent(roomId, 'm.room.member', alice.userId)).toMatchObject({ displayname: 'Alice' });
  });

  it('lets a second one of this server in without asking anybody', async () => {
    const given = await joined();
    const { one, fake, roomId, room, members, alice } = given;
    const berta = await one.register(freshName('berta'));
    const asked = fake.received(/make_join/).length;
    await berta.join(roomId, fake.name);
    expect(fake.received(/make_join/)).toHaveLength(asked);
    await berta.say(roomId, 'me too');
    await complete(given);
    expect(await membersOf(berta, roomId)).toEqual([alice.userId, berta.userId, room.creator, ...members].sort());
  });

  it('has aliases given, looked up and taken away', async () => {
    const given = await joined();
    const { alice, roomId } = given;
    const alias = `#${freshName('alias')}:hs1.test`;
    await alice.ok('PUT', `/directory/room/${segment(alias)}`, { body: { room_id: roomId } });
    expect(await alice.ok('GET', `/directory/room/${segment(alias)}`)).toMatchObject({ room_id: roomId });
    await alice.ok('DELETE', `/directory/room/${segment(alias)}`);
    expect((await alice.get(`/directory/room/${segment(alias)}`)).status).toBe(404);
    expect(isPartial(given)).toBe(true);
    await complete(given);
  });

  it('counts its members, and lists them in the user directory, once they are here', async () => {
    const given = await joined();
    const { alice, members } = given;
    const found = async () =>
      (await alice.ok('POST', '/user_directory/search', { body: { search_term: `bob:${given.fake.name}` } })).results;
    await complete(given);
    await expect.poll(found, LONG).toMatchObject([{ user_id: members[0] }]);
    const block = await shown(given);
    expect(block.summary).toMatchObject({ 'm.joined_member_count': 5 });
  });

  it('says of a join how far it is', async () => {
    const given = await joined();
    const { one, roomId, alice, fake } = given;
    const progress = () => one.homeserver.joins.list().find((join) => join.roomId === roomId);
    expect(progress()).toMatchObject({ stage: 'completing', userId: alice.userId, server: fake.name, asked: 1 });
    await complete(given);
    expect(progress()).toBeUndefined();
  });
});

describe('/sync, while members are on their way', () => {
  it('leaves the room out for clients that want all members, and shows it whole then', async () => {
    const given = await joined();
    const { alice, members } = given;
    const first = await alice.ok('GET', '/sync');
    expect(first.rooms?.join?.[given.roomId]).toBeUndefined();
    await happen(given, say(given.room.creator, 'unseen'));
    const second = await alice.ok('GET', '/sync', { query: { since: first.next_batch } });
    expect(second.rooms?.join?.[given.roomId]).toBeUndefined();
    await complete(given);
    const block = await shown(given, { since: second.next_batch });
    expect(memberIds([...block.state.events, ...block.timeline.events])).toEqual(expect.arrayContaining([...members]));
    expect(block.timeline.events.at(-1).content.body).toBe('unseen');
  });

  it('wakes who waits once the room is whole', async () => {
    const given = await joined();
    await given.alice.sync();
    const waiting = given.alice.syncUntilBody((body) => body.rooms?.join?.[given.roomId]);
    given.room.release();
    expect(memberIds((await waiting).state.events)).toEqual(expect.arrayContaining([...given.members]));
  });

  it('shows it at once to clients that load members lazily, and goes on with gaps after that', async () => {
    const given = await joined();
    const { alice, members, roomId } = given;
    const first = await alice.ok('GET', '/sync', { query: { filter: LAZY } });
    expect(memberIds(first.rooms.join[roomId].timeline.events)).toContain(alice.userId);
    for (let i = 0; i < 12; i += 1) await alice.say(roomId, `message ${i}`);
    const said = await happen(given, say(members[0], 'hi'));
    await sees(given, said.eventId);
    await complete(given);
    const second = await shown(given, { since: first.next_batch, filter: LAZY });
    expect(second.timeline).toMatchObject({ limited: true });
    expect(second.timeline.events.at(-1).event_id).toBe(said.eventId);
    expect(memberIds(second.state.events)).toContain(members[0]);
  });

  it.each(['a first', 'a later', 'a gappy'])('%s lazy answer has the members whose messages it shows', async (kind) => {
    const given = await joined();
    const { alice, members, roomId } = given;
    const before = kind === 'a first' ? undefined : await alice.ok('GET', '/sync', { query: { filter: LAZY } });
    if (kind === 'a gappy') for (let i = 0; i < 12; i += 1) await alice.say(roomId, `message ${i}`);
    const said = await happen(given, say(members[1], 'hi'));
    await sees(given, said.eventId);
    const query = { filter: LAZY, ...(before && { since: before.next_batch }) };
    const block = await shown(given, query);
    expect(block.timeline.events.at(-1).event_id).toBe(said.eventId);
    expect(memberIds(block.state.events)).toContain(members[1]);
    expect(isPartial(given)).toBe(true);
    given.room.release();
  });

  it('shows it at once by sliding sync, with the members whose messages it shows', async () => {
    const given = await joined();
    const { alice, members, roomId } = given;
    const said = await happen(given, say(members[2], 'hi'));
    await sees(given, said.eventId);
    const list = { ranges: [[0, 5]], timeline_limit: 5, required_state: [['m.room.member', '$LAZY']] };
    const answer = await alice.ok('POST', '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync', {
      body: { lists: { all: list } },
    });
    expect(memberIds(answer.rooms[roomId].required_state)).toContain(members[2]);
    given.room.release();
  });
});

describe('other servers, while members are on their way', () => {
  it.each(['typing', 'a receipt', 'presence', 'a message to a device'])('bring %s', async (kind) => {
    const given = await joined();
    const { alice, roomId, fake, one, members, room } = given;
    const [bob] = members;
    const said = await happen(given, say(room.creator, 'read me'));
    await sees(given, said.eventId);
    const { next_batch: since } = await alice.ok('GET', '/sync', { query: { filter: LAZY } });
    const device = (await alice.ok('GET', '/account/whoami')).device_id;
    const edus: Record<string, unknown> = {
      typing: { edu_type: 'm.typing', content: { room_id: roomId, user_id: bob, typing: true } },
      'a receipt': {
        edu_type: 'm.receipt',
        content: { [roomId]: { 'm.read': { [bob]: { event_ids: [said.eventId], data: { ts: 5 } } } } },
      },
      presence: {
        edu_type: 'm.presence',
        content: { push: [{ user_id: room.creator, presence: 'online', last_active_ago: 5 }] },
      },
      'a message to a device': {
        edu_type: 'm.direct_to_device',
        content: {
          sender: bob,
          type: 'm.test',
          message_id: freshName('m'),
          messages: { [alice.userId]: { [device]: {} } },
        },
      },
    };
    await sendAs(fake, one, [], [edus[kind]]);
    const body = await alice.ok('GET', '/sync', { query: { since, filter: LAZY, timeout: '5000' } });
    const found: Record<string, unknown> = {
      typing: body.rooms?.join?.[roomId]?.ephemeral?.events[0]?.content.user_ids?.[0],
      'a receipt': Object.keys(
        body.rooms?.join?.[roomId]?.ephemeral?.events[0]?.content[said.eventId]?.['m.read'] ?? {},
      )[0],
      presence: body.presence?.events[0]?.sender,
      'a message to a device': body.to_device?.events[0]?.sender,
    };
    expect(found[kind]).toBe(kind === 'presence' ? room.creator : bob);
    given.room.release();
  });

  it('get no state of it, and nobody in by it', async () => {
    const given = await joined();
    const { fake, roomId, one, alice, room } = given;
    const join = room.joinId ?? '$';
    const stranger = `@eve:${fake.name}` as UserId;
    const ask = (method: string, path: string, body?: unknown) => fake.ask(one, method, path, body, { isWrong: true });
    for (const what of ['state', 'state_ids']) {
      const reply = await ask('GET', `${V1}/${what}/${segment(roomId)}?event_id=${segment(join)}`);
      expect(reply).toMatchObject({ status: 403, body: { errcode: 'ORG.MATRIX.MSC3895_UNABLE_DUE_TO_PARTIAL_STATE' } });
    }
    for (const kind of ['join', 'knock']) {
      const made = await ask('GET', `${V1}/make_${kind}/${segment(roomId)}/${segment(stranger)}?ver=10`);
      expect(made).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } });
      const content = { membership: kind };
      const event = room.make({ type: 'm.room.member', sender: stranger, stateKey: stranger, content });
      const version = kind === 'join' ? 'v2' : 'v1';
      const path = `/_matrix/federation/${version}/send_${kind}/${segment(roomId)}/${segment(event.eventId)}`;
      expect(await ask('PUT', path, event.pdu)).toMatchObject({ status: 404 });
    }
    const event = await ask('GET', `${V1}/event/${segment(join)}`);
    expect(event).toMatchObject({ status: 200, body: { pdus: [{ sender: alice.userId }] } });
    await complete(given);
    const ids = await ask('GET', `${V1}/state_ids/${segment(roomId)}?event_id=${segment(join)}`);
    expect(ids.status).toBe(200);
  });
});

describe('the members', () => {
  it('are fetched after a restart too', async () => {
    const given = await joined();
    const { one, alice, roomId, room, members } = given;
    await alice.say(roomId, 'before');
    await one.restart();
    expect((await alice.ok('GET', '/sync')).rooms?.join?.[roomId]).toBeUndefined();
    await expect.poll(() => isPartial(given), LONG).toBe(true);
    await complete(given);
    expect(await membersOf(alice, roomId)).toEqual([alice.userId, room.creator, ...members].sort());
  });

  it('are told by another server in the room where the one that let us in does not', async () => {
    const other = await federation.fakeServer(`${freshName('other')}.test`);
    takeTransactions(other);
    const given = await joined((room) => {
      room.servers = [room.server.name, other.name];
      room.tellState(other);
      room.release();
    });
    const { fake, room, alice, roomId } = given;
    const refusing = { status: 500, body: { errcode: 'M_UNKNOWN', error: 'not me' } };
    expect(await membersOf(alice, roomId)).toHaveLength(5);
    const again = await joined((next) => {
      next.servers = [next.server.name, other.name];
      next.tellState(other);
      next.release();
      next.letInPartly();
      next.server.on('GET', `${V1}/state_ids/${segment(next.roomId)}`, refusing);
      next.tellState = () => next;
    });
    expect(await membersOf(again.alice, again.roomId)).toHaveLength(5);
    expect(other.received(`${V1}/state_ids/${segment(again.roomId)}`)).toHaveLength(1);
    expect(fake.received(`${V1}/state_ids/${segment(room.roomId)}`)).toHaveLength(1);
  });

  it('are told by another server where the one that was asked breaks off in the middle', async () => {
    const other = await federation.fakeServer(`${freshName('other')}.test`);
    takeTransactions(other);
    const given = await joined((room) => {
      room.servers = [room.server.name, other.name];
      for (let i = 0; i < 60; i += 1) room.addMember(`extra${i}`);
      room.tellState(other);
      room.letInPartly();
      room.release();
      room.server.on('GET', `${V1}/state/${segment(room.roomId)}`, (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"auth_chain":[],"pdus":[');
        response.write(JSON.stringify(room.statePdus[0]));
        setTimeout(() => response.destroy(), 20);
        return undefined;
      });
      room.tellState = () => room;
    });
    expect(await membersOf(given.alice, given.roomId)).toHaveLength(65);
    expect(other.received(`${V1}/state/${segment(given.roomId)}`)).toHaveLength(1);
  });
});
