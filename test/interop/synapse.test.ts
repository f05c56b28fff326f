import { afterAll, beforeAll, describe, it } from 'vitest';
import { Pair } from './pair.js';
import { stories } from './stories.js';
import type { Cast } from './story.js';

/** A real Synapse and this server tell every story both ways, in the room versions that are in use. */
const VERSIONS = ['6', '10', '11', '12'];

let pair: Pair;
let people: Record<'hearth' | 'synapse', Pick<Cast, 'host' | 'friend'>>;

beforeAll(async () => {
  pair = await Pair.start('hearth-interop');
  const [hearth, synapse] = await Promise.all(
    [pair.hearth, pair.synapse].map(async (side) => ({
      host: await side.register('alice'),
      friend: await side.register('bob'),
    })),
  );
  if (!hearth || !synapse) throw new Error('there are not two sides');
  people = { hearth, synapse };
}, 300_000);

afterAll(() => pair?.[Symbol.asyncDispose]());

describe.each(['hearth', 'synapse'] as const)('rooms made on %s', (side) => {
  describe.each(VERSIONS)('version %s', (version) => {
    for (const [name, { since, tell }] of Object.entries(stories)) {
      it.runIf(Number(version) >= since)(
        name,
        async () => {
          const [home, away] = side === 'hearth' ? [people.hearth, people.synapse] : [people.synapse, people.hearth];
          await tell({ host: home.host, guest: away.host, friend: away.friend, version });
        },
        60_000,
      );
    }
  });
});
