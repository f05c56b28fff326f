import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventId } from '../../../src-main/spec/ids.js';
import { authDifference } from '../../../src-main/spec/state-resolution/auth-difference.js';
import { authGraph } from '../../../src-main/spec/state-resolution/auth-graph.js';
import { conflictedSubgraph } from '../../../src-main/spec/state-resolution/conflicted-subgraph.js';
import { conflictsOf, conflictsOfV1 } from '../../../src-main/spec/state-resolution/conflicts.js';
import type { StateMap } from '../../../src-main/spec/state-view.js';
import { authChains } from './by-the-letter.js';
import { splitRoom } from './random-room.js';

const state = (ids: Record<string, EventId>): StateMap => new Map(Object.entries(ids));

/** A graph written as `{ event: [auth events] }`. */
const edges = (graph: Record<EventId, readonly EventId[]>) => (id: EventId) => graph[id] ?? [];

function differenceOf(graph: Record<EventId, readonly EventId[]>, sides: readonly StateMap[]): EventId[] {
  const conflicts = conflictsOf(sides);
  const conflicted = [...conflicts.conflicted.values()].flatMap((ids) => [...ids]);
  return [...authDifference(authGraph(conflicted, edges(graph)), sides, conflicts, edges(graph))].sort();
}

const GRAPH = {
  $levels1: ['$create'],
  $levels2: ['$levels1'],
  $a: ['$levels1'],
  $b: ['$levels2'],
  $old: ['$create'],
  $c: ['$old'],
  $d: ['$old'],
} as const;

it.each<[title: string, sides: StateMap[], difference: EventId[]]>([
  ['is empty where all is agreed on', [state({ a: '$a' }), state({ a: '$a' })], []],
  ['has what one side has and the other lacks', [state({ a: '$a' }), state({})], ['$a', '$create', '$levels1']],
  [
    'has the chains of both, without what they share',
    [state({ a: '$a' }), state({ a: '$b' })],
    ['$a', '$b', '$levels2'],
  ],
  [
    'leaves out what agreed state rests on',
    [state({ a: '$a', c: '$c' }), state({ a: '$d', c: '$c' })],
    ['$a', '$d', '$levels1'],
  ],
  ['leaves out agreed state', [state({ l: '$levels1', a: '$a' }), state({ l: '$levels1' })], ['$a']],
  ['is empty for one side alone', [state({ a: '$a' })], []],
])('the auth difference %s', (_title, sides, difference) => expect(differenceOf(GRAPH, sides)).toEqual(difference));

it('tells more than 31 state sets apart', () => {
  const ids = Array.from({ length: 70 }, (_, i): EventId => `$${String(i).padStart(2, '0')}`);
  const graph = Object.fromEntries(ids.map((id) => [id, ['$common', `${id}-below`] as EventId[]]));
  const sides = ids.map((id) => state({ key: id }));
  expect(differenceOf(graph, sides)).toEqual(ids.flatMap((id) => [id, `${id}-below`]));
});

it('finds the auth difference that the definition says', () => {
  fc.assert(
    fc.property(splitRoom('11'), ({ room, sides }) => {
      const conflicts = conflictsOf(sides);
      const conflicted = new Set([...conflicts.conflicted.values()].flatMap((ids) => [...ids]));
      const authEvents = (id: EventId) => room.event(id)?.authEvents ?? [];
      const found = authDifference(authGraph(conflicted, authEvents), sides, conflicts, authEvents);
      expect(new Set([...conflicted, ...found])).toEqual(
        new Set([...conflicted, ...authChains(room, sides).difference]),
      );
    }),
    { numRuns: 300 },
  );
});

it.each<[title: string, conflicted: EventId[], subgraph: EventId[]]>([
  ['between two events', ['$b', '$create'], ['$b', '$create', '$levels1', '$levels2']],
  ['of events that do not lead to each other', ['$a', '$b'], ['$a', '$b']],
  ['past a conflicted event on the way', ['$b', '$levels2', '$levels1'], ['$b', '$levels1', '$levels2']],
  ['of nothing', [], []],
])('the conflicted subgraph has the way %s', (_title, conflicted, subgraph) => {
  const found = conflictedSubgraph(authGraph(conflicted, edges(GRAPH)), new Set(conflicted));
  expect([...found].sort()).toEqual(subgraph);
});

/** `$7` rests on `$6` and `$4`, `$6` on `$5` and `$3`, and so on. */
const authEventsBelow = (id: EventId): EventId[] => {
  const at = Number(id.slice(1));
  return at > 1 ? [`$${at - 1}`, `$${Math.ceil(at / 2)}`] : [];
};

it('puts each event after its auth events, however long the chain', () => {
  const { ids } = authGraph(['$50000'], authEventsBelow);
  expect(ids.map((id) => Number(id.slice(1)))).toEqual(Array.from({ length: 50_000 }, (_, i) => i + 1));
});

it('comes to an end where events of room version 1 name each other', () => {
  const graph = authGraph(['$a'], edges({ $a: ['$b'], $b: ['$a'] }));
  expect([...graph.ids].sort()).toEqual(['$a', '$b']);
});

it('counts a key that a side lacks as conflicted since version 2 only', () => {
  const sides = [
    state({ a: '$a', b: '$b' }),
    state({ a: '$a' }),
    state({ a: '$a', c: '$1' }),
    state({ a: '$a', c: '$2' }),
  ];
  expect([...conflictsOf(sides).unconflicted.keys()]).toEqual(['a']);
  expect([...conflictsOf(sides).conflicted.keys()].sort()).toEqual(['b', 'c']);
  expect([...conflictsOfV1(sides).unconflicted.keys()]).toEqual(['a', 'b']);
  expect(conflictsOfV1(sides).conflicted).toEqual(new Map([['c', new Set(['$1', '$2'])]]));
});
