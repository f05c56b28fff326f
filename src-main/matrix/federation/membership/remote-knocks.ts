import { withTimeout } from '../../../base/abort.js';
import type { Clock } from '../../../base/clock.js';
import type { Logger } from '../../../base/logger.js';
import { MatrixError } from '../../../spec/errors.js';
import type { ServerName } from '../../../spec/ids.js';
import type { Intake, PduChecks, StoredEvent } from '../../events/index.js';
import { askable, askInTurn } from './in-turn.js';
import type { MembershipRequests } from './membership-requests.js';
import { ownEvent } from './own-event.js';
import type { Author, RemoteRequest } from './ports.js';
import { readShownState } from './shown-state.js';
import { sealWish, UnusableAnswer } from './template.js';

interface RemoteKnocksDeps {
  readonly author: Author;
  readonly requests: MembershipRequests;
  readonly pdus: PduChecks;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Somebody waits for the answer. */
const LONGEST = 90_000;

/** Knocks at rooms of other servers. @see https://spec.matrix.org/v1.19/server-server-api/#knocking-rooms */
export class RemoteKnocks {
  constructor(private readonly deps: RemoteKnocksDeps) {}

  /**
   * @returns the knock, as it stands here
   * @throws MatrixError with what a server refused; M_NOT_FOUND when there is no server to ask; M_UNKNOWN 502 when none
   *   could help
   */
  async knock(request: RemoteRequest): Promise<StoredEvent> {
    const servers = askable(request.servers, this.deps.author.serverName);
    if (servers.length === 0) throw new MatrixError(404, 'M_NOT_FOUND', 'no server is known that is in that room');
    const signal = withTimeout(undefined, LONGEST);
    const turn = { what: 'knock', log: this.deps.log, signal };
    return askInTurn(servers, turn, (server) => this.#knockBy(server, request, signal));
  }

  async #knockBy(
    server: ServerName,
    { roomId, userId, content }: RemoteRequest,
    signal: AbortSignal,
  ): Promise<StoredEvent> {
    const { requests, author, clock, pdus, intake } = this.deps;
    const wish = { asking: 'knock', roomId, userId } as const;
    const template = await requests.make(server, wish, signal);
    const { rules } = template;
    if (!rules.knocking) throw new UnusableAnswer(`rooms of version ${rules.version} take no knocks`);
    const knock = sealWish(wish, template, content, author, clock.now());
    const shown = await requests.sendKnock(server, roomId, knock, signal);
    const strippedState = await readShownState(shown, { pdus, rules, roomId, signal });
    return intake.outOfBand({ roomId, rules, event: ownEvent(knock, rules, roomId), strippedState });
  }
}
