import { expect, it, vi } from 'vitest';
import { News } from '../../../src-main/storage/news.js';
import type { SyncContext } from '../../../src-main/matrix/sync/v2/context.js';
import { RoomsPart } from '../../../src-main/matrix/sync/v2/rooms-part.js';

type Deps = ConstructorParameters<typeof RoomsPart>[0];

const ALICE = '@alice:hearth.test';

/** A part of /sync over these memberships, that tells which rooms it asked for. */
function partOver(memberships: readonly object[]) {
  const joined = vi.fn(async () => ({ timeline: { events: [{}] } }));
  const none = async () => new Map();
  const deps = {
    db: { news: new News(0) },
    reader: { roomsOf: async () => memberships },
    blocks: { joined },
    stripped: {},
    sources: {
      ephemeral: { typing: () => new Map(), receipts: none, firstReceipts: none },
      notifications: { counts: none },
    },
  } as unknown as Deps;
  deps.db.news.announce(['room:!old:hearth.test', 'room:!new:hearth.test'], 12);
  return { part: new RoomsPart(deps), joined };
}

it('leaves rooms that were joined after the answer’s moment to the next answer, and what was said there before', async () => {
  const { part } = partOver([
    { roomId: '!old:hearth.test', userId: ALICE, membership: 'join', position: 5, since: 5 },
    { roomId: '!new:hearth.test', userId: ALICE, membership: 'join', position: 12, since: 12 },
  ]);
  const moment = (position: number) => ({ position, ephemeral: 0, toDevice: position });
  const context = {
    viewer: { userId: ALICE, deviceId: 'A' },
    filter: {},
    since: moment(10),
    now: moment(11),
    isQuiet: true,
    fullState: false,
    stateKey: 'state',
    ignored: new Set(),
    hidden: new Set(),
    appeared: new Set(),
    ownChanges: new Map(),
  } as unknown as SyncContext;
  const { join } = await part.build(context, []);
  expect(Object.keys(join ?? {})).toEqual(['!old:hearth.test']);
});
