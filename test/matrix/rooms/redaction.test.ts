import { describe, expect, it } from 'vitest';
import type { EventId, RoomId } from '../../../src-main/spec/ids.js';
import type { TestUser } from '../../support/test-client.js';
import { refusal, roomPath, segment, sharedHomeserver } from './shared-homeserver.js';

const town = sharedHomeserver();

const redact = (user: TestUser, roomId: RoomId, eventId: string, body: object = {}, txnId = '1') =>
  user.put(roomPath(roomId, `redact/${segment(eventId)}/${txnId}`), body);

async function roomOfTwo(options = {}) {
  const [alice, bob] = [await town.person('alice'), await town.person('bob')];
  const roomId = await alice.createRoom({ preset: 'public_chat', ...options });
  await bob.join(roomId);
  return { alice, bob, roomId };
}

describe.each(['1', '3', '10', '11', '12'])('in room version %s', (room_version) => {
  it('people take back what they wrote, for everybody', async () => {
    const { alice, bob, roomId } = await roomOfTwo({ room_version });
    const eventId = await bob.say(roomId, 'a secret');
    const redaction = await bob.redact(roomId, eventId, 'a slip');
    const event = await alice.event(roomId, eventId);
    expect(event.content).toEqual({});
    expect(event['unsigned']).toMatchObject({
      redacted_because: {
        event_id: redaction,
        type: 'm.room.redaction',
        redacts: eventId,
        content: { redacts: eventId, reason: 'a slip' },
      },
    });
    const { chunk } = await alice.messages(roomId);
    expect(JSON.stringify(chunk)).not.toContain('a secret');
  });

  it('moderators redact what others wrote, others do not', async () => {
    const { alice, bob, roomId } = await roomOfTwo({ room_version });
    const [ofAlice, ofBob] = [await alice.say(roomId, 'from alice'), await bob.say(roomId, 'from bob')];
    expect(await redact(bob, roomId, ofAlice)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await redact(alice, roomId, ofBob)).toMatchObject({ status: 200 });
    expect((await alice.event(roomId, ofBob)).content).toEqual({});
    expect((await bob.event(roomId, ofAlice)).content).toMatchObject({ body: 'from alice' });
  });

  it('a redacted state event stays in the state, empty', async () => {
    const { alice, bob, roomId } = await roomOfTwo({ room_version });
    const eventId = await alice.setState(roomId, 'm.room.name', { name: 'Secret' });
    await alice.redact(roomId, eventId);
    expect(await bob.stateContent(roomId, 'm.room.name')).toEqual({});
    const state = await bob.state(roomId);
    expect(state.find(({ type }) => type === 'm.room.name')).toMatchObject({ event_id: eventId, content: {} });
    const next = await alice.setState(roomId, 'm.room.name', { name: 'Secret' });
    expect(next).not.toBe(eventId);
    expect(await bob.event(roomId, next)).toMatchObject({ unsigned: { prev_content: {} } });
  });

  it('a redacted member stays a member without a name', async () => {
    const { alice, bob, roomId } = await roomOfTwo({ room_version });
    const member = await bob.setState(roomId, 'm.room.member', { membership: 'join', displayname: 'Rude' }, bob.userId);
    await alice.redact(roomId, member);
    expect(await alice.stateContent(roomId, 'm.room.member', bob.userId)).toEqual({ membership: 'join' });
    const { joined } = await alice.ok('GET', roomPath(roomId, 'joined_members'));
    expect(joined[bob.userId]).toEqual({});
    await bob.say(roomId, 'still here');
  });
});

describe('redactions', () => {
  it('of redacted power levels keep the levels', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const levels = await alice.stateContent(roomId, 'm.room.power_levels');
    const eventId = await alice.setState(roomId, 'm.room.power_levels', { ...levels, events_default: 10 });
    await alice.redact(roomId, eventId);
    const reply = await bob.put(roomPath(roomId, 'send/m.room.message/1'), { msgtype: 'm.text', body: 'x' });
    expect(reply).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });

  it('are idempotent by transaction', async () => {
    const { bob, roomId } = await roomOfTwo();
    const eventId = await bob.say(roomId, 'x');
    const first = await redact(bob, roomId, eventId, {}, 'txn');
    expect(await redact(bob, roomId, eventId, {}, 'txn')).toEqual(first);
    const sent = await bob.put(roomPath(roomId, 'send/m.room.message/txn'), { msgtype: 'm.text', body: 'x' });
    expect(sent.body.event_id).not.toBe(first.body.event_id);
  });

  it('of an event that nobody knows need power', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    expect(await redact(bob, roomId, '$unknown')).toMatchObject(refusal(404, 'M_NOT_FOUND'));
    expect(await redact(alice, roomId, '$unknown')).toMatchObject({ status: 200 });
  });

  it('do not reach into another room', async () => {
    const { alice, roomId } = await roomOfTwo();
    const elsewhere = await roomOfTwo();
    const eventId = await elsewhere.alice.say(elsewhere.roomId, 'safe');
    expect(await redact(alice, roomId, eventId)).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    expect((await elsewhere.bob.event(elsewhere.roomId, eventId)).content).toMatchObject({ body: 'safe' });
  });

  it('spare what a room cannot do without', async () => {
    const { alice, roomId } = await roomOfTwo();
    await alice.setState(roomId, 'm.room.server_acl', { allow: ['*'] });
    for (const type of ['m.room.create', 'm.room.server_acl']) {
      const event = (await alice.state(roomId)).find((candidate) => candidate.type === type);
      expect(await redact(alice, roomId, event?.event_id ?? '')).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    }
  });

  it('come as ordinary events too', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const eventId: EventId = await bob.say(roomId, 'x');
    await bob.send(roomId, 'm.room.redaction', { redacts: eventId, reason: 'y' });
    expect((await alice.event(roomId, eventId)).content).toEqual({});
    expect(await bob.put(roomPath(roomId, 'send/m.room.redaction/1'), {})).toMatchObject(refusal(400, 'M_BAD_JSON'));
  });

  it('outlast a restart', async () => {
    const { alice, bob, roomId } = await roomOfTwo();
    const eventId = await bob.say(roomId, 'a secret');
    await bob.redact(roomId, eventId);
    await town.server.restart();
    expect(await alice.event(roomId, eventId)).toMatchObject({ content: {}, unsigned: { redacted_because: {} } });
  });

  it('are refused to strangers', async () => {
    const { bob, roomId } = await roomOfTwo();
    const eve = await town.person('eve');
    const eventId = await bob.say(roomId, 'x');
    expect(await redact(eve, roomId, eventId)).toMatchObject(refusal(403, 'M_FORBIDDEN'));
    expect(await redact(bob, roomId, 'no-event-id')).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
  });
});

it('whoever left before does not hear who redacted, nor why', async () => {
  const { alice, bob, roomId } = await roomOfTwo();
  const eventId = await alice.say(roomId, 'hello');
  await bob.leave(roomId);
  await alice.redact(roomId, eventId, 'bob must not know this');
  const event = await bob.event(roomId, eventId);
  expect(event.content).toEqual({});
  expect(JSON.stringify([event, await bob.messages(roomId)])).not.toContain('bob must not know this');
  await bob.join(roomId);
  expect((await bob.event(roomId, eventId))['unsigned']).toHaveProperty('redacted_because');
});
