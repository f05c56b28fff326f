import { expect, it } from 'vitest';
import { RelationStore } from '../../../src-main/matrix/events/relations.store.js';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import { describeEachDatabase } from '../../support/databases.js';
import { startHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

const relate = (user: TestUser, roomId: RoomId, relType: string, parent: EventId, type = 'm.room.message') =>
  user.send(roomId, type, { msgtype: 'm.text', body: 'x', 'm.relates_to': { rel_type: relType, event_id: parent } });

describeEachDatabase('relations of events with very many', (databases) => {
  it('are read up to a bound, the ones that count', async () => {
    await using server = await startHomeserver({ database: await databases.create() });
    const { db } = server.homeserver;
    const store = new RelationStore();
    const [alice, bob] = [await server.register('alice'), await server.register('bob')];
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(roomId);
    const elsewhere = await bob.createRoom();
    const [root, other] = [await alice.say(roomId, 'root'), await alice.say(roomId, 'other')];

    const edits: EventId[] = [];
    for (let i = 0; i < 4; i += 1) edits.push(await relate(alice, roomId, 'm.replace', root));
    for (let i = 0; i < 4; i += 1) await relate(bob, roomId, 'm.replace', root);
    await relate(alice, roomId, 'm.replace', root, 'm.sticker');
    const first = await relate(bob, roomId, 'm.reference', root);
    await relate(bob, roomId, 'm.reference', root);
    await relate(bob, elsewhere, 'm.reference', root);
    for (let i = 0; i < 4; i += 1) await relate(bob, roomId, 'm.thread', root);
    const last = await relate(alice, roomId, 'm.thread', root);
    await relate(bob, elsewhere, 'm.thread', root);

    const types = ['m.replace', 'm.reference'];
    expect(await store.ofParents(db, [root, other], types, 10)).toBeUndefined();
    expect(await store.ofParents(db, [root, other], types, 11)).toHaveLength(11);
    expect((await store.editsOf(db, root, 2)).map(({ eventId }) => eventId)).toEqual(edits.slice(-2));
    expect((await store.referencesOf(db, root, 1)).map(({ eventId }) => eventId)).toEqual([first]);
    const [thread, ...none] = await store.threads(db, [root, other], alice.userId, 3);
    expect(none).toEqual([]);
    expect(thread).toMatchObject({ rootId: root, replies: 3, hasParticipated: true });
    expect((await store.parentsOf(db, [thread?.latestNid ?? 0])).size).toBe(1);
    const [whole] = await store.threads(db, [root], bob.userId, 100);
    expect(whole).toMatchObject({ replies: 5, hasParticipated: true, latestNid: thread?.latestNid });
    const [strange] = await store.threads(db, [root], '@carol:hearth.test', 100);
    expect(strange?.hasParticipated).toBe(false);
    expect((await alice.event(roomId, root))['unsigned']).toMatchObject({
      'm.relations': { 'm.thread': { count: 5, latest_event: { event_id: last } } },
    });
  });
});
