import { withTimeout } from '../../../base/abort.js';
import type { Clock } from '../../../base/clock.js';
import type { JsonObject } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import { serverOf } from '../../../spec/grammar.js';
import type { EventId, RoomId, ServerName, UserId } from '../../../spec/ids.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';
import type { SealedPdu } from '../../../spec/seal-pdu.js';
import type { Intake, RoomReader, StoredEvent } from '../../events/index.js';
import { askable, askInTurn } from './in-turn.js';
import type { MembershipRequests } from './membership-requests.js';
import { ownEvent } from './own-event.js';
import type { Author } from './ports.js';
import { sealWish } from './template.js';

interface RemoteLeavesDeps {
  readonly author: Author;
  readonly requests: MembershipRequests;
  readonly intake: Intake;
  readonly reader: RoomReader;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who turns an invitation down does not wait longer for a server that may be gone for good. */
const LONGEST = 30_000;
/** Servers that are told at most: one of them is enough. */
const MOST_TOLD = 5;

/**
 * Turns down invitations to rooms, and takes back knocks at rooms, that this server is not in.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#leaving-rooms-rejecting-invites
 */
export class RemoteLeaves {
  constructor(private readonly deps: RemoteLeavesDeps) {}

  /**
   * Tells a server of the room. Where none listens, the invitation or the knock is gone at least here.
   *
   * @param standing the member event of the user that stands: an invite or a knock
   * @returns the departure, as it stands here
   */
  async leave(standing: StoredEvent, content: JsonObject): Promise<StoredEvent> {
    const { roomId } = standing;
    const userId = standing.stateKey as UserId;
    const { author, intake, log } = this.deps;
    const servers = askable(await this.#servers(standing), author.serverName).slice(0, MOST_TOLD);
    const signal = withTimeout(undefined, LONGEST);
    try {
      const told = await askInTurn(servers, { what: 'leave', log, signal }, (server) =>
        this.#leaveBy(server, roomId, userId, content, signal),
      );
      return await intake.outOfBand({ roomId, rules: told.rules, event: ownEvent(told.leave, told.rules, roomId) });
    } catch (error) {
      if (!(error instanceof MatrixError) && !signal.aborted) throw error;
      log.info('nobody was told of a departure', { roomId, userId, servers, error });
      const { rules } = standing.room;
      return intake.outOfBand({ roomId, rules, event: ownEvent(this.#alone(standing, content), rules, roomId) });
    }
  }

  async #leaveBy(
    server: ServerName,
    roomId: RoomId,
    userId: UserId,
    content: JsonObject,
    signal: AbortSignal,
  ): Promise<{ leave: SealedPdu; rules: RoomVersionRules }> {
    const { requests, author, clock } = this.deps;
    const wish = { asking: 'leave', roomId, userId } as const;
    const template = await requests.make(server, wish, signal);
    const leave = sealWish(wish, template, content, author, clock.now());
    await requests.sendLeave(server, roomId, leave, signal);
    return { leave, rules: template.rules };
  }

  /** Who may be in the room: whoever invited, whoever made what is known of it, and whose room it is by its name. */
  async #servers({ sender, stateKey, roomId }: StoredEvent): Promise<(ServerName | undefined)[]> {
    const shown = await this.deps.reader.strippedState(roomId, stateKey as UserId);
    return [serverOf(sender), ...shown.map((event) => serverOf(event.sender)), serverOf(roomId)];
  }

  /** A departure that nobody else hears of, right after what it ends. */
  #alone(standing: StoredEvent, content: JsonObject): SealedPdu {
    const { rules } = standing.room;
    const reference = (id: EventId) => (rules.eventReferences === 'ids' ? id : [id, {}]);
    const wish = { asking: 'leave', roomId: standing.roomId, userId: standing.stateKey as UserId } as const;
    const template = {
      rules,
      prevEvents: [reference(standing.eventId)],
      authEvents: [...standing.authEvents.slice(0, 9), standing.eventId].map(reference),
      depth: Math.min(standing.depth + 1, Number.MAX_SAFE_INTEGER),
      authoriser: undefined,
    };
    return sealWish(wish, template, content, this.deps.author, this.deps.clock.now());
  }
}
