import { expect, it } from 'vitest';
import type { CheckedEvent } from '../../../../src-main/matrix/events/index.js';
import { inGraphOrder, referredElsewhere } from '../../../../src-main/matrix/federation/transactions/graph-order.js';

const event = (eventId: string, prevEvents: string[], depth = 1): CheckedEvent =>
  ({ event: { eventId, prevEvents, depth }, text: '' }) as unknown as CheckedEvent;
const idsOf = (events: CheckedEvent[]) => events.map(({ event: { eventId } }) => eventId);

it.each([
  ['a line in reverse', [event('$c', ['$b']), event('$b', ['$a']), event('$a', ['$x'])], ['$a', '$b', '$c']],
  [
    'a fork that meets again',
    [event('$d', ['$b', '$c']), event('$c', ['$a']), event('$b', ['$a']), event('$a', [])],
    ['$a', '$c', '$b', '$d'],
  ],
  ['depths that lie', [event('$b', ['$a'], 1), event('$a', [], 99)], ['$a', '$b']],
  ['the same event twice', [event('$a', []), event('$a', [])], ['$a']],
  ['a reference twice', [event('$b', ['$a', '$a']), event('$a', [])], ['$a', '$b']],
  ['a circle', [event('$a', ['$c']), event('$b', ['$a']), event('$c', ['$b']), event('$d', [])], ['$d']],
  ['one that follows itself', [event('$a', ['$a']), event('$b', ['$a'])], []],
])('puts %s in order', (_case, events, order) => expect(idsOf(inGraphOrder(events))).toEqual(order));

it('names what is followed and not among them', () => {
  const events = new Map([event('$b', ['$a', '$x']), event('$a', ['$y', '$x'])].map((one) => [one.event.eventId, one]));
  expect(referredElsewhere(events)).toEqual(['$x', '$y']);
});
