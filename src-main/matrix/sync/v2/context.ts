import type { Filter } from '../../../spec/event-filter.js';
import type { RoomId } from '../../../spec/ids.js';
import type { MembershipChange } from '../../events/index.js';
import type { Viewer } from '../../rooms/index.js';
import type { SyncToken } from '../sync-token.js';

/** One question of a client: what is new to it between two moments. */
export interface SyncContext {
  readonly viewer: Viewer;
  readonly filter: Filter;
  /** undefined: everything is new */
  readonly since: SyncToken | undefined;
  readonly now: SyncToken;
  /** nothing about the viewer alone changed since then: no membership, no account data */
  readonly isQuiet: boolean;
  readonly fullState: boolean;
  /** which key says the state: before the timeline, or after it in the stable or unstable spelling */
  readonly stateKey: 'state' | 'state_after' | 'org.matrix.msc4222.state_after';
  /** events of these people are not shown */
  readonly ignored: ReadonlySet<string>;
  /** rooms that are not shown: their members are on their way, and the client wants all of them at once */
  readonly hidden: ReadonlySet<RoomId>;
  /** rooms that were hidden, and are not any more: the client knows nothing of them */
  readonly appeared: ReadonlySet<RoomId>;
  /** the viewer's own steps between the two moments, by room, in order */
  readonly ownChanges: ReadonlyMap<RoomId, readonly MembershipChange[]>;
}

/** After which position something is new to the client. */
export const sinceOf = ({ since }: SyncContext): number => since?.position ?? 0;
