import { describe, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type { Query, TestEvent, TestUser } from '../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

const bodies = (events: readonly TestEvent[]) => events.flatMap(({ content }) => content.body ?? []);
const filter = (wanted: object): Query => ({ filter: JSON.stringify(wanted) });

/** A room of two with `count` messages. */
async function talk(count: number, options = {}) {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', ...options });
  await bob.join(roomId);
  const said: EventId[] = [];
  for (let n = 1; n <= count; n += 1) said.push(await (n % 2 ? alice : bob).say(roomId, `${n}`));
  return { alice, bob, roomId, said };
}

/** All pages from `from` on. */
async function pages(user: TestUser, roomId: RoomId, query: Query): Promise<TestEvent[]> {
  const events: TestEvent[] = [];
  for (let from = query['from']; ; ) {
    const page = await user.messages(roomId, { ...query, from });
    events.push(...page.chunk);
    if (page.end === undefined) return events;
    from = page.end;
  }
}

describe('messages', () => {
  it.each([1, 2, 3, 7, 100])('walk the whole room in pages of %i, each way', async (limit) => {
    const { alice, roomId } = await talk(6);
    const back = await pages(alice, roomId, { dir: 'b', limit });
    const forward = await pages(alice, roomId, { dir: 'f', limit });
    expect(bodies(back)).toEqual(['6', '5', '4', '3', '2', '1']);
    expect(forward.map(({ event_id }) => event_id)).toEqual(back.map(({ event_id }) => event_id).reverse());
    expect(forward[0]?.type).toBe('m.room.create');
    expect(new Set(forward.map((event) => event['room_id']))).toEqual(new Set([roomId]));
  });

  it('go both ways from any token, of /sync too', async () => {
    const { alice, bob, roomId } = await talk(4);
    const { next_batch } = await alice.sync();
    await bob.say(roomId, 'later');
    const back = await alice.messages(roomId, { dir: 'b', from: next_batch, limit: 2 });
    expect(bodies(back.chunk)).toEqual(['4', '3']);
    expect(back.start).toBe(next_batch);
    const forward = await alice.messages(roomId, { dir: 'f', from: next_batch });
    expect(bodies(forward.chunk)).toEqual(['later']);
    expect(forward.end).toBeUndefined();
    const again = await alice.messages(roomId, { dir: 'f', from: back.end, limit: 3 });
    expect(bodies(again.chunk)).toEqual(['3', '4', 'later']);
    const between = await alice.messages(roomId, { dir: 'b', from: next_batch, to: back.end });
    expect(bodies(between.chunk)).toEqual(['4', '3']);
    const first = await alice.messages(roomId, { dir: 'f', limit: 1 });
    const same = await alice.messages(roomId, { dir: 'f', from: first.start, limit: 1 });
    expect(same.chunk[0]?.event_id).toBe(first.chunk[0]?.event_id);
  });

  it('of a limited timeline go on where it began', async () => {
    const { alice, roomId } = await talk(30);
    const body = await alice.sync(filter({ room: { timeline: { limit: 5 } } }));
    const { timeline } = body.rooms.join[roomId];
    expect(timeline.limited).toBe(true);
    const before = await alice.messages(roomId, { dir: 'b', from: timeline.prev_batch, limit: 3 });
    expect([...bodies(before.chunk).reverse(), ...bodies(timeline.events)]).toEqual([
      '23',
      '24',
      '25',
      '26',
      '27',
      '28',
      '29',
      '30',
    ]);
  });

  it('obey filters', async () => {
    const { alice, bob, roomId } = await talk(4);
    await bob.send(roomId, 'm.room.message', { msgtype: 'm.image', body: 'cat', url: 'mxc://hearth.test/cat' });
    const filtered = async (wanted: object) =>
      bodies(await pages(alice, roomId, { dir: 'b', limit: 2, ...filter(wanted) }));
    expect(await filtered({ types: ['m.room.message'], senders: [bob.userId] })).toEqual(['cat', '4', '2']);
    expect(await filtered({ types: ['m.room.*'], not_senders: [bob.userId] })).toEqual(['3', '1']);
    expect(await filtered({ contains_url: true })).toEqual(['cat']);
    expect(await filtered({ contains_url: false, types: ['m.room.message'] })).toEqual(['4', '3', '2', '1']);
    expect(await filtered({ types: [] })).toEqual([]);
    expect(await filtered({ not_types: ['*'] })).toEqual([]);
    expect(await filtered({ rooms: ['!other:hearth.test'] })).toEqual([]);
  });

  it('bring the members that a lazy client needs', async () => {
    const { alice, bob, roomId } = await talk(2);
    const carol = await town.person('carol');
    await carol.join(roomId);
    const page = await alice.messages(roomId, { limit: 3, ...filter({ lazy_load_members: true }) });
    expect(page.state?.map((event) => event.state_key).sort()).toEqual([alice, bob, carol].map((u) => u.userId).sort());
    const one = await alice.messages(roomId, {
      dir: 'b',
      limit: 1,
      ...filter({ lazy_load_members: true, types: ['m.room.message'] }),
    });
    expect(one.state?.map((event) => event.state_key)).toEqual([bob.userId]);
    expect(await alice.messages(roomId, { limit: 1 })).not.toHaveProperty('state');
  });

  it('tell the reader what they were at each event', async () => {
    const { alice, roomId } = await talk(0);
    await alice.say(roomId, 'before');
    const carol = await town.person('carol');
    await alice.invite(roomId, carol);
    await alice.say(roomId, 'invited');
    await carol.join(roomId);
    await alice.say(roomId, 'joined');
    const { chunk } = await carol.messages(roomId, { dir: 'b', limit: 6 });
    expect(
      chunk.map((event) => [event.content.body ?? event.content.membership, (event['unsigned'] as any).membership]),
    ).toEqual([
      ['joined', 'join'],
      ['join', 'join'],
      ['invited', 'invite'],
      ['invite', 'invite'],
      ['before', 'leave'],
      ['join', 'leave'],
    ]);
  });

  it.each<[string, string, number, string]>([
    ['no direction', '', 400, 'M_MISSING_PARAM'],
    ['a direction that is none', '?dir=x', 400, 'M_INVALID_PARAM'],
    ['a token that is none', '?dir=b&from=nonsense', 400, 'M_INVALID_PARAM'],
    ['an end that is none', '?dir=b&to=x', 400, 'M_INVALID_PARAM'],
    ['a limit below nothing', '?dir=b&limit=-1', 400, 'M_INVALID_PARAM'],
    ['a filter that is no JSON', '?dir=b&filter={', 400, 'M_INVALID_PARAM'],
    ['a filter that is none', '?dir=b&filter={"types":"x"}', 400, 'M_INVALID_PARAM'],
  ])('refuse %s', async (_case, query, status, errcode) => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    expect(await alice.get(roomPath(roomId, `messages${query}`))).toMatchObject(refusal(status, errcode));
  });

  it('are refused to strangers and of rooms that are not there', async () => {
    const { roomId } = await talk(0);
    const eve = await town.person('eve');
    for (const room of [roomId, '!none:hearth.test']) {
      for (const rest of ['messages?dir=b', 'state', 'members', 'joined_members', 'state/m.room.create']) {
        expect(await eve.get(roomPath(room, rest))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
      }
    }
  });
});

describe('one event and its context', () => {
  it('come with what was said around, and tokens to go on', async () => {
    const { alice, roomId, said } = await talk(9);
    const context = await alice.context(roomId, said[4] as EventId, { limit: 4 });
    expect(bodies([context.event])).toEqual(['5']);
    expect(bodies(context.events_before)).toEqual(['4', '3']);
    expect(bodies(context.events_after)).toEqual(['6', '7']);
    expect(context.state.map((event: TestEvent) => event.type)).toContain('m.room.create');
    const earlier = await alice.messages(roomId, { dir: 'b', from: context.start, limit: 2 });
    expect(bodies(earlier.chunk)).toEqual(['2', '1']);
    const later = await alice.messages(roomId, { dir: 'f', from: context.end, limit: 2 });
    expect(bodies(later.chunk)).toEqual(['8', '9']);
  });

  it('obey limit and filter', async () => {
    const { alice, bob, roomId, said } = await talk(6);
    const alone = await alice.context(roomId, said[2] as EventId, { limit: 0 });
    expect([alone.events_before, alone.events_after]).toEqual([[], []]);
    const ofBob = await alice.context(roomId, said[2] as EventId, {
      limit: 10,
      ...filter({ senders: [bob.userId], types: ['m.room.message'], lazy_load_members: true }),
    });
    expect(bodies(ofBob.events_before)).toEqual(['2']);
    expect(bodies(ofBob.events_after)).toEqual(['4', '6']);
  });

  it('are not found where they are not, and refused to strangers', async () => {
    const { alice, roomId, said } = await talk(1);
    const elsewhere = await alice.createRoom();
    const eve = await town.person('eve');
    for (const what of ['event', 'context']) {
      const path = (room: RoomId, eventId: string) => roomPath(room, `${what}/${segment(eventId)}`);
      expect(await alice.get(path(elsewhere, said[0] ?? ''))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      expect(await alice.get(path(roomId, '$none'))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      expect(await eve.get(path(roomId, said[0] ?? ''))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
      expect(await eve.get(path(roomId, '$none'))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    }
  });
});

describe('members', () => {
  it('are listed by membership, now and at a place in the past', async () => {
    const { alice, bob, roomId } = await talk(1);
    const { next_batch: then } = await alice.sync();
    const [carol, dave] = [await town.person('carol'), await town.person('dave')];
    await carol.join(roomId);
    await alice.invite(roomId, dave);
    await bob.leave(roomId);
    const listed = async (query: Query) => {
      const { chunk } = await alice.ok('GET', roomPath(roomId, 'members'), { query });
      return chunk.map((event: TestEvent) => `${event.state_key?.slice(1, 4)} ${event.content.membership}`).sort();
    };
    expect(await listed({})).toEqual(['ali join', 'bob leave', 'car join', 'dav invite']);
    expect(await listed({ membership: 'join' })).toEqual(['ali join', 'car join']);
    expect(await listed({ not_membership: 'join' })).toEqual(['bob leave', 'dav invite']);
    expect(await listed({ at: then })).toEqual(['ali join', 'bob join']);
    expect(await listed({ at: then, membership: 'leave' })).toEqual([]);
    const reply = await alice.get(roomPath(roomId, 'members'), { at: 'nonsense' });
    expect(reply).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it('who are joined are a short list for members only', async () => {
    const { alice, bob, roomId } = await talk(0);
    await bob.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'B' }, bob.userId);
    const { joined } = await alice.ok('GET', roomPath(roomId, 'joined_members'));
    expect(Object.keys(joined).sort()).toEqual([alice.userId, bob.userId].sort());
    expect(joined[bob.userId]).toEqual({ display_name: 'B' });
    await bob.leave(roomId);
    expect(await bob.get(roomPath(roomId, 'joined_members'))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect((await alice.ok('GET', '/joined_rooms')).joined_rooms).toEqual([roomId]);
    expect((await bob.ok('GET', '/joined_rooms')).joined_rooms).toEqual([]);
  });
});

async function left(how: 'leave' | 'kick' | 'ban') {
  const { alice, bob, roomId } = await talk(2, { name: 'Before' });
  if (how === 'leave') await bob.leave(roomId);
  else await alice.moderate(how, roomId, bob.userId);
  await alice.setState(roomId, 'm.room.name', { name: 'After' });
  const later = await alice.say(roomId, 'after');
  return { alice, bob, roomId, later };
}

describe('somebody who left', () => {
  it.each(['leave', 'kick', 'ban'] as const)('by %s sees the room as it was then, and nothing later', async (how) => {
    const { bob, roomId, later } = await left(how);
    expect(await bob.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Before' });
    const names = (await bob.state(roomId)).filter(({ type }) => type === 'm.room.name');
    expect(names.map(({ content }) => content)).toEqual([{ name: 'Before' }]);
    expect((await bob.stateContent(roomId, 'm.room.member', bob.userId)).membership).not.toBe('join');
    const { chunk } = await bob.messages(roomId, { limit: 100 });
    expect(bodies(chunk)).toEqual(['2', '1']);
    const last = await bob.messages(roomId, { limit: 1 });
    expect(last.chunk[0]?.state_key).toBe(bob.userId);
    expect((await bob.messages(roomId, { dir: 'f', from: last.start })).chunk).toEqual([]);
    expect(await bob.get(roomPath(roomId, `event/${segment(later)}`))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    const { chunk: members } = await bob.ok('GET', roomPath(roomId, 'members'));
    expect(members).toHaveLength(2);
  });

  it('and is invited again sees nothing more by that', async () => {
    const { alice, bob, roomId } = await left('leave');
    await alice.invite(roomId, bob);
    expect(await bob.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Before' });
    await bob.leave(roomId);
    expect(await bob.stateContent(roomId, 'm.room.name')).toEqual({ name: 'Before' });
  });
});

describe('a room that the world may read', () => {
  it('shows everything to those who never were there', async () => {
    const { alice, roomId, said } = await talk(2);
    await alice.setState(roomId, 'm.room.history_visibility', { history_visibility: 'world_readable' });
    const shown = await alice.say(roomId, 'to the world');
    const eve = await town.person('eve');
    expect(bodies((await eve.messages(roomId)).chunk)).toEqual(['to the world']);
    expect((await eve.event(roomId, shown)).content.body).toBe('to the world');
    const hidden = await eve.get(roomPath(roomId, `event/${segment(said[0] as EventId)}`));
    expect(hidden).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(bodies([(await eve.context(roomId, shown)).event])).toEqual(['to the world']);
    expect((await eve.state(roomId)).length).toBeGreaterThan(5);
    expect((await eve.ok('GET', roomPath(roomId, 'members'))).chunk).toHaveLength(2);
    expect(await eve.get(roomPath(roomId, 'joined_members'))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });
});
