import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src-main/base/json.js';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type { Query, TestEvent, TestUser } from '../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

async function roomOfTwo(options: JsonObject = {}) {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', ...options });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

const relate = (user: TestUser, roomId: RoomId, relType: string, parent: EventId, body: string, more: object = {}) =>
  user.send(roomId, 'm.room.message', {
    msgtype: 'm.text',
    body,
    'm.relates_to': { rel_type: relType, event_id: parent, ...more },
  });

const reaction = (parent: EventId, key: string) => ({
  'm.relates_to': { rel_type: 'm.annotation', event_id: parent, key },
});

const edit = (user: TestUser, roomId: RoomId, parent: EventId, body: string) =>
  user.send(roomId, 'm.room.message', {
    msgtype: 'm.text',
    body: `* ${body}`,
    'm.new_content': { msgtype: 'm.text', body },
    'm.relates_to': { rel_type: 'm.replace', event_id: parent },
  });

const relations = (user: TestUser, roomId: RoomId, parent: EventId, rest = '', query: Query = {}) =>
  user.ok('GET', `/_matrix/client/v1/rooms/${segment(roomId)}/relations/${segment(parent)}${rest}`, { query });

const bodies = (events: readonly TestEvent[]) =>
  events.map(({ content }) => content.body ?? content['m.relates_to'].key);
const bundled = (event: TestEvent): any => (event['unsigned'] as any)['m.relations'];

describe('relations', () => {
  it('are listed whole, by kind and by type, the newest first', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    await relate(bob, roomId, 'm.thread', root, 'in thread');
    await bob.send(roomId, 'm.reaction', reaction(root, '👍'));
    await relate(bob, roomId, 'm.reference', root, 'see there');
    await alice.send(roomId, 'm.sticker', {
      'm.relates_to': { rel_type: 'm.thread', event_id: root },
      body: 'sticker',
    });
    expect(bodies((await relations(alice, roomId, root)).chunk)).toEqual(['sticker', 'see there', '👍', 'in thread']);
    expect(bodies((await relations(alice, roomId, root, '', { dir: 'f' })).chunk)).toEqual([
      'in thread',
      '👍',
      'see there',
      'sticker',
    ]);
    expect(bodies((await relations(alice, roomId, root, '/m.thread')).chunk)).toEqual(['sticker', 'in thread']);
    expect(bodies((await relations(alice, roomId, root, '/m.thread/m.sticker')).chunk)).toEqual(['sticker']);
    expect((await relations(alice, roomId, root, '/m.thread/m.reaction')).chunk).toEqual([]);
  });

  it.each(['b', 'f'] as const)('come in pages, direction %s', async (dir) => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const all: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      await relate(alice, roomId, 'm.reference', root, `${n}`);
      all.push(`${n}`);
    }
    const seen: string[] = [];
    let page = await relations(alice, roomId, root, '/m.reference', { dir, limit: 3 });
    for (;;) {
      seen.push(...bodies(page.chunk));
      if (page.next_batch === undefined) break;
      page = await relations(alice, roomId, root, '/m.reference', { dir, limit: 3, from: page.next_batch });
    }
    expect(seen).toEqual(dir === 'f' ? all : all.reverse());
  });

  it('go on from a token of /sync', async () => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    await relate(alice, roomId, 'm.reference', root, 'before');
    const { next_batch } = await alice.sync();
    await relate(alice, roomId, 'm.reference', root, 'after');
    expect(bodies((await relations(alice, roomId, root, '', { from: next_batch })).chunk)).toEqual(['before']);
    const forward = await relations(alice, roomId, root, '', { from: next_batch, dir: 'f' });
    expect(bodies(forward.chunk)).toEqual(['after']);
  });

  it('are followed to what relates to them', async () => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const reply = await relate(alice, roomId, 'm.thread', root, 'reply');
    await edit(alice, roomId, reply, 'better reply');
    await alice.send(roomId, 'm.reaction', reaction(reply, '🎉'));
    const flat = await relations(alice, roomId, root);
    expect(bodies(flat.chunk)).toEqual(['reply']);
    expect(flat).not.toHaveProperty('recursion_depth');
    const deep = await relations(alice, roomId, root, '', { recurse: true });
    expect(bodies(deep.chunk)).toEqual(['🎉', '* better reply', 'reply']);
    expect(deep.recursion_depth).toBeGreaterThanOrEqual(2);
    const first = await relations(alice, roomId, root, '', { recurse: true, limit: 2 });
    const second = await relations(alice, roomId, root, '', { recurse: true, from: first.next_batch });
    expect(bodies(second.chunk)).toEqual(['reply']);
    expect(bodies((await relations(alice, roomId, root, '/m.annotation', { recurse: true })).chunk)).toEqual(['🎉']);
  });

  it('end with a redaction', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const like = await bob.send(roomId, 'm.reaction', reaction(root, '👍'));
    await bob.redact(roomId, like);
    expect((await relations(alice, roomId, root)).chunk).toEqual([]);
    await bob.send(roomId, 'm.reaction', reaction(root, '👍'));
    expect((await relations(alice, roomId, root)).chunk).toHaveLength(1);
  });

  it('of other rooms do not count', async () => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const elsewhere = await alice.createRoom();
    await relate(alice, elsewhere, 'm.reference', root, 'from elsewhere');
    await edit(alice, elsewhere, root, 'from elsewhere');
    expect((await relations(alice, roomId, root)).chunk).toEqual([]);
    expect(bundled(await alice.event(roomId, root))).toBeUndefined();
  });

  it('are shown to those who may see the event', async () => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const eve = await town.person('eve');
    const path = (eventId: string) => `/_matrix/client/v1${roomPath(roomId, `relations/${segment(eventId)}`)}`;
    expect((await eve.get(path(root))).status).toBeGreaterThanOrEqual(403);
    expect(await alice.get(path('$none'))).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await alice.get(path(root), { from: 'x' })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect(await alice.get(path(root), { dir: 'x' })).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });
});

describe('reactions', () => {
  it('are given once each', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const put = (user: TestUser, key: string, txnId: string) =>
      user.put(roomPath(roomId, `send/m.reaction/${txnId}`), reaction(root, key));
    const first = await put(bob, '👍', '1');
    expect(first.status).toBe(200);
    expect(await put(bob, '👍', '1')).toEqual(first);
    expect(await put(bob, '👍', '2')).toMatchObject(refusal(400, 'M_DUPLICATE_ANNOTATION'));
    expect((await put(bob, '👎', '3')).status).toBe(200);
    expect((await put(alice, '👍', '4')).status).toBe(200);
  });

  it('are not bundled', async () => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    await alice.send(roomId, 'm.reaction', reaction(root, '👍'));
    expect(bundled(await alice.event(roomId, root))).toBeUndefined();
  });
});

describe('edits', () => {
  it('are bundled with what they edit, the latest of its sender only', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    await edit(alice, roomId, root, 'first');
    const latest = await edit(alice, roomId, root, 'second');
    await edit(bob, roomId, root, 'not mine');
    await alice.send(roomId, 'org.other', { 'm.relates_to': { rel_type: 'm.replace', event_id: root } });
    const event = await bob.event(roomId, root);
    expect(event.content.body).toBe('root');
    expect(bundled(event)['m.replace']).toMatchObject({
      event_id: latest,
      content: { 'm.new_content': { body: 'second' } },
      sender: alice.userId,
      type: 'm.room.message',
    });
  });

  it('go with their redaction, and with that of what they edit', async () => {
    const { alice, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    await edit(alice, roomId, root, 'first');
    const second = await edit(alice, roomId, root, 'second');
    await alice.redact(roomId, second);
    expect(bundled(await alice.event(roomId, root))['m.replace'].content['m.new_content'].body).toBe('first');
    await alice.redact(roomId, root);
    expect(bundled(await alice.event(roomId, root))).toBeUndefined();
  });

  it('of state are none', async () => {
    const { alice, roomId } = await roomOfTwo();
    const name = await alice.setState(roomId, 'm.room.name', { name: 'x' });
    await edit(alice, roomId, name, 'y');
    expect(bundled(await alice.event(roomId, name))).toBeUndefined();
  });
});

describe('threads and references', () => {
  it('are bundled everywhere that the event is shown', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    await relate(bob, roomId, 'm.thread', root, 'one');
    const two = await relate(bob, roomId, 'm.thread', root, 'two');
    const better = await edit(bob, roomId, two, 'two, better');
    const reference = await relate(bob, roomId, 'm.reference', root, 'see');
    const [inEvent, inContext, inMessages, inSync] = await Promise.all([
      alice.event(roomId, root),
      alice.context(roomId, root).then(({ event }) => event),
      alice.messages(roomId, { limit: 100 }).then(({ chunk }) => chunk.find(({ event_id }) => event_id === root)),
      alice
        .sync()
        .then(({ rooms }) => rooms.join[roomId].timeline.events.find((event: TestEvent) => event.event_id === root)),
    ]);
    for (const event of [inEvent, inContext, inMessages, inSync]) {
      expect(bundled(event)).toMatchObject({
        'm.thread': {
          count: 2,
          current_user_participated: true,
          latest_event: { event_id: two, unsigned: { 'm.relations': { 'm.replace': { event_id: better } } } },
        },
        'm.reference': { chunk: [{ event_id: reference }] },
      });
    }
  });

  it('say whether the reader took part', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const carol = await town.person('carol');
    await carol.join(roomId);
    const root = await alice.say(roomId, 'root');
    await relate(bob, roomId, 'm.thread', root, 'one');
    const participated = async (user: TestUser) =>
      bundled(await user.event(roomId, root))['m.thread'].current_user_participated;
    expect([await participated(alice), await participated(bob), await participated(carol)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('of a redacted message go on, without what was redacted in them', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const one = await relate(bob, roomId, 'm.thread', root, 'one');
    const two = await relate(bob, roomId, 'm.thread', root, 'two');
    await alice.redact(roomId, root);
    await bob.redact(roomId, two);
    expect(bundled(await alice.event(roomId, root))['m.thread']).toMatchObject({
      count: 1,
      latest_event: { event_id: one },
    });
    await bob.redact(roomId, one);
    expect(bundled(await alice.event(roomId, root))).toBeUndefined();
  });

  it('in threads are followed one step', async () => {
    const { alice, roomId } = await roomOfTwo();
    let parent = await alice.say(roomId, 'root');
    const root = parent;
    for (let n = 0; n < 5; n += 1) parent = await relate(alice, roomId, 'm.thread', parent, `${n}`);
    const { latest_event: latest } = bundled(await alice.event(roomId, root))['m.thread'];
    expect(latest.content.body).toBe('0');
    expect(bundled(latest)).toBeUndefined();
  });
});

describe('what is bundled with an event', () => {
  it('ends where the reader left the room', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const root = await alice.say(roomId, 'root');
    const other = await alice.say(roomId, 'other');
    await relate(alice, roomId, 'm.thread', other, 'reply before');
    await bob.leave(roomId);
    await edit(alice, roomId, root, 'edited later');
    await relate(alice, roomId, 'm.reference', root, 'refers later');
    await relate(alice, roomId, 'm.thread', root, 'reply later');
    await relate(alice, roomId, 'm.thread', other, 'reply later');
    expect(bundled(await bob.event(roomId, root))).toBeUndefined();
    const { chunk } = await bob.messages(roomId, { dir: 'b' });
    expect(JSON.stringify(chunk)).not.toContain('later');
    expect(bundled(await alice.event(roomId, root))).toMatchObject({ 'm.thread': { count: 1 } });
  });

  it('holds nothing that was said before the reader could see it', async () => {
    const joinedOnly = {
      type: 'm.room.history_visibility',
      state_key: '',
      content: { history_visibility: 'joined' },
    };
    const { alice, bob, roomId } = await roomOfTwo({ initial_state: [joinedOnly] });
    const root = await alice.say(roomId, 'root');
    await bob.leave(roomId);
    await edit(alice, roomId, root, 'edited in between');
    await relate(alice, roomId, 'm.reference', root, 'refers in between');
    await bob.join(roomId);
    expect(bundled(await bob.event(roomId, root))).toBeUndefined();
  });
});
