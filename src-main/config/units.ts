import type { Milliseconds } from '../base/clock.js';

const SECOND = 1000;
const DURATIONS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: 86_400 * SECOND,
  w: 7 * 86_400 * SECOND,
  y: 365 * 86_400 * SECOND,
};
const SIZES: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** What `parseDuration` reads, as a pattern for shapes. */
export const DURATION_PATTERN = '^[0-9]+[smhdwy]?$';
/** What `parseSize` reads, as a pattern for shapes. */
export const SIZE_PATTERN = '^[0-9]+(?:[KMGT](?:i?B)?)?$';

/** `5m`, `7d`, or milliseconds without a unit; in ms. The shape has checked the pattern. */
export function parseDuration(value: number | string): Milliseconds {
  if (typeof value === 'number') return value;
  const unit = DURATIONS[value.slice(-1)];
  return unit === undefined ? Number(value) : Number(value.slice(0, -1)) * unit;
}

/** `50M`, `512K`, `1GiB`, or bytes without a unit; in bytes. The shape has checked the pattern. */
export function parseSize(value: number | string): number {
  if (typeof value === 'number') return value;
  const [, digits = '0', unit = ''] = /^([0-9]+)([KMGT]?)/.exec(value) ?? [];
  return Number(digits) * (SIZES[unit] ?? 1);
}
