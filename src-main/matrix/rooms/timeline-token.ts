/**
 * Places between events in a room's timeline, as clients hold them: `t<ord>` stands just after the event at that place.
 * A token of /sync (`s<position>…`) stands there too, since both count the same.
 */
export const writeTimelineToken = (ord: number): string => `t${ord}`;

/** The place that a token names, or undefined when it is none of ours. */
export function parseTimelineToken(token: string): number | undefined {
  const match = /^(?:t(-?\d{1,16})|s(\d{1,15})(?:_\d{1,16}){0,3})$/.exec(token);
  const digits = match?.[1] ?? match?.[2];
  return digits === undefined ? undefined : Number(digits);
}
