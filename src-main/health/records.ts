/** `stopped`: not running, whoever stopped it; `unknown`: before the first start. */
export interface DaySpan {
  readonly state: 'up' | 'asleep' | 'offline' | 'stopped' | 'unknown';
  readonly from: number;
  readonly to: number;
}

/**
 * `connected`: people who were there in the last five minutes; `activeRooms`: rooms with a message in the last 24 hours;
 * `messagesLocal`, `messagesRemote`: in a minute; `delay`: ms that messages from other servers took, 95 of 100 less;
 * `memory`, `diskUsed`, `diskFree`: bytes; `waitingServers`: servers that something waits for; `waitingAge`: ms that the
 * oldest of it waits; `stall`: the longest time that the server did nothing else (ms).
 */
export type MeasureName =
  | 'connected'
  | 'activeRooms'
  | 'messagesLocal'
  | 'messagesRemote'
  | 'delay'
  | 'memory'
  | 'diskUsed'
  | 'diskFree'
  | 'waitingServers'
  | 'waitingAge'
  | 'stall';

export type MeasureSpan = 'hour' | 'day' | 'week' | 'month';

/** Points are equally far apart; undefined where nothing was measured. */
export interface MeasureSeries {
  /** the beginning of the first point */
  readonly from: number;
  /** ms between two points */
  readonly step: number;
  readonly points: Readonly<Partial<Record<MeasureName, readonly (number | null)[]>>>;
  /** the newest of each, and when that was */
  readonly latest: { readonly at: number; readonly values: Readonly<Partial<Record<MeasureName, number>>> } | undefined;
  /** what figures are compared with: bytes */
  readonly budgets: { readonly memory: number | undefined; readonly disk: number | undefined };
}

/** What happened; the pages have a sentence for each kind (`activity.<kind>`). */
export type ActivityKind =
  | 'server-started'
  | 'server-stopped'
  | 'server-stopped-unexpectedly'
  | 'asleep'
  | 'offline'
  | 'person-added'
  /** `what` was done: renamed, locked, unlocked, suspended, unsuspended, password, signed-out, admin … */
  | 'person-changed'
  | 'person-deactivated'
  /** `messages` taken back, `files` deleted; `kept`: messages that could not be */
  | 'person-erased'
  | 'person-not-erased'
  /** `servers` that are gone, with `copies` deleted and `rooms` being removed */
  | 'servers-tidied'
  | 'invitation-made'
  | 'invitation-revoked'
  | 'invitation-restored'
  | 'room-deleted'
  | 'room-blocked'
  | 'history-purged'
  | 'media-deleted'
  | 'database-shrunk'
  | 'certificate-renewed'
  | 'address-changed'
  | 'key-saved'
  | 'settings-changed'
  | 'problem-began'
  | 'problem-ended';

export interface ActivityEntry {
  /** counts up; ask for what is `before` it */
  readonly id: number;
  readonly at: number;
  readonly kind: ActivityKind;
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface ActivityPage {
  readonly entries: readonly ActivityEntry[];
  /** undefined: there is no more */
  readonly before: number | undefined;
}
