import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src-main/base/json.js';
import type { Events, PduVerdict } from '../../../src-main/matrix/events/index.js';
import { parseJsonLossless } from '../../../src-main/spec/json-text.js';
import { ROOM_VERSIONS } from '../../../src-main/spec/room-version.js';
import { redactPdu } from '../../../src-main/spec/redaction.js';
import { openTestDatabase } from '../../support/new-database.js';
import { sqliteDatabases } from '../../support/databases.js';
import { alsoSignedBy, changed, GraphRoom, serverOn, testKeys } from './graph-room.js';

const databases = sqliteDatabases();
let here: Events;
beforeAll(async () => {
  here = serverOn(await openTestDatabase(await databases.create()));
});
afterEach(() => testKeys.unreachable.clear());

const ALICE = '@alice:one.test';

async function check(room: GraphRoom, value: JsonValue, roomId = room.roomId): Promise<PduVerdict> {
  const [verdict] = await here.pdus.check([parseJsonLossless(JSON.stringify(value)).value], room.rules, { roomId });
  if (!verdict) throw new Error('no verdict');
  return verdict;
}

describe('an event of another server', () => {
  it.each(ROOM_VERSIONS)('is taken as it is where all is well (version %s)', async (version) => {
    const room = new GraphRoom(version);
    for (const [eventId, checked] of room.checked) {
      expect(await check(room, { ...checked.event.pdu, unsigned: { age: 1 } })).toEqual({
        event: { ...checked.event, eventId },
        text: checked.text,
      });
    }
  });

  it.each(ROOM_VERSIONS)(
    'is cut to what its signature covers where its hash is wrong (version %s)',
    async (version) => {
      const room = new GraphRoom(version);
      const message = room.make({ sender: ALICE, type: 'm.room.message', content: { body: 'said' } });
      const verdict = await check(room, changed(message, { content: { body: 'never said' } }));
      expect(verdict).toMatchObject({ event: { eventId: message.event.eventId, content: {} } });
      if (!('event' in verdict)) throw new Error('refused');
      expect(JSON.parse(verdict.text)).toEqual(redactPdu(message.event.pdu, room.rules));
    },
  );

  it('is refused where its signature is wrong, is missing, or is of somebody else', async () => {
    const room = new GraphRoom('11');
    const message = room.make({ sender: ALICE, type: 'm.room.message', content: { body: 'x' } });
    expect(await check(room, changed(message, { depth: 77 }))).toMatchObject({
      refused: expect.stringContaining('wrong'),
    });
    expect(await check(room, changed(message, { signatures: {} }))).toMatchObject({
      refused: 'one.test has not signed it',
    });
    const ofTwo = alsoSignedBy(message, 'two.test').signatures['two.test'] ?? {};
    expect(await check(room, changed(message, { signatures: { 'two.test': ofTwo } }))).toMatchObject({
      refused: 'one.test has not signed it',
    });
    expect(await check(room, changed(message, { signatures: { 'one.test': ofTwo } }))).toMatchObject({
      refused: 'the signature of one.test is wrong',
    });
  });

  it('may be taken later where nobody can tell the key now', async () => {
    const room = new GraphRoom('11');
    const message = room.make({ sender: ALICE, type: 'm.room.message', content: { body: 'x' } });
    testKeys.unreachable.add('one.test');
    expect(await check(room, message.event.pdu)).toMatchObject({
      refused: expect.stringContaining('key'),
      mayHoldLater: true,
      eventId: message.event.eventId,
    });
  });

  it('must be signed by the server that let its sender in', async () => {
    const room = new GraphRoom('10');
    const content = { membership: 'join', join_authorised_via_users_server: '@gate:two.test' };
    const join = room.make({ sender: '@new:one.test', type: 'm.room.member', stateKey: '@new:one.test', content });
    expect(await check(room, join.event.pdu)).toMatchObject({ refused: 'two.test has not signed it' });
    expect(await check(room, alsoSignedBy(join, 'two.test'))).toMatchObject({ event: { eventId: join.event.eventId } });
  });

  it('is an invite that an identity server vouches for: then the server of its sender need not sign', async () => {
    const room = new GraphRoom('11');
    const content = { membership: 'invite', third_party_invite: { signed: { mxid: '@b:two.test', token: 't' } } };
    const invite = room.make({ sender: ALICE, type: 'm.room.member', stateKey: '@b:two.test', content });
    const pdu = changed(
      { ...invite, event: { ...invite.event, pdu: alsoSignedBy(invite, 'two.test') } },
      {},
    ) as JsonObject;
    const { 'one.test': _, ...signatures } = pdu['signatures'] as Record<string, JsonValue>;
    expect(await check(room, { ...pdu, signatures })).toMatchObject({ event: { eventId: invite.event.eventId } });
  });

  it('must be signed by the server of its id in old rooms', async () => {
    const room = new GraphRoom('1');
    const message = room.make({ sender: ALICE, type: 'm.room.message', content: { body: 'x' } });
    const pdu = { ...message.event.pdu, event_id: '$mine:three.test' };
    expect(await check(room, pdu)).toMatchObject({ refused: expect.stringMatching(/one\.test|three\.test/) });
  });

  it('is refused where it is malformed, too large, or of another room', async () => {
    const room = new GraphRoom('11');
    const make = (content: JsonObject) => room.make({ sender: ALICE, type: 'm.room.message', content }).event.pdu;
    const good = make({ body: 'x' });
    for (const wrong of [
      null,
      [],
      'x',
      { ...good, prev_events: 'x' },
      { ...good, depth: 1.5 },
      { ...good, sender: 'me' },
    ]) {
      expect(await check(room, wrong as JsonValue)).toHaveProperty('refused');
    }
    expect(await check(room, make({ body: 'x'.repeat(66_000) }))).toMatchObject({
      refused: expect.stringContaining('65536'),
    });
    expect(await check(room, { ...good, prev_events: Array.from({ length: 21 }, (_, n) => `$${n}`) })).toMatchObject({
      refused: expect.stringContaining('prev_events'),
    });
    expect(await check(room, good, '!other:one.test')).toMatchObject({ refused: expect.stringContaining('room') });
  });

  it('keeps numbers of old rooms as they were written', async () => {
    const room = new GraphRoom('5');
    const { value } = parseJsonLossless('{"body":"x","ratio":1.50,"large":12345678901234567890}');
    const message = room.make({ sender: ALICE, type: 'm.room.message', content: value as JsonObject });
    expect(message.text).toContain('"ratio":1.50');
    const [verdict] = await here.pdus.check([parseJsonLossless(message.text).value], room.rules);
    expect(verdict).toMatchObject({ text: message.text });
  });
});
