import { integerAt, isObject, stringAt } from '../../../base/json.js';
import { invalidParam } from '../../../spec/errors.js';
import type { Hit } from './search.store.js';

export type GroupKey = 'room_id' | 'sender';

/** Where a search goes on: after a hit, in one group only where it names one. */
export interface SearchPlace {
  readonly after: Pick<Hit, 'eventNid' | 'words'>;
  readonly group: { readonly key: GroupKey; readonly value: string } | undefined;
}

export const writeSearchToken = ({ after, group }: SearchPlace): string =>
  Buffer.from(JSON.stringify({ n: after.eventNid, w: after.words, g: group?.key, v: group?.value })).toString(
    'base64url',
  );

/** @throws MatrixError M_INVALID_PARAM */
export function parseSearchToken(token: string): SearchPlace {
  const place = jsonIn(token);
  if (!isObject(place)) throw notOurs();
  const [eventNid, words] = [integerAt(place, 'n'), integerAt(place, 'w')];
  const [key, value] = [stringAt(place, 'g'), stringAt(place, 'v')];
  if (eventNid === undefined || words === undefined) throw notOurs();
  if (key === undefined) return { after: { eventNid, words }, group: undefined };
  if ((key !== 'room_id' && key !== 'sender') || value === undefined) throw notOurs();
  return { after: { eventNid, words }, group: { key, value } };
}

function jsonIn(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch (error) {
    throw Object.assign(notOurs(), { cause: error });
  }
}

const notOurs = () => invalidParam('next_batch is no token of this server');
