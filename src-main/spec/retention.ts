import type { JsonObject, JsonValue } from '../base/json.js';

/** How long the messages of a room are kept, in ms; undefined: nothing is said of it. */
export interface RetentionPolicy {
  readonly minLifetime: number | undefined;
  readonly maxLifetime: number | undefined;
}

/**
 * What the content of an `m.room.retention` says; undefined where it says nothing, or nothing that can be understood.
 *
 * @see https://github.com/matrix-org/matrix-spec-proposals/pull/1763
 */
export function retentionPolicy(content: JsonObject | undefined): RetentionPolicy | undefined {
  const [min, max] = [content?.['min_lifetime'], content?.['max_lifetime']];
  if (!isLifetime(min) || !isLifetime(max)) return undefined;
  return min === undefined && max === undefined ? undefined : { minLifetime: min, maxLifetime: max };
}

const isLifetime = (value: JsonValue | undefined): value is number | undefined =>
  value === undefined || (typeof value === 'number' && Number.isSafeInteger(value));
