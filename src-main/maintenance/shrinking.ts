/** The writing anew of a database, under way or over: bytes, and ms since the epoch. */
export interface DatabaseShrinking {
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  /** how large it was, and is to become about */
  readonly before: number;
  readonly expected: number;
  readonly written: number;
  /** how large it is; undefined until it is done */
  readonly after: number | undefined;
  /** of one that failed */
  readonly why: 'no-space' | 'in-use' | 'error' | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}
