import { parseOwn } from '../../../base/json.js';
import type { RoomId, UserId } from '../../../spec/ids.js';
import type { Viewer } from '../../rooms/index.js';
import { LIVE, type Cursor, type Standpoint } from './connection.js';
import type { Recollection } from './known-members.js';
import { isCovered, type RequiredState } from './required-state.js';
import type { RoomList } from './room-list.js';

/** One attempt at an answer: what a client is told that stands at `base`, as of `now`. */
export interface Turn {
  readonly viewer: Viewer;
  readonly base: Standpoint;
  readonly now: Pick<Standpoint, 'position' | 'ephemeral'>;
  readonly list: RoomList;
  readonly known: Recollection;
  /** members that this answer tells of: user id -> nid of the member event */
  readonly told: Map<RoomId, Map<UserId, number>>;
  readonly withCounts: boolean;
}

/** After which position something is new to the client; undefined where all is. */
export function afterOf({ base }: Turn, cursor: Cursor | undefined): number | undefined {
  if (cursor === LIVE) return base.position;
  return cursor === undefined || cursor === 0 ? undefined : cursor;
}

const texts = new WeakMap<readonly RequiredState[], string>();

/** As JSON; worked out once for all rooms of a list. */
export function textOf(requiredState: readonly RequiredState[]): string {
  const known = texts.get(requiredState);
  if (known !== undefined) return known;
  const text = JSON.stringify(requiredState);
  texts.set(requiredState, text);
  return text;
}

/** What was found out about other JSON for what is wanted; worked out once for all rooms of a list. */
const comparisons = new WeakMap<readonly RequiredState[], Map<string, boolean>>();

/** Whether a client that was sent the state `before`, as JSON, lacks nothing that is wanted now. */
export function hasState(before: string, requiredState: readonly RequiredState[]): boolean {
  if (before === textOf(requiredState)) return true;
  const compared = comparisons.get(requiredState) ?? new Map<string, boolean>();
  comparisons.set(requiredState, compared);
  const known = compared.get(before);
  if (known !== undefined) return known;
  const covered = isCovered(parseOwn<readonly RequiredState[]>(before), requiredState);
  compared.set(before, covered);
  return covered;
}
