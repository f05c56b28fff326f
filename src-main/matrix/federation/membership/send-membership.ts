import { isObject, type JsonObject, objectAt, stringAt } from '../../../base/json.js';
import type { RateLimiter } from '../../../http/rate-limit.js';
import { NotCanonicalError } from '../../../spec/canonical-json.js';
import { badJson, forbidden, invalidParam, type MatrixError } from '../../../spec/errors.js';
import { isOnServer, isUserId } from '../../../spec/grammar.js';
import type { EventId, RoomId, ServerName } from '../../../spec/ids.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';
import { signPdu } from '../../../spec/signing.js';
import { domainOf } from '../../../spec/state-view.js';
import type { CheckedEvent, PartialRooms, PduChecks, RoomReader, StoredEvent } from '../../events/index.js';
import type { PolicedIntake } from '../policy/policed-intake.js';
import type { ServerAcls } from '../server-acls.js';
import { requireWhole, residentRoom } from './make-membership.js';
import type { Author } from './ports.js';
import type { RestrictedJoins } from './restricted-joins.js';
import { type Asking, AUTHORISER } from './template.js';

interface SendMembershipDeps {
  readonly author: Author;
  readonly reader: RoomReader;
  readonly partials: Pick<PartialRooms, 'isWholeWithin'>;
  readonly pdus: PduChecks;
  readonly policed: PolicedIntake;
  readonly acls: ServerAcls;
  readonly restricted: RestrictedJoins;
  /** by room */
  readonly joinLimit: RateLimiter;
}

/** An event that another server's user made of our template. */
export interface ForeignEvent {
  readonly asking: Asking;
  readonly origin: ServerName;
  readonly roomId: RoomId;
  /** as the path says */
  readonly eventId: EventId;
  readonly event: JsonObject;
  /** false when a number in it is one that canonical JSON forbids */
  readonly canonicalNumbers: boolean;
}

/** Lets users of other servers into our rooms, to the door, and out. */
export class SendMembership {
  constructor(private readonly deps: SendMembershipDeps) {}

  /**
   * Takes the event into the room, and hands it to the other servers there.
   *
   * @throws MatrixError M_INVALID_PARAM for what is no such event, or not well signed; M_FORBIDDEN when the room's rules
   *   refuse it; M_NOT_FOUND; M_UNABLE_TO_AUTHORISE_JOIN; M_LIMIT_EXCEEDED
   * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv2send_joinroomideventid
   */
  async take(sent: ForeignEvent): Promise<StoredEvent> {
    const { roomId, origin, asking } = sent;
    const { rules } = await residentRoom(this.deps, roomId, origin);
    if (asking !== 'leave') await requireWhole(this.deps.partials, roomId);
    if (asking === 'knock' && !rules.knocking) throw forbidden('rooms of this version take no knocks');
    requireWish(sent, rules);
    if (asking === 'join') this.deps.joinLimit.take(roomId);
    const checked = await this.#check(this.#authorised(sent, rules), sent, rules);
    if (asking === 'join') await this.deps.restricted.requireAllowed(roomId, checked.event.sender);
    const appended = await this.deps.policed.append(checked, { origin, relay: true });
    const { outcome } = appended;
    if (outcome === 'accepted') return appended.event;
    if (outcome === 'known' && !appended.event.isRejected && !appended.event.isSoftFailed) return appended.event;
    if (outcome === 'incomplete')
      throw invalidParam('the event follows or rests on events that this server does not know');
    throw forbidden(outcome === 'rejected' ? appended.why : 'the room does not allow this now');
  }

  /** With our signature, where somebody of ours is said to let the user in. */
  #authorised({ asking, event }: ForeignEvent, rules: RoomVersionRules): JsonObject {
    const authoriser = stringAt(objectAt(event, 'content'), AUTHORISER);
    if (asking !== 'join' || !rules.restrictedJoins || authoriser === undefined) return event;
    const { serverName, signingKey } = this.deps.author;
    if (domainOf(authoriser) !== serverName) throw invalidParam(`this server cannot speak for ${authoriser}`);
    try {
      return signPdu<JsonObject>(event, rules, serverName, signingKey);
    } catch (error) {
      if (error instanceof NotCanonicalError) throw badJson(error.message);
      throw error;
    }
  }

  async #check(event: JsonObject, { roomId, eventId }: ForeignEvent, rules: RoomVersionRules): Promise<CheckedEvent> {
    const [verdict] = await this.deps.pdus.check([event], rules, { roomId });
    if (!verdict || 'refused' in verdict)
      throw invalidParam(`the event was refused: ${verdict?.refused ?? 'unchecked'}`);
    if (verdict.event.eventId !== eventId) throw invalidParam(`the id of the event is ${verdict.event.eventId}`);
    return verdict;
  }
}

/** Whether it is the event that this endpoint takes, before anything is computed. @throws MatrixError M_INVALID_PARAM */
function requireWish({ asking, origin, roomId, event, canonicalNumbers }: ForeignEvent, rules: RoomVersionRules): void {
  const wrong = wrongWish(asking, origin, roomId, event);
  if (wrong) throw wrong;
  if (!canonicalNumbers && rules.strictCanonicalJson) throw badJson('the event holds numbers that are not canonical');
}

function wrongWish(asking: Asking, origin: ServerName, roomId: RoomId, event: JsonObject): MatrixError | undefined {
  const { type, sender, state_key: stateKey, content } = event;
  if (event['room_id'] !== roomId) return invalidParam('the event is of another room than the path says');
  if (type !== 'm.room.member' || typeof stateKey !== 'string') return invalidParam('this is no member event');
  if (!isObject(content) || content['membership'] !== asking) return invalidParam(`the membership is not ${asking}`);
  if (typeof sender !== 'string' || !isUserId(sender)) return invalidParam('the sender is no user');
  if (sender !== stateKey) return invalidParam('sender and state_key differ');
  return isOnServer(sender, origin) ? undefined : invalidParam('the sender is not of your server');
}
