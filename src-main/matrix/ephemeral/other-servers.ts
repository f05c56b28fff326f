import type { Milliseconds } from '../../base/clock.js';
import { isOnServer } from '../../spec/grammar.js';
import type { RoomId, ServerName, UserId } from '../../spec/ids.js';
import type { RoomReader } from '../events/index.js';
import type { OutgoingEdu, Sending, ServerAcls } from '../federation/index.js';

export interface OtherServersDeps {
  readonly serverName: ServerName;
  readonly reader: Pick<RoomReader, 'serversIn' | 'joinedRooms' | 'isHere'>;
  readonly sending: Pick<Sending, 'edu'>;
  readonly acls: Pick<ServerAcls, 'isAllowed'>;
}

/** How long something may wait for each server that it goes to: so that many servers are told of many things at once. */
const PATIENCE_A_SERVER: Milliseconds = 20;
const LONGEST_PATIENCE: Milliseconds = 20_000;
/** What is told at once where servers are few waits a little where they are many. */
const MANY = 50;
const SHORT_PATIENCE: Milliseconds = 3_000;

/**
 * The other servers that share rooms with this one. Nobody waits for what they are told of the moment: where the rooms
 * cannot be read, they are not told.
 */
export class OtherServers {
  constructor(private readonly deps: OtherServersDeps) {}

  isLocal(userId: UserId): boolean {
    return isOnServer(userId, this.deps.serverName);
  }

  /** Tells the servers in a room at once, or almost, where they are many. */
  async tellRoom(roomId: RoomId, edu: OutgoingEdu): Promise<void> {
    const servers = await this.deps.reader.serversIn(roomId).catch((): ServerName[] => []);
    const patience = servers.length < MANY ? 0 : Math.min(patienceFor(servers.length), SHORT_PATIENCE);
    if (servers.length > 0) this.deps.sending.edu(servers, { ...edu, patience });
  }

  /** Tells the servers in a room, the later the more they are. */
  async tellRoomPatiently(roomId: RoomId, edu: OutgoingEdu): Promise<void> {
    const servers = await this.deps.reader.serversIn(roomId).catch((): ServerName[] => []);
    if (servers.length > 0) this.deps.sending.edu(servers, { ...edu, patience: patienceFor(servers.length) });
  }

  /** Tells all servers that share a room with one of our users. */
  async tellNeighbours(userId: UserId, edu: OutgoingEdu): Promise<void> {
    const { reader, sending } = this.deps;
    const rooms = await reader.joinedRooms(userId).catch((): RoomId[] => []);
    const servers = new Set<ServerName>();
    for (const roomId of rooms) {
      for (const server of await reader.serversIn(roomId).catch((): ServerName[] => [])) servers.add(server);
    }
    if (servers.size > 0) sending.edu(servers, { ...edu, patience: patienceFor(servers.size) });
  }

  tellServers(servers: Iterable<ServerName>, edu: OutgoingEdu): void {
    this.deps.sending.edu(servers, edu);
  }

  /** Whether a server may say something of the moment about a room: we are there, and the room does not shut it out. */
  async maySpeakOf(roomId: RoomId, origin: ServerName): Promise<boolean> {
    const { reader, acls } = this.deps;
    return (await reader.isHere(roomId)) && (await acls.isAllowed(roomId, origin));
  }
}

const patienceFor = (servers: number): Milliseconds => Math.min(servers * PATIENCE_A_SERVER, LONGEST_PATIENCE);
