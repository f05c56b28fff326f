import type { ThumbnailMethod } from './thumbnails.store.js';

/** What a client wants a thumbnail to be like; pixels. */
export interface ThumbnailSize {
  readonly width: number;
  readonly height: number;
  readonly method: ThumbnailMethod;
}

/**
 * Which of the sizes that this server makes serves `wanted` best: of those as large as wanted in one direction at least
 * the nearest in area, and for cropping first the nearest in shape; when all are smaller, the best of these.
 *
 * @returns undefined when no size of that method is made
 */
export function nearestSize(sizes: readonly ThumbnailSize[], wanted: ThumbnailSize): ThumbnailSize | undefined {
  const ofMethod = sizes.filter((size) => size.method === wanted.method);
  const large = ofMethod.filter((size) => size.width >= wanted.width || size.height >= wanted.height);
  const candidates = large.length > 0 ? large : ofMethod;
  return candidates.toSorted((a, b) => compare(distances(a, wanted), distances(b, wanted)))[0];
}

/** The smaller the better, the first that differs decides. */
function distances(size: ThumbnailSize, wanted: ThumbnailSize): readonly number[] {
  const area = Math.abs((wanted.width - size.width) * (wanted.height - size.height));
  if (wanted.method === 'scale') return [area];
  const shape = Math.abs(wanted.width * size.height - wanted.height * size.width);
  const isTooSmall = wanted.width > size.width || wanted.height > size.height;
  return [shape, isTooSmall ? 1 : 0, area];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, distance] of a.entries()) {
    const difference = distance - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
