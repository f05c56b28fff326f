import { describe, expect, it } from 'vitest';
import { clientEvent, federationEvent, strippedState } from '../../src-main/spec/client-event.js';
import { roomEvent } from '../../src-main/spec/event.js';
import { RawNumber } from '../../src-main/spec/json-text.js';
import { pdu, rulesOf } from './events.js';

const event = (changes: Record<string, unknown> = {}, version = '12') =>
  roomEvent(pdu({ room_id: '!r', ...changes }), rulesOf(version), '$e', '!r');
const redaction = (version: string) =>
  event(
    {
      type: 'm.room.redaction',
      ...(version === '12' ? { content: { redacts: '$x' } } : { redacts: '$x', content: { reason: 'spam' } }),
    },
    version,
  );

describe('the format for clients', () => {
  it('has exactly what a message needs in /sync', () => {
    expect(clientEvent(event({ unsigned: { age: 7 }, foreign: 1 }), { withRoomId: false })).toEqual({
      type: 'm.room.message',
      event_id: '$e',
      sender: '@a:domain',
      content: { body: 'hello', msgtype: 'm.text' },
      origin_server_ts: 1_000_000,
    });
  });

  it('has the room, the state key and what is unsigned where they are', () => {
    const shown = clientEvent(event({ type: 'm.room.name', state_key: '' }), {
      withRoomId: true,
      unsigned: { age: 5 },
    });
    expect(shown).toMatchObject({ room_id: '!r', state_key: '', unsigned: { age: 5 } });
  });

  it('names the room of a create event that does not', () => {
    const create = event({ type: 'm.room.create', state_key: '', room_id: undefined });
    expect(clientEvent(create, { withRoomId: true }).room_id).toBe('!r');
    expect(federationEvent(create, { withRoomId: true })['room_id']).toBe('!r');
  });

  it.each([
    ['12', { redacts: '$x' }],
    ['10', { redacts: '$x', reason: 'spam' }],
  ])('shows what a redaction of version %s redacts in both places', (version, content) => {
    expect(clientEvent(redaction(version), { withRoomId: false })).toMatchObject({ redacts: '$x', content });
  });

  it('cuts a redacted event and shows why', () => {
    const options = { withRoomId: false, unsigned: { age: 1 }, redactedBecause: redaction('12') };
    expect(
      clientEvent(event({ type: 'm.room.member', content: { membership: 'join', displayname: 'A' } }), options),
    ).toMatchObject({
      content: { membership: 'join' },
      unsigned: { age: 1, redacted_because: { type: 'm.room.redaction', event_id: '$e' } },
    });
    expect(clientEvent(event(), options).content).toEqual({});
  });
});

it('hands the event over as servers have it when a filter asks for that', () => {
  expect(federationEvent(event(), { withRoomId: false, unsigned: { age: 1 } })).toEqual({
    ...pdu({ room_id: '!r' }),
    event_id: '$e',
    unsigned: { age: 1 },
  });
  const cut = federationEvent(event(), { withRoomId: true, redactedBecause: redaction('12') });
  expect(cut).toMatchObject({ content: {}, hashes: {}, unsigned: { redacted_because: { room_id: '!r' } } });
});

it('strips state to its four keys', () => {
  expect(strippedState(event({ type: 'm.room.name', state_key: '', content: { name: 'x' } }))).toEqual({
    type: 'm.room.name',
    state_key: '',
    sender: '@a:domain',
    content: { name: 'x' },
  });
});

it('keeps depths of old rooms within what JavaScript can count', () => {
  const depth = new RawNumber('9223372036854775807');
  expect(event({ depth }, '1').depth).toBe(Number.MAX_SAFE_INTEGER);
  expect(event({ depth: 7 }, '1').depth).toBe(7);
});
