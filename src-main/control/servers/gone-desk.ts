import type { Activity } from '../../health/index.js';
import type { GoneServers } from '../../matrix/admin/index.js';
import { bytesOnDisk } from '../../matrix/rooms/index.js';
import type { OtherServers } from '../server-host.js';

export interface GoneDeskDeps {
  readonly goneServers: GoneServers;
  readonly health: { readonly activity: Pick<Activity, 'note'> };
}

/** Tidying up after servers that are gone, in the console's words. */
export const goneDesk = ({
  goneServers,
  health,
}: GoneDeskDeps): Pick<OtherServers, 'gone' | 'tidyPreview' | 'tidy'> => ({
  gone: async () => (await goneServers.list()).map(({ server, ...since }) => ({ serverName: server, ...since })),
  async tidyPreview(names) {
    const [kept, rooms] = await Promise.all([goneServers.kept(names), goneServers.leftAlone(names)]);
    const sum = (of: (each: (typeof kept)[number]) => number) => kept.reduce((total, each) => total + of(each), 0);
    return {
      events: sum(({ events }) => events),
      isMore: kept.some(({ isMore }) => isMore),
      others: sum(({ others }) => others),
      copies: sum(({ copies }) => copies.count),
      copyBytes: sum(({ copies }) => copies.bytes),
      rooms: rooms.map(({ roomId, name, local, events, bytes }) => ({
        roomId,
        name,
        people: local,
        events,
        bytes: bytesOnDisk({ events, bytes }),
      })),
    };
  },
  async tidy({ names, copies, rooms }) {
    const done = await goneServers.tidy(names, { copies, rooms });
    await health.activity.note('servers-tidied', {
      servers: done.servers,
      copies: done.copies.count,
      rooms: done.rooms,
    });
    return { copies: done.copies.count, copyBytes: done.copies.bytes, rooms: done.rooms };
  },
});
