import { checkAuth } from '../../../src-main/spec/auth-rules/auth-rules.js';
import type { Verdict } from '../../../src-main/spec/auth-rules/verdict.js';
import { ROOM_VERSIONS } from '../../../src-main/spec/room-version.js';
import type { Draft, TestRoom } from '../../support/rooms.js';

/** `allowed`, or the number of the rule that refused. */
export const outcomeOf = (verdict: Verdict): string => (verdict.allowed ? 'allowed' : verdict.rule);

/** What the auth rules say of an event in this room. */
export const outcome = (room: TestRoom, draft: Draft): string => outcomeOf(checkAuth(room.make(draft), room.view));

/** `3-5`: versions 3, 4 and 5. */
export function versionsIn(range: string): string[] {
  const [from = 1, to = from] = range.split('-').map(Number);
  return ROOM_VERSIONS.filter((version) => Number(version) >= from && Number(version) <= to);
}

/** The first versions in which the list of rules differs from the one before, where member events are concerned. */
const PAGES = [1, 6, 8, 12];

/**
 * What to expect in a version: `allowed`, or of four rule numbers the one of versions 1 to 5, 6 to 7, 8 to 11, or 12. `-`
 * stands for a page that has no such rule.
 */
export function expectedIn(version: string, outcomes: string): string {
  const all = outcomes.split(' ');
  return all.length === 1 ? outcomes : (all[PAGES.findLastIndex((first) => Number(version) >= first)] ?? '');
}
