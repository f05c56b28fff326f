import { expect, it } from 'vitest';
import { nearestSize, type ThumbnailSize } from '../../../src-main/matrix/media/thumbnail-size.js';

const SIZES: ThumbnailSize[] = [
  { width: 32, height: 32, method: 'crop' },
  { width: 96, height: 96, method: 'crop' },
  { width: 320, height: 240, method: 'scale' },
  { width: 640, height: 480, method: 'scale' },
  { width: 800, height: 600, method: 'scale' },
];

it.each([
  ['the very size', { width: 96, height: 96, method: 'crop' }, 96],
  ['the next larger one', { width: 33, height: 33, method: 'crop' }, 96],
  ['the smallest for a tiny one', { width: 1, height: 1, method: 'crop' }, 32],
  ['the largest when all are too small', { width: 500, height: 500, method: 'crop' }, 96],
  ['the nearest to scale to', { width: 300, height: 200, method: 'scale' }, 320],
  ['one that is large enough in one direction', { width: 640, height: 640, method: 'scale' }, 640],
  ['the largest to scale to', { width: 5000, height: 5000, method: 'scale' }, 800],
] as const)('takes %s', (_case, wanted, width) => expect(nearestSize(SIZES, wanted)?.width).toBe(width));

it('takes none where no size has the method', () => {
  expect(nearestSize([], { width: 1, height: 1, method: 'crop' })).toBeUndefined();
});
