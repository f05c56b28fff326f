import { stringAt } from '../../base/json.js';
import { forbidden } from '../../spec/errors.js';
import type { EventId, RoomId, UserId } from '../../spec/ids.js';
import type { Database } from '../../storage/database.js';
import type { AccountDataKeeper } from '../accounts/index.js';
import type { RoomReader } from '../events/index.js';

const FULLY_READ = 'm.fully_read';

/** Where somebody really stopped reading; room account data that moves forward only. */
export class ReadMarkers {
  constructor(
    private readonly deps: {
      readonly db: Database;
      readonly accountData: AccountDataKeeper;
      readonly reader: RoomReader;
    },
  ) {}

  /** @throws MatrixError M_FORBIDDEN unless the user is joined */
  async setFullyRead({ roomId, userId, eventId }: { roomId: RoomId; userId: UserId; eventId: EventId }): Promise<void> {
    const { db, accountData, reader } = this.deps;
    if (!(await reader.isJoined(roomId, userId))) throw forbidden('you are not in this room');
    const standing = stringAt(await accountData.get(userId, roomId, FULLY_READ), 'event_id');
    if (standing !== undefined && !(await this.#isLater(eventId, standing as EventId))) return;
    await db.write((tx) => accountData.set(tx, userId, { roomId, type: FULLY_READ, content: { event_id: eventId } }));
  }

  async #isLater(eventId: EventId, standing: EventId): Promise<boolean> {
    const events = await this.deps.reader.events([eventId, standing]);
    const ord = (id: EventId) => events.find((event) => event.eventId === id)?.ord;
    const [next, before] = [ord(eventId), ord(standing)];
    return before === undefined || (next !== undefined && next > before);
  }
}
