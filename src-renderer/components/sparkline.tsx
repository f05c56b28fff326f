/** Space above and below, so that the line is not cut. */
const MARGIN = 2;
const HEIGHT = 28;

/**
 * How something went, as a line without axes, with gaps where nothing is known; its words say the same. The lowest
 * point that is drawn is 0, so that small changes look small.
 *
 * @param label the picture in words, such as its lowest and highest value
 */
export function Sparkline({ points, label }: { points: readonly (number | null)[]; label: string }) {
  const known = points.filter((point) => point !== null);
  const most = Math.max(...known, 0) || 1;
  const width = Math.max(1, points.length - 1);
  const heightOf = (point: number) => MARGIN + (HEIGHT - 2 * MARGIN) * (1 - point / most);
  const runs = runsOf(points);
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line className="sparkline-ground" x1="0" x2={width} y1={HEIGHT - MARGIN} y2={HEIGHT - MARGIN} />
      {runs.map(({ start, values }) => {
        const line = values.map((value, index) => `${start + index},${heightOf(value).toFixed(2)}`).join(' ');
        const end = start + values.length - 1;
        return (
          <g key={start}>
            <polygon
              className="sparkline-area"
              points={`${start},${HEIGHT - MARGIN} ${line} ${end},${HEIGHT - MARGIN}`}
            />
            <polyline
              className="sparkline-line"
              points={values.length > 1 ? line : `${line} ${start + 0.4},${heightOf(values[0] ?? 0)}`}
            />
          </g>
        );
      })}
    </svg>
  );
}

/** Points next to each other that are known. */
function runsOf(points: readonly (number | null)[]): { start: number; values: number[] }[] {
  const runs: { start: number; values: number[] }[] = [];
  let isOpen = false;
  for (const [index, point] of points.entries()) {
    if (point === null) isOpen = false;
    else if (isOpen) runs.at(-1)?.values.push(point);
    else runs.push({ start: index, values: [point] });
    isOpen = point !== null;
  }
  return runs;
}
