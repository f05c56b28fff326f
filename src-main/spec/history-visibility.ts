import type { Membership } from './state-view.js';

/** Who may see a room's events. @see https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility */
export type HistoryVisibility = 'world_readable' | 'shared' | 'invited' | 'joined';

/** The room and one user around an event. Before and after differ only at events that change them. */
export interface Sight {
  /** `history_visibility` in the state before the event; anything unknown counts as `shared` */
  readonly visibilityBefore: string | undefined;
  /** the same after it: another one at `m.room.history_visibility` only */
  readonly visibilityAfter: string | undefined;
  /** the user's membership in the state before the event */
  readonly membershipBefore: Membership;
  /** the same after it: another one at the user's own `m.room.member` only */
  readonly membershipAfter: Membership;
  /** whether the user is joined, or was at any time after the event */
  readonly isJoinedNow: boolean;
}

/**
 * Whether a user may see an event: when either the state before it or the state after it lets them.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-5
 */
export function maySeeEvent(sight: Sight): boolean {
  const { visibilityBefore, visibilityAfter, membershipBefore, membershipAfter, isJoinedNow } = sight;
  return (
    allows(historyVisibility(visibilityBefore), membershipBefore, membershipAfter, isJoinedNow) ||
    (visibilityAfter !== visibilityBefore &&
      allows(historyVisibility(visibilityAfter), membershipBefore, membershipAfter, isJoinedNow))
  );
}

/** What `history_visibility` means: `shared` where it is absent or unknown. */
export function historyVisibility(value: string | undefined): HistoryVisibility {
  return value === 'world_readable' || value === 'invited' || value === 'joined' ? value : 'shared';
}

function allows(visibility: HistoryVisibility, before: Membership, after: Membership, isJoinedNow: boolean): boolean {
  if (visibility === 'world_readable' || before === 'join' || after === 'join') return true;
  if (visibility === 'shared') return isJoinedNow;
  return visibility === 'invited' && (before === 'invite' || after === 'invite');
}
