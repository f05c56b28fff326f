import type { Position } from '../../storage/database.js';

/**
 * Up to where a client has seen everything: a position among all that is stored, and one among what is not (typing,
 * presence), which counts from the time at which the server started.
 */
export interface SyncToken {
  readonly position: Position;
  readonly ephemeral: number;
  /** up to where the device has its messages: before `position` while more wait than one answer holds */
  readonly toDevice: Position;
}

export const writeSyncToken = ({ position, ephemeral, toDevice }: SyncToken): string =>
  `s${position}_${ephemeral}${toDevice === position ? '' : `_${toDevice}`}`;

/** Undefined for a text that is no token of ours. */
export function parseSyncToken(text: string): SyncToken | undefined {
  const match = /^s(\d{1,15})(?:_(\d{1,16})(?:_(\d{1,15}))?)?$/.exec(text);
  if (!match) return undefined;
  const position = Number(match[1]);
  return { position, ephemeral: Number(match[2] ?? 0), toDevice: Number(match[3] ?? position) };
}
