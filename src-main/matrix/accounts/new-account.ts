import type { UserId } from '../../spec/ids.js';

/** Somebody has an account now. */
export interface NewAccount {
  readonly userId: UserId;
  readonly isGuest: boolean;
  /** before them there was nobody */
  readonly isFirst: boolean;
}
