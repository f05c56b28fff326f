import { forbidden } from '../../spec/errors.js';
import type { StateKey } from '../../spec/event.js';
import type { RoomId, ServerName } from '../../spec/ids.js';
import { isAllowedByAcl } from '../../spec/server-acl.js';
import type { RoomReader } from '../events/index.js';

const KEY: StateKey = ['m.room.server_acl', ''];
/** Verdicts remembered: lists are long, and the same few servers are asked for again and again. */
const REMEMBERED = 5_000;

/**
 * Which servers the rooms let in, by their state now.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#server-access-control-lists-acls
 */
export class ServerAcls {
  /** by the nid of the list's event and the server; the longest unused first */
  readonly #verdicts = new Map<string, boolean>();

  constructor(private readonly deps: { readonly reader: Pick<RoomReader, 'stateEntries'> }) {}

  /** Whether `server` may take part in the room; true in rooms that say nothing of it. */
  async isAllowed(roomId: RoomId, server: ServerName): Promise<boolean> {
    const [event] = await this.deps.reader.stateEntries(roomId, [KEY]);
    if (!event) return true;
    const key = `${event.nid} ${server}`;
    const verdict = this.#verdicts.get(key) ?? isAllowedByAcl(event.content, server);
    this.#verdicts.delete(key);
    this.#verdicts.set(key, verdict);
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > REMEMBERED && oldest !== undefined) this.#verdicts.delete(oldest);
    return verdict;
  }

  /** @throws MatrixError M_FORBIDDEN to a server that the room shuts out */
  async require(roomId: RoomId, server: ServerName): Promise<void> {
    if (!(await this.isAllowed(roomId, server))) throw forbidden('Server is banned from room');
  }
}
