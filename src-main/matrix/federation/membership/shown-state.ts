import { isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../base/json.js';
import { STRIPPED_STATE_TYPES, type StrippedState } from '../../../spec/client-event.js';
import { invalidParam } from '../../../spec/errors.js';
import type { StateKey } from '../../../spec/event.js';
import { isUserId } from '../../../spec/grammar.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { RoomVersionRules } from '../../../spec/room-version.js';
import type { PduChecks, RoomReader } from '../../events/index.js';

/** State events that are shown to somebody outside at most; servers send about ten. */
const MOST_SHOWN = 50;

/**
 * What a room shows of itself to those whom we invite, and who knock, as the events that other servers want.
 *
 * @param inviter whose member event is shown too
 * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv2inviteroomideventid
 */
export async function shownState(reader: RoomReader, roomId: RoomId, inviter?: UserId): Promise<readonly JsonObject[]> {
  const keys: StateKey[] = STRIPPED_STATE_TYPES.map((type) => [type, '']);
  if (inviter !== undefined) keys.push(['m.room.member', inviter]);
  return (await reader.stateEntries(roomId, keys)).map(({ pdu }) => pdu);
}

interface Shown {
  readonly pdus: PduChecks;
  readonly rules: RoomVersionRules;
  readonly roomId: RoomId;
  readonly signal?: AbortSignal;
}

/**
 * Reads what another server shows us of its room. What is an event must be one of that room, well formed and signed.
 * Many servers send no more than what clients see, which nobody can check, and which is taken all the same; but for the
 * create event of a room whose id is its hash.
 *
 * @returns what is left, as clients see it
 * @see https://spec.matrix.org/v1.19/server-server-api/#put_matrixfederationv1send_knockroomideventid
 */
export async function readShownState(values: readonly JsonValue[], shown: Shown): Promise<StrippedState[]> {
  const entries = values.slice(0, MOST_SHOWN).filter(isObject);
  const whole = entries.filter(isWhole);
  const verdicts = await shown.pdus.check(whole, shown.rules, options(shown));
  const good = new Set(whole.filter((_entry, i) => !('refused' in (verdicts[i] ?? { refused: '' }))));
  return entries.flatMap((entry) => {
    const needsProof = shown.rules.roomIdIsCreateHash && entry['type'] === 'm.room.create';
    const mayCount = isWhole(entry) ? good.has(entry) : !needsProof;
    return mayCount ? (stripped(entry) ?? []) : [];
  });
}

/**
 * The same for an invite, which is refused where the room's version wants all of it to be good, and says which room it is.
 *
 * @throws MatrixError M_INVALID_PARAM
 */
export async function readInviteState(values: readonly JsonValue[], shown: Shown): Promise<StrippedState[]> {
  const state = await readShownState(values, shown);
  if (!shown.rules.roomIdIsCreateHash) return state;
  if (values.length > MOST_SHOWN) throw invalidParam(`invite_room_state has more than ${MOST_SHOWN} events`);
  if (state.length < values.length) throw invalidParam('an event of invite_room_state is not one of that room');
  if (!state.some(({ type }) => type === 'm.room.create')) throw invalidParam('invite_room_state lacks m.room.create');
  return state;
}

const options = ({ roomId, signal }: Shown) => ({ roomId, ...(signal && { signal }) });

/** Whether it says that it is a whole event. */
const isWhole = (entry: JsonObject): boolean => entry['signatures'] !== undefined || entry['hashes'] !== undefined;

function stripped(entry: JsonObject): StrippedState | undefined {
  const [type, stateKey, sender] = ['type', 'state_key', 'sender'].map((key) => stringAt(entry, key));
  const content = objectAt(entry, 'content');
  if (type === undefined || stateKey === undefined || sender === undefined || !content) return undefined;
  return isUserId(sender) ? { type, state_key: stateKey, sender, content } : undefined;
}
