import { expect, it } from 'vitest';
import { systemClock } from '../../../src-main/base/clock.js';
import { RateLimiter } from '../../../src-main/http/rate-limit.js';
import { EphemeralCounter } from '../../../src-main/matrix/ephemeral/ephemeral-counter.js';
import { Presence } from '../../../src-main/matrix/ephemeral/presence.js';
import { News } from '../../../src-main/storage/news.js';

const ALICE = '@alice:hearth.test';

it('presence outlives a moment without its database: nobody is left with an error that nobody hears of', async () => {
  const away = () => Promise.reject(new Error('the database is away'));
  const presence = new Presence({
    db: { news: new News(0), position: () => 0 },
    store: {},
    clock: systemClock,
    counter: new EphemeralCounter(systemClock),
    reader: { joinedRooms: away, usersSharingRoom: async () => [] },
    others: { tellNeighbours: async () => undefined },
    enabled: true,
    limit: new RateLimiter({ perSecond: 1, burst: 1 }, systemClock),
  } as unknown as ConstructorParameters<typeof Presence>[0]);
  const unheard: unknown[] = [];
  const listen = (error: unknown) => void unheard.push(error);
  process.on('unhandledRejection', listen);
  presence.polls(ALICE, 'online');
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unheard).toEqual([]);
  expect(await presence.changed(ALICE, 0)).toMatchObject([{ content: { presence: 'online' } }]);
});
