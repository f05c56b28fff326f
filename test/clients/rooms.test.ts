import {
  EventType,
  type MatrixEvent,
  MsgType,
  NotificationCountType,
  RelationType,
  type Room,
  SetPresence,
} from 'matrix-js-sdk';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import { Device } from './device.js';
import { until } from './until.js';
import { createEncryptedRoom, createRoom } from './world.js';

// Clients take their time, the more so on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let server: TestHomeserver;
let alice: Device;
let bob: Device;

beforeAll(async () => {
  server = await startHomeserver();
  for (const name of ['alice', 'bob']) await server.register(name);
  alice = await Device.logIn(server, 'alice');
  bob = await Device.logIn(server, 'bob');
  await Promise.all([alice.start(), bob.start()]);
});
afterAll(async () => {
  for (const device of [alice, bob]) device[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});
afterEach(() => {
  for (const device of [alice, bob]) expect([...device.witness.stumbles]).toEqual([]);
});

const text = (body: string) => ({ msgtype: MsgType.Text, body }) as const;
const idOf = (event: MatrixEvent): string => event.getId() ?? '';

it('shows threads, edits, reactions and redactions in an encrypted room', async () => {
  const roomId = await createEncryptedRoom(alice, bob);
  const room = await alice.room(roomId);
  const question = await alice.say(roomId, 'what shall we cook?');
  await bob.read(roomId, 'what shall we cook?');

  await bob.client.sendMessage(roomId, question, text('soup'));
  await until('the answer in the thread', () => bodies(room.getThread(question)?.events).includes('soup'));
  await room.createThreadsTimelineSets();
  await room.fetchRoomThreads();
  expect(room.getThreads().map(({ id }) => id)).toEqual([question]);

  const edit = { ...text('* what shall we eat?'), 'm.new_content': text('what shall we eat?') };
  const replaces = { 'm.relates_to': { rel_type: RelationType.Replace, event_id: question } } as const;
  await alice.client.sendMessage(roomId, { ...edit, ...replaces });
  await until('the edit', () => bodies(bob.events(roomId)).includes('what shall we eat?'));

  const relation = { rel_type: RelationType.Annotation, event_id: question, key: '👍' } as const;
  await bob.client.sendEvent(roomId, EventType.Reaction, { 'm.relates_to': relation });
  await until('the reaction', () =>
    room.relations
      .getChildEventsForEvent(question, RelationType.Annotation, EventType.Reaction)
      ?.getSortedAnnotationsByKey()
      ?.some(([key]) => key === '👍'),
  );

  const slip = await bob.say(roomId, 'oops');
  await alice.read(roomId, 'oops');
  await bob.client.redactEvent(roomId, slip);
  await until('the redaction', () => room.findEventById(slip)?.isRedacted());
});

it('counts what waits to be read, in threads too', async () => {
  const roomId = await createRoom(alice, bob);
  const room = await bob.room(roomId);
  const total = () => room.getRoomUnreadNotificationCount(NotificationCountType.Total);
  await alice.say(roomId, 'hello');
  await until('one unread', () => total() === 1);
  await alice.client.sendMessage(roomId, { ...text('bob?'), 'm.mentions': { user_ids: [bob.userId] } });
  await until('a mention', () => room.getRoomUnreadNotificationCount(NotificationCountType.Highlight) === 1);
  const mention = await bob.read(roomId, 'bob?');
  await bob.client.sendReadReceipt(mention);
  await until('nothing unread', () => total() === 0);
  await until('the receipt', () => readers(alice, roomId, mention).includes(bob.userId));

  const inThread = () => room.getThreadUnreadNotificationCount(idOf(mention), NotificationCountType.Total);
  await alice.client.sendMessage(roomId, idOf(mention), text('are you there?'));
  await until('one unread in the thread', () => inThread() === 1);
  expect(total()).toBe(0);
  const reply = await until('the reply', () => room.getThread(idOf(mention))?.replyToEvent);
  await bob.client.sendReadReceipt(reply);
  await until('nothing unread in the thread', () => inThread() === 0);

  await bob.client.setRoomReadMarkers(roomId, idOf(mention), mention);
  const marker = () => room.getAccountData(EventType.FullyRead)?.getContent()['event_id'];
  await until('the read marker', () => marker() === idOf(mention));
});

it('shows who types, who is there and what they look like', async () => {
  const roomId = await createRoom(alice, bob);
  const room: Room = await alice.room(roomId);
  const member = () => room.getMember(bob.userId);
  await bob.client.sendTyping(roomId, true, 20_000);
  await until('typing', () => member()?.typing);
  await bob.client.sendTyping(roomId, false, 0);
  await until('the end of typing', () => member()?.typing === false);

  await bob.client.setSyncPresence(SetPresence.Unavailable);
  await bob.client.setPresence({ presence: 'unavailable', status_msg: 'cooking' });
  await until('presence', () => alice.client.getUser(bob.userId)?.presenceStatusMsg === 'cooking');
  expect(alice.client.getUser(bob.userId)?.presence).toBe('unavailable');

  await bob.client.setDisplayName('Bobby');
  await until('the new name', () => member()?.name === 'Bobby');
  const picture = new Blob([PIXEL], { type: 'image/png' });
  const { content_uri: uri } = await bob.client.uploadContent(picture, { name: 'bob.png' });
  await bob.client.setAvatarUrl(uri);
  await until('the picture', () => member()?.getMxcAvatarUrl() === uri);
  expect((await alice.download(uri)).equals(PIXEL)).toBe(true);
});

it('keeps push rules, tags and account data between devices', async () => {
  const roomId = await createRoom(alice);
  using tablet = await Device.logIn(server, 'alice');
  await tablet.start();
  const room = await tablet.room(roomId);
  await alice.client.setRoomMutePushRule('global', roomId, true);
  await until('the rule', () => tablet.client.getRoomPushRule('global', roomId));
  await alice.client.setRoomTag(roomId, 'm.favourite', { order: 0.5 });
  await until('the tag', () => room.tags['m.favourite']?.['order'] === 0.5);
  await alice.client.setIgnoredUsers(['@mallory:hearth.test']);
  await until('the ignored', () => tablet.client.isUserIgnored('@mallory:hearth.test'));
  expect([...tablet.witness.stumbles]).toEqual([]);
});

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const bodies = (events: readonly MatrixEvent[] = []) => events.map((event) => event.getContent()['body']);

function readers(device: Device, roomId: string, event: MatrixEvent): string[] {
  const room = device.client.getRoom(roomId);
  const seen = room?.findEventById(idOf(event));
  return seen ? (room?.getUsersReadUpTo(seen) ?? []) : [];
}
