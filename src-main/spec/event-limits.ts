import { canonicalJson, NotCanonicalError } from './canonical-json.js';
import type { Pdu, RoomEvent } from './event.js';
import type { EventId, RoomId } from './ids.js';
import { RawNumber } from './json-text.js';
import type { RoomVersionRules } from './room-version.js';

/** Most bytes of an event's canonical JSON, with hashes and signatures. */
export const MAX_EVENT_BYTES = 65_536;
/** Most bytes of each of `type`, `state_key`, `sender`, `room_id` and the event id. */
export const MAX_KEY_BYTES = 255;
/** Most events that one event may follow. */
export const MAX_PREV_EVENTS = 20;
/** Most events that one event may name to be allowed by. */
export const MAX_AUTH_EVENTS = 10;

/**
 * Whether an event keeps the limits. `size`: too many bytes, which clients hear as M_TOO_LARGE; `form`: it names too many
 * events, or its depth is none.
 */
export type LimitVerdict =
  | { readonly within: true }
  | {
      readonly within: false;
      readonly limit: 'size' | 'form';
      readonly why: string;
      /** only a key is too long, and not by what older servers counted: nobody may send it, and graphs may rest on it */
      readonly isTolerable?: true;
    };

interface EventIds {
  readonly eventId: EventId;
  readonly roomId: RoomId;
}

/**
 * Checks all limits of an event.
 *
 * @param ids of the event, wherever its version keeps them
 * @param text its canonical JSON in the federation format where that is at hand; otherwise it is made here
 * @see https://spec.matrix.org/v1.19/client-server-api/#size-limits
 */
export function checkEventLimits(pdu: Pdu, rules: RoomVersionRules, ids: EventIds, text?: string): LimitVerdict {
  const wrong = checkReferences(pdu) ?? checkDepth(pdu, rules) ?? checkSize(text ?? textOf(pdu));
  // Last: what may be tolerated in a key is not to hide what may not.
  return wrong ?? checkKeys(pdu, rules, ids) ?? { within: true };
}

/** Whether `text` has more than `limit` bytes in UTF-8; counts them only where the length leaves it open. */
export function isLongerThan(limit: number, text: string): boolean {
  if (text.length > limit) return true;
  return text.length * 3 > limit && Buffer.byteLength(text, 'utf8') > limit;
}

function checkKeys(pdu: Pdu, rules: RoomVersionRules, { eventId, roomId }: EventIds): LimitVerdict | undefined {
  const { type, state_key, sender } = pdu;
  const keys = { type, state_key, sender, room_id: roomId, event_id: eventId };
  const long = Object.entries(keys).filter(([, value]) => value !== undefined && isLongerThan(MAX_KEY_BYTES, value));
  const [first] = long;
  if (!first) return undefined;
  const isTolerable = !rules.keyLimitInBytes && long.every(([, value = '']) => charactersOf(value) <= MAX_KEY_BYTES);
  return { ...tooLarge(`${first[0]} has more than ${MAX_KEY_BYTES} bytes`), ...(isTolerable && { isTolerable }) };
}

/** Whether an event has a key that is longer than new events may have. */
export const hasLongKey = ({ type, stateKey = '', eventId, roomId }: RoomEvent): boolean =>
  [type, stateKey, eventId, roomId].some((key) => isLongerThan(MAX_KEY_BYTES, key));

/** More than twice as many units are more characters in any case. */
const charactersOf = (text: string): number => (text.length > 2 * MAX_KEY_BYTES ? text.length : [...text].length);

function checkReferences(pdu: Pdu): LimitVerdict | undefined {
  if (pdu.prev_events.length > MAX_PREV_EVENTS) return malformed(`more than ${MAX_PREV_EVENTS} prev_events`);
  if (pdu.auth_events.length > MAX_AUTH_EVENTS) return malformed(`more than ${MAX_AUTH_EVENTS} auth_events`);
  return undefined;
}

/** Room versions 1 to 5 allow depths to 2^63-1, which only a RawNumber can say. */
function checkDepth(pdu: Pdu, rules: RoomVersionRules): LimitVerdict | undefined {
  const depth: unknown = pdu.depth;
  if (typeof depth === 'number' && Number.isSafeInteger(depth) && depth >= 0) return undefined;
  const large = depth instanceof RawNumber && /^\d+$/.test(depth.text) && BigInt(depth.text) < 2n ** 63n;
  return large && !rules.strictCanonicalJson
    ? undefined
    : malformed('depth is not an integer that this room version allows');
}

const checkSize = (text: string | undefined): LimitVerdict | undefined => {
  if (text === undefined) return malformed('the event has no canonical JSON');
  return isLongerThan(MAX_EVENT_BYTES, text) ? tooLarge(`the event has more than ${MAX_EVENT_BYTES} bytes`) : undefined;
};

function textOf(pdu: Pdu): string | undefined {
  try {
    return canonicalJson(pdu, 'lenient');
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}

const tooLarge = (why: string) => ({ within: false, limit: 'size', why }) as const;
const malformed = (why: string): LimitVerdict => ({ within: false, limit: 'form', why });
