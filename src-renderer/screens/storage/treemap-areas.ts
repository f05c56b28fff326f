/** A rectangle of the map, in its units. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Divides a rectangle into areas as large as `sizes`, each as near to a square as comes easily: rows are filled along
 * the shorter side for as long as that makes their areas squarer.
 *
 * @param sizes the largest first, all above 0
 */
export function treemapAreas(sizes: readonly number[], { x, y, width, height }: Area): Area[] {
  const [first] = sizes;
  if (first === undefined) return [];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const scale = (width * height) / total;
  const side = Math.min(width, height);
  let count = 1;
  while (
    count < sizes.length &&
    worst(sizes.slice(0, count + 1), scale, side) <= worst(sizes.slice(0, count), scale, side)
  ) {
    count += 1;
  }
  const row = sizes.slice(0, count);
  const depth = (row.reduce((sum, size) => sum + size, 0) * scale) / side;
  const isTall = width < height;
  let place = 0;
  const areas = row.map((size): Area => {
    const length = (size * scale) / depth;
    const area = isTall
      ? { x: x + place, y, width: length, height: depth }
      : { x, y: y + place, width: depth, height: length };
    place += length;
    return area;
  });
  const rest = isTall
    ? { x, y: y + depth, width, height: height - depth }
    : { x: x + depth, y, width: width - depth, height };
  return [...areas, ...treemapAreas(sizes.slice(count), rest)];
}

/** How far the least square of a row's areas is from a square. */
function worst(row: readonly number[], scale: number, side: number): number {
  const sum = row.reduce((total, size) => total + size, 0) * scale;
  return Math.max(
    ...row.map((size) => {
      const area = size * scale;
      return Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area));
    }),
  );
}
