import type { CheckAction, CheckCode, CheckStanding, FindingFields } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import { isTextKey, type Text, type TextValues } from '../../text/use-text.js';

/** What a check is called. */
export function titleOf(text: Text, code: CheckCode): string {
  const key = `health.${code}`;
  return text(isTextKey(key) ? key : 'health.unknown');
}

/** One of the three parts of what is said of a problem: of its reason where there is such a sentence, else of its check. */
export function sentenceOf(
  text: Text,
  { code, reason, fields }: Pick<CheckStanding, 'code' | 'reason' | 'fields'>,
  part: 'what' | 'means' | 'todo',
): string {
  const special = `health.${code}.${reason}.${part}`;
  const general = `health.${code}.${part}`;
  const key = isTextKey(special) ? special : general;
  if (!isTextKey(key)) return part === 'what' ? titleOf(text, code) : '';
  return text(key, { ...BLANK, ...shownFields(text, fields) });
}

/** So that a sentence of a newer server, with other fields, is no failure. */
const BLANK = Object.fromEntries(
  [
    'before',
    'now',
    'host',
    'names',
    'step',
    'server',
    'gateway',
    'free',
    'total',
    'used',
    'budget',
    'limit',
    'perWeek',
  ].map((name) => [name, '…']),
);

const LONGEST_NAME = 80;
const BYTES: ReadonlySet<string> = new Set(['free', 'total', 'used', 'budget', 'limit', 'perWeek']);
const TIMES: ReadonlySet<string> = new Set(['from', 'to', 'since', 'until', 'at']);
const LENGTHS: ReadonlySet<string> = new Set(['length', 'longest', 'age']);

/** Fields in the words of the reader: bytes, times and lengths by their names, and names of strangers made harmless. */
export function shownFields(text: Text, fields: FindingFields): TextValues {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shownField(text, name, value)]));
}

function shownField(text: Text, name: string, value: string | number): string | number {
  if (typeof value === 'string') {
    const step = `diagnosis.step-${value}`;
    if (name === 'step' && isTextKey(step)) return text(step);
    if (name === 'check') return titleOf(text, value as CheckCode);
    return isolated(shown(value, LONGEST_NAME));
  }
  if (BYTES.has(name)) return text.bytes(value);
  if (TIMES.has(name)) return text.dateTime(value);
  return LENGTHS.has(name) ? lengthOf(text, value) : value;
}

/** Left to right whatever stands around it: a name, an address. */
const isolated = (words: string): string => `\u2068${words}\u2069`;

/** A length that may be shorter than a second. */
export function lengthOf(text: Text, length: number): string {
  if (length < 1000) return text('measure.ms', { value: text.number(Math.round(length)) });
  if (length < 10_000) return text('measure.s', { value: text.number(Math.round(length / 100) / 10) });
  return text.duration(length);
}

/** Where an action leads; undefined for those that act themselves. */
export function placeOf(action: CheckAction, fields: FindingFields): string | undefined {
  if (action === 'show-room') return `/rooms/${encodeURIComponent(String(fields['roomId'] ?? ''))}`;
  return PLACES[action];
}

const PLACES: Readonly<Record<Exclude<CheckAction, 'show-room'>, string | undefined>> = {
  'show-address': '/connection',
  'show-certificate': '/connection/certificate',
  'show-dns': '/connection/dns',
  'show-logs': '/logs',
  'show-invitations': '/people/invitations',
  'show-people': '/people',
  'show-reach': '/servers/-/reach',
  'show-rooms': '/rooms',
  'show-servers': '/servers',
  'show-settings': '/settings',
  'show-start-and-sleep': '/settings',
  'show-storage': '/storage',
  'save-key': '/connection/recovery',
  'restart-server': undefined,
  'check-again': undefined,
};
