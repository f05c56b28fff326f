import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import { checkAuth } from '../../../spec/auth-rules/auth-rules.js';
import { canonicalJson } from '../../../spec/canonical-json.js';
import type { Pdu } from '../../../spec/event.js';
import type { RoomId, ServerName } from '../../../spec/ids.js';
import { roomVersionRules, type RoomVersionRules } from '../../../spec/room-version.js';
import type { SealedPdu } from '../../../spec/seal-pdu.js';
import { isServerName } from '../../../spec/server-name.js';
import { domainOf, viewOfEvents } from '../../../spec/state-view.js';
import { type CheckedEvent, type PduChecks, withNamedMembers } from '../../events/index.js';
import type { Piece } from './answer-pieces.js';
import { type Template, UnusableAnswer } from './template.js';

/** Events that are checked together: enough of them that each server is asked for its keys once. */
const CHECKED_AT_ONCE = 500;
/** Events of one room that are taken, members and auth chain together: ten times the largest rooms there are. */
const MOST_EVENTS = 3_000_000;

/** Servers of one room that are taken: ten times those of the largest rooms there are. */
const MOST_IN_ROOM = 200_000;
const LISTS_OF_EVENTS: ReadonlySet<string> = new Set(['state', 'auth_chain']);

/** A room as another server gave it to us, checked as far as it can be without storing it. */
export interface CheckedRoom {
  readonly join: CheckedEvent;
  readonly state: readonly CheckedEvent[];
  readonly authChain: readonly CheckedEvent[];
  /** the servers in the room, where most members were left out of the state; undefined: it is whole */
  readonly servers: readonly ServerName[] | undefined;
}

interface Checking {
  readonly pdus: PduChecks;
  readonly roomId: RoomId;
  readonly template: Template;
  readonly join: SealedPdu;
  readonly signal: AbortSignal;
  /** told of how many events came and how many of them are checked */
  readonly onProgress: (received: number, checked: number) => void;
}

/** The members that were left out include whoever authorised our join, without whom it cannot be judged. */
export class AuthoriserLeftOut extends UnusableAnswer {}

/**
 * Checks what `/send_join` answered: hashes and signatures of all events, that there is a room, and that its state lets
 * us in. Events that cannot be verified are left out, as if they had not come.
 *
 * @throws UnusableAnswer when what is left is no room that we could have joined; AuthoriserLeftOut when the whole of it
 *   may be
 * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv2send_joinroomideventid
 */
export async function checkJoinAnswer(pieces: AsyncIterable<Piece>, checking: Checking): Promise<CheckedRoom> {
  const arriving = new ArrivingRoom(checking);
  for await (const piece of pieces) await arriving.take(piece);
  const { state, authChain, event, servers } = await arriving.whole();
  requireOneRoom(state, checking);
  const join = await signedJoin(event, checking);
  const known = viewOfEvents(state.map(({ event: entry }) => entry));
  const named = servers ? namedBy(join, [...authChain, ...state]) : [];
  const view = withNamedMembers(
    known,
    named.map((checked) => checked.event),
  );
  const { authoriser } = checking.template;
  if (servers && authoriser !== undefined && !view.get(join.event.type, authoriser))
    throw new AuthoriserLeftOut(`nothing shows that ${authoriser} is in the room`);
  const verdict = checkAuth(join.event, view);
  if (!verdict.allowed) throw new UnusableAnswer(`its state does not let us in: ${verdict.why}`);
  // How the user was invited is never left out: their join names it.
  const { type, sender } = join.event;
  const own = known.get(type, sender)
    ? []
    : named.filter((one) => one.event.type === type && one.event.stateKey === sender);
  return { join, state: [...state, ...own.slice(0, 1)], authChain, servers };
}

/** Those of some events that the join names as what allows it. */
function namedBy({ event: { authEvents } }: CheckedEvent, events: readonly CheckedEvent[]): CheckedEvent[] {
  return events.filter(({ event: { eventId } }) => authEvents.includes(eventId));
}

/** A room while it comes: events are checked a few hundred at a time, while the next ones are on their way. */
class ArrivingRoom {
  readonly #good = { state: [] as CheckedEvent[], auth_chain: [] as CheckedEvent[] };
  #waiting: Piece[] = [];
  /** what came already: servers tell members in the state and in the auth chain too */
  readonly #seen = new Set<string>();
  readonly #servers = new Set<ServerName>();
  #isPartial = false;
  #event: JsonObject | undefined;
  #received = 0;
  #checked = 0;

  constructor(private readonly checking: Checking) {}

  async take(piece: Piece): Promise<void> {
    if (piece.key === 'event') {
      this.#event = isObject(piece.value) ? piece.value : undefined;
      return;
    }
    if (piece.key === 'members_omitted') this.#isPartial = piece.value === true;
    if (piece.key === 'servers_in_room') this.#takeServer(piece.value);
    if (!LISTS_OF_EVENTS.has(piece.key)) return;
    const mark = markOf(piece);
    if (mark !== undefined && this.#seen.has(mark) && piece.key === 'auth_chain') return;
    if (mark !== undefined) this.#seen.add(mark);
    this.#received += 1;
    if (this.#received > MOST_EVENTS) throw new UnusableAnswer(`the room has more than ${MOST_EVENTS} events`);
    this.#waiting.push(piece);
    if (this.#waiting.length >= CHECKED_AT_ONCE) await this.#check();
  }

  async whole() {
    await this.#check();
    const { state, auth_chain: authChain } = this.#good;
    return { state, authChain, event: this.#event, servers: this.#isPartial ? [...this.#servers] : undefined };
  }

  #takeServer(server: JsonValue): void {
    if (this.#servers.size >= MOST_IN_ROOM) throw new UnusableAnswer(`more than ${MOST_IN_ROOM} servers are named`);
    if (typeof server === 'string' && isServerName(server)) this.#servers.add(server);
  }

  async #check(): Promise<void> {
    const { pdus, template, roomId, signal, onProgress } = this.checking;
    const pieces = this.#waiting;
    this.#waiting = [];
    onProgress(this.#received, this.#checked);
    const values = pieces.map(({ value }) => value);
    const verdicts = await pdus.check(values, template.rules, { roomId, signal });
    for (const [at, verdict] of verdicts.entries()) {
      if (!('refused' in verdict)) this.#good[pieces[at]?.key === 'state' ? 'state' : 'auth_chain'].push(verdict);
    }
    this.#checked += pieces.length;
    onProgress(this.#received, this.#checked);
  }
}

/** The same for an event that comes twice; undefined for what is none. */
function markOf({ value }: Piece): string | undefined {
  if (!isObject(value) || !isObject(value['hashes']) || !isObject(value['signatures'])) return undefined;
  return `${stringAt(value['hashes'], 'sha256')} ${JSON.stringify(value['signatures'])}`;
}

/** One create event, of this room and of the version that was said; and nothing twice. */
function requireOneRoom(state: readonly CheckedEvent[], { template }: Checking): void {
  const keys = new Set<string>();
  for (const { event } of state) {
    if (event.stateKey === undefined) throw new UnusableAnswer(`${event.eventId} in the state is no state`);
    const key = `${event.type.length} ${event.type}${event.stateKey}`;
    if (keys.has(key)) throw new UnusableAnswer(`the state has ${event.type} twice`);
    keys.add(key);
  }
  const create = state.find(({ event }) => event.type === 'm.room.create' && event.stateKey === '');
  if (!create) throw new UnusableAnswer('the state has no create event');
  if (versionOf(create.event.pdu) !== template.rules) throw new UnusableAnswer('the room is of another version');
}

const versionOf = (create: Pdu): RoomVersionRules | undefined =>
  roomVersionRules(
    create.content['room_version'] === undefined ? '1' : (stringAt(create.content, 'room_version') ?? ''),
  );

/** Our join; where somebody there authorised it, with the signature of their server, which must hold. */
async function signedJoin(
  event: JsonObject | undefined,
  { pdus, roomId, template, join, signal }: Checking,
): Promise<CheckedEvent> {
  const { rules, authoriser } = template;
  const theirs = authoriser === undefined ? undefined : objectAt(objectAt(event, 'signatures'), domainOf(authoriser));
  if (authoriser !== undefined && !theirs)
    throw new UnusableAnswer(`the server of ${authoriser} did not sign the join`);
  const signatures =
    theirs && authoriser !== undefined
      ? { ...join.pdu.signatures, [domainOf(authoriser)]: theirs }
      : join.pdu.signatures;
  const pdu: JsonObject = { ...join.pdu, signatures };
  const [checked] = await pdus.check([pdu], rules, { roomId, signal });
  if (!checked || 'refused' in checked) {
    throw new UnusableAnswer(`the signature under the join does not hold: ${checked?.refused ?? 'unchecked'}`);
  }
  return { event: checked.event, text: canonicalJson(pdu, rules.strictCanonicalJson ? 'strict' : 'lenient') };
}
