import { describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../../../../src-main/config/defaults.js';
import type { JsonObject } from '../../../../src-main/base/json.js';
import { startHomeserver } from '../../../support/homeserver.js';
import type { TestUser } from '../../../support/test-client.js';
import { refusal, roomPath, sharedHomeserver } from '../shared-homeserver.js';

const town = sharedHomeserver();
let made = 0;
/** A word that nobody said before. */
const newWord = () => `zork${String.fromCharCode(...[...String((made += 1))].map((digit) => 97 + Number(digit)))}`;

const search = (user: TestUser, term: string, more: JsonObject = {}, from?: string) =>
  user.post('/search', { search_categories: { room_events: { search_term: term, ...more } } }, { next_batch: from });
const found = async (user: TestUser, term: string, more: JsonObject = {}, from?: string) => {
  const reply = await search(user, term, more, from);
  expect(reply.status).toBe(200);
  return reply.body.search_categories.room_events;
};
const bodies = (results: { result: { content: { body: string } } }[]) =>
  results.map((each) => each.result.content.body);
/** The index follows at a little distance. */
const eventually = (user: TestUser, term: string, texts: readonly string[], more: JsonObject = {}) =>
  vi.waitFor(
    async () => expect(bodies((await found(user, term, { order_by: 'recent', ...more })).results)).toEqual(texts),
    { timeout: 5000 },
  );

describe('search', () => {
  it('finds messages that have all the words, or longer ones', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const word = newWord();
    for (const text of [`Hot ${word} soup!`, `cold ${word}`, 'hot soup']) await alice.say(roomId, text);
    await eventually(alice, word, [`cold ${word}`, `Hot ${word} soup!`]);
    expect(bodies((await found(alice, `${word.toUpperCase()} hot`)).results)).toEqual([`Hot ${word} soup!`]);
    expect(bodies((await found(alice, `${word.slice(0, -1)} sou`)).results)).toEqual([`Hot ${word} soup!`]);
    expect((await found(alice, `${word} tea`)).results).toEqual([]);
    expect((await found(alice, `${word} ho`)).results).toEqual([]);
    const answer = await found(alice, `"${word}" -- soup?`);
    expect(answer).toMatchObject({ count: 1, highlights: [word, 'soup'], results: [{ rank: expect.any(Number) }] });
    expect(answer.results[0].result).toMatchObject({ room_id: roomId, sender: alice.userId });
    expect((await found(alice, '?!')).results).toEqual([]);
  });

  it('finds names and topics of rooms, and only what the keys ask for', async () => {
    const alice = await town.person('alice');
    const word = newWord();
    const roomId = await alice.createRoom({ name: `${word} name`, topic: `${word} topic` });
    await alice.say(roomId, `${word} body`);
    const types = async (keys?: string[]) =>
      (await found(alice, word, { order_by: 'recent', ...(keys && { keys }) })).results.map(
        (each: any) => each.result.type,
      );
    await vi.waitFor(async () => expect(await types()).toEqual(['m.room.message', 'm.room.topic', 'm.room.name']), {
      timeout: 5000,
    });
    expect(await types(['content.body'])).toEqual(['m.room.message']);
    expect(await types(['content.name', 'content.topic'])).toEqual(['m.room.topic', 'm.room.name']);
  });

  it('shows nobody what they may not see', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const word = newWord();
    const roomId = await alice.createRoom({
      preset: 'public_chat',
      initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }],
    });
    await alice.say(roomId, `${word} before`);
    await eventually(alice, word, [`${word} before`]);
    expect((await found(bob, word)).results).toEqual([]);
    await bob.join(roomId);
    await alice.say(roomId, `${word} after`);
    await eventually(bob, word, [`${word} after`]);
    await bob.leave(roomId);
    expect((await found(bob, word)).results).toEqual([]);
    expect((await found(alice, word)).results).toHaveLength(2);
  });

  it('forgets what was redacted', async () => {
    const alice = await town.person('alice');
    const word = newWord();
    const roomId = await alice.createRoom();
    const eventId = await alice.say(roomId, `${word} oops`);
    await eventually(alice, word, [`${word} oops`]);
    await alice.redact(roomId, eventId);
    expect((await found(alice, word)).results).toEqual([]);
    await vi.waitFor(async () => expect((await found(alice, word)).count).toBe(0), { timeout: 5000 });
  });

  it('pages, by time and by how well things match', async () => {
    const alice = await town.person('alice');
    const word = newWord();
    const roomId = await alice.createRoom();
    for (let at = 0; at < 5; at += 1)
      await alice.say(roomId, [word, ...Array.from({ length: at }, (_, n) => `w${n}`)].join(' '));
    await vi.waitFor(async () => expect((await found(alice, word)).count).toBe(5), { timeout: 5000 });
    const pages = async (order_by: string) => {
      const texts: number[] = [];
      let from: string | undefined;
      do {
        const page: any = await found(alice, word, { order_by, filter: { limit: 2 } }, from);
        texts.push(...bodies(page.results).map((text) => text.split(' ').length));
        from = page.next_batch;
      } while (from !== undefined);
      return texts;
    };
    expect(await pages('recent')).toEqual([5, 4, 3, 2, 1]);
    expect(await pages('rank')).toEqual([1, 2, 3, 4, 5]);
  });

  it('filters by room, sender and type', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const word = newWord();
    const one = await alice.createRoom({ preset: 'public_chat', name: word });
    const other = await alice.createRoom({ preset: 'public_chat' });
    for (const roomId of [one, other]) await bob.join(roomId);
    await alice.say(one, `${word} alice one`);
    await alice.say(other, `${word} alice other`);
    await bob.say(one, `${word} bob one`);
    await vi.waitFor(async () => expect((await found(alice, word)).count).toBe(4), { timeout: 5000 });
    const types = ['m.room.message'];
    await eventually(alice, word, [`${word} bob one`, `${word} alice one`], { filter: { rooms: [one], types } });
    await eventually(alice, word, [`${word} alice other`], { filter: { not_rooms: [one], types } });
    await eventually(alice, word, [`${word} bob one`], { filter: { senders: [bob.userId], types } });
  });

  it('of a room goes on in the room that it replaced', async () => {
    const alice = await town.person('alice');
    const word = newWord();
    const old = await alice.createRoom({ room_version: '11' });
    await alice.say(old, `${word} old`);
    const { body } = await alice.post(roomPath(old, 'upgrade'), { new_version: '12' });
    await alice.say(body.replacement_room, `${word} new`);
    const filter = { rooms: [body.replacement_room] };
    await eventually(alice, word, [`${word} new`, `${word} old`], { filter });
  });

  it('groups results, and goes on in one group', async () => {
    const [alice, bob] = [await town.person('alice'), await town.person('bob')];
    const word = newWord();
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const ids = [];
    for (const user of [alice, bob, alice, bob]) ids.push(await user.say(roomId, `${word} ${user.userId}`));
    await vi.waitFor(async () => expect((await found(alice, word)).count).toBe(4), { timeout: 5000 });
    const more = {
      order_by: 'recent',
      groupings: { group_by: [{ key: 'room_id' }, { key: 'sender' }] },
      filter: { limit: 2 },
    };
    const { groups, next_batch } = await found(alice, word, more);
    expect(next_batch).toEqual(expect.any(String));
    expect(groups.room_id).toMatchObject({ [roomId]: { order: 0, results: [ids[3], ids[2]] } });
    expect(groups.sender).toMatchObject({
      [bob.userId]: { order: 0, results: [ids[3]] },
      [alice.userId]: { order: 1, results: [ids[2]] },
    });
    const bobs = await found(alice, word, more, groups.sender[bob.userId].next_batch);
    expect(bobs.results.map((each: any) => each.result.event_id)).toEqual([ids[1]]);
  });

  it('shows what was said around, how people were called then, and the state of the rooms', async () => {
    const alice = await town.person('alice');
    await alice.setDisplayName('Alice of old');
    const word = newWord();
    const roomId = await alice.createRoom({ name: 'Kitchen' });
    for (const text of ['one', 'two', word, 'four', 'five']) await alice.say(roomId, text);
    await alice.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Alice of now' }, alice.userId);
    const more = {
      event_context: { before_limit: 2, after_limit: 1, include_profile: true },
      include_state: true,
      order_by: 'recent',
    };
    await eventually(alice, word, [word]);
    const { results, state } = await found(alice, word, more);
    const { context } = results[0];
    expect(context.events_before.map((event: any) => event.content.body)).toEqual(['two', 'one']);
    expect(context.events_after.map((event: any) => event.content.body)).toEqual(['four']);
    expect(context.profile_info).toEqual({ [alice.userId]: { displayname: 'Alice of old' } });
    const later = await alice.messages(roomId, { dir: 'f', from: context.end, limit: 1 });
    expect(later.chunk[0]?.content.body).toBe('five');
    const earlier = await alice.messages(roomId, { dir: 'b', from: context.start, limit: 1 });
    expect(earlier.chunk[0]?.type).toBe('m.room.name');
    expect(state[roomId].find((event: any) => event.type === 'm.room.name').content).toEqual({ name: 'Kitchen' });
  });

  it('finds words of languages without spaces, and with accents or without', async () => {
    const alice = await town.person('alice');
    const roomId = await alice.createRoom();
    const word = newWord();
    await alice.say(roomId, `${word} 東京都に住む`);
    await alice.say(roomId, `${word} Café`);
    await eventually(alice, `${word} 東京`, [`${word} 東京都に住む`]);
    await eventually(alice, `${word} cafe`, [`${word} Café`]);
    await eventually(alice, `${word} CAFÉ`, [`${word} Café`]);
  });

  it.each([
    {},
    { search_categories: {} },
    { search_categories: { room_events: {} } },
    { search_categories: { room_events: { search_term: 'x', order_by: 'luck' } } },
    { search_categories: { room_events: { search_term: 'x', keys: ['content.formatted_body'] } } },
    { search_categories: { room_events: { search_term: 'x', groupings: { group_by: [{ key: 'mood' }] } } } },
  ])('refuses %j', async (body) => {
    const alice = await town.person('alice');
    expect(await alice.post('/search', body)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });

  it.each(['nonsense', Buffer.from('{"n":"x"}').toString('base64url'), Buffer.from('[]').toString('base64url')])(
    'refuses the token %s',
    async (from) => {
      const alice = await town.person('alice');
      expect(await search(alice, 'x', {}, from)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    },
  );

  it('can be switched off', async () => {
    await using server = await startHomeserver({ config: { searchEnabled: false } });
    const alice = await server.register('alice');
    expect(await search(alice, 'x')).toMatchObject(refusal(400, 'M_UNKNOWN'));
    expect(defaultConfig({ serverName: 'hearth.test', dataDir: '/' }).searchEnabled).toBe(true);
  });

  it.each(["'", '"', '* & | ! : ( )', 'NOT OR AND NEAR', '\u0000', 'a\\b', 'x'.repeat(1999), '% _ ^ -', 'zork:*'])(
    'takes %j for nothing but words',
    async (term) => {
      const alice = await town.person('alice');
      expect((await search(alice, term)).status).toBe(200);
    },
  );
});
