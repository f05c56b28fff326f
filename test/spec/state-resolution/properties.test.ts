import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAuth } from '../../../src-main/spec/auth-rules/auth-rules.js';
import type { EventId } from '../../../src-main/spec/ids.js';
import { authGraph } from '../../../src-main/spec/state-resolution/auth-graph.js';
import type { EventLookup } from '../../../src-main/spec/state-resolution/lookup.js';
import { authorizingState, eventsToLoad, resolveState } from '../../../src-main/spec/state-resolution/resolve.js';
import { type StateMap, viewOfState } from '../../../src-main/spec/state-view.js';
import { resolveByTheLetter } from './by-the-letter.js';
import { resolve, type Split, splitRoom } from './random-room.js';

function shuffled(map: StateMap, seed: number): StateMap {
  const entries = [...map];
  const turn = seed % entries.length;
  return new Map([...entries.slice(turn), ...entries.slice(0, turn)].toReversed());
}

describe.each(['1', '2', '6', '11', '12'])('state resolution of room version %s', (version) => {
  it('does not depend on the order of the state sets, nor on that within them', () => {
    fc.assert(
      fc.property(splitRoom(version), fc.nat(), (split, seed) => {
        const others = split.sides.toReversed().map((side) => shuffled(side, seed));
        expect(resolve(split, others)).toEqual(resolve(split, split.sides));
      }),
    );
  });

  it('does not change when a state set comes twice', () => {
    fc.assert(
      fc.property(splitRoom(version), (split) => {
        const twice = [...split.sides, ...split.sides.map((side) => new Map(side))];
        expect(resolve(split, twice)).toEqual(resolve(split, split.sides));
      }),
    );
  });

  it('returns what equal state sets say', () => {
    fc.assert(
      fc.property(splitRoom(version), ({ room, sides: [side = new Map()] }) => {
        expect(resolveState(room.rules, [side, new Map(side), new Map(side)], room)).toEqual(side);
      }),
    );
  });

  it('keeps what all state sets agree on', () => {
    fc.assert(
      fc.property(splitRoom(version), (split) => {
        const resolved = resolve(split, split.sides);
        const [first = new Map(), ...others] = split.sides;
        const agreed = [...first].filter(([key, id]) => others.every((side) => side.get(key) === id));
        expect(agreed.map(([key]) => [key, resolved.get(key)])).toEqual(agreed);
      }),
    );
  });

  it('allows all that it resolves to, where nobody loses a right', () => {
    fc.assert(
      fc.property(splitRoom(version, ['join', 'invite', 'topic', 'name']), (split) => {
        const resolved = resolve(split, split.sides);
        const view = viewOfState(resolved, split.room.event);
        const verdicts = [...resolved.values()].map((id) => checkAuth(split.room.event(id)!, view));
        expect(verdicts.filter(({ allowed }) => !allowed)).toEqual([]);
      }),
    );
  });
});

describe.each(['2', '6', '11', '12'])('state resolution of room version %s', (version) => {
  it('is what the letter of the spec says', () => {
    fc.assert(
      fc.property(splitRoom(version), (split) => {
        expect(resolve(split, split.sides)).toEqual(resolveByTheLetter(split.room, split.sides));
      }),
      { numRuns: 300 },
    );
  });

  it('needs no more than it asks to be loaded', () => {
    fc.assert(
      fc.property(splitRoom(version), (split) => {
        expect(resolveState(split.room.rules, split.sides, loaded(split))).toEqual(resolve(split, split.sides));
      }),
    );
  });
});

/** Knows the events that resolution asks for, and of all others just which events authorize them. */
function loaded({ room, sides }: Split): EventLookup {
  const authEvents = (id: EventId) => room.event(id)?.authEvents ?? [];
  const chains = authGraph(eventsToLoad(sides), authEvents).ids.map((id) => room.event(id)!);
  const state = authorizingState(room.rules, sides, chains).map((id) => room.event(id)!);
  const events = new Map([...chains, ...state].map((event) => [event.eventId, event]));
  return { event: (id) => events.get(id), authEvents };
}
