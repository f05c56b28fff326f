import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import { checkAuth } from '../../../spec/auth-rules/auth-rules.js';
import { canonicalJson } from '../../../spec/canonical-json.js';
import type { Pdu } from '../../../spec/event.js';
import type { RoomId } from '../../../spec/ids.js';
import { roomVersionRules, type RoomVersionRules } from '../../../spec/room-version.js';
import type { SealedPdu } from '../../../spec/seal-pdu.js';
import { domainOf, viewOfEvents } from '../../../spec/state-view.js';
import type { CheckedEvent, PduChecks } from '../../events/index.js';
import { type Template, UnusableAnswer } from './template.js';

/** Events that are checked without a word about how far it is. */
const CHECKED_AT_ONCE = 500;
/** Events of one room that are taken, members and auth chain together: ten times the largest rooms there are. */
const MOST_EVENTS = 3_000_000;

/** A room as another server gave it to us, checked as far as it can be without storing it. */
export interface CheckedRoom {
  readonly join: CheckedEvent;
  readonly state: readonly CheckedEvent[];
  readonly authChain: readonly CheckedEvent[];
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

/**
 * Checks what `/send_join` answered: hashes and signatures of all events, that there is a room, and that its state lets
 * us in. Events that cannot be verified are left out, as if they had not come.
 *
 * @throws UnusableAnswer when what is left is no room that we could have joined
 * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv2send_joinroomideventid
 */
export async function checkJoinAnswer(answer: JsonObject, checking: Checking): Promise<CheckedRoom> {
  const stateValues = listIn(answer, 'state');
  const authValues = listIn(answer, 'auth_chain');
  const received = stateValues.length + authValues.length;
  if (received > MOST_EVENTS) throw new UnusableAnswer(`the room has ${received} events, which is too much`);
  const good = await checkAll([...stateValues, ...authValues], checking);
  const state = good.slice(0, stateValues.length).flatMap((pdu) => pdu ?? []);
  const authChain = good.slice(stateValues.length).flatMap((pdu) => pdu ?? []);
  requireOneRoom(state, checking);
  const join = await signedJoin(answer, checking);
  const verdict = checkAuth(join.event, viewOfEvents(state.map(({ event }) => event)));
  if (!verdict.allowed) throw new UnusableAnswer(`its state does not let us in: ${verdict.why}`);
  return { join, state, authChain };
}

function listIn(answer: JsonObject, key: string): readonly JsonValue[] {
  const list = arrayAt(answer, key);
  if (!list) throw new UnusableAnswer(`there is no ${key} in the answer`);
  return list;
}

/** In the order given; undefined for what is not to be had. */
async function checkAll(
  values: readonly JsonValue[],
  { pdus, roomId, template, signal, onProgress }: Checking,
): Promise<(CheckedEvent | undefined)[]> {
  const good: (CheckedEvent | undefined)[] = [];
  onProgress(values.length, 0);
  for (let start = 0; start < values.length; start += CHECKED_AT_ONCE) {
    const verdicts = await pdus.check(values.slice(start, start + CHECKED_AT_ONCE), template.rules, { roomId, signal });
    for (const verdict of verdicts) good.push('refused' in verdict ? undefined : verdict);
    onProgress(values.length, good.length);
  }
  return good;
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
  answer: JsonObject,
  { pdus, roomId, template, join, signal }: Checking,
): Promise<CheckedEvent> {
  const { rules, authoriser } = template;
  const theirs =
    authoriser === undefined
      ? undefined
      : objectAt(objectAt(objectAt(answer, 'event'), 'signatures'), domainOf(authoriser));
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
