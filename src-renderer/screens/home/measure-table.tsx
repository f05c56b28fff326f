import type { MeasureName, MeasureSeries, MeasureSpan } from '../../../src-main/control/contract.js';
import { type Text, useText } from '../../text/use-text.js';
import { lengthOf } from './health-words.js';

/** The points of the lines as a table, newest first; what is not known is a dash. */
export function MeasureTable({
  series,
  names,
  span,
}: {
  series: MeasureSeries;
  names: readonly MeasureName[];
  span: MeasureSpan;
}) {
  const text = useText();
  const count = Math.max(0, ...names.map((name) => series.points[name]?.length ?? 0));
  const rows = Array.from({ length: count }, (_, index) => count - 1 - index);
  const known = rows.filter((row) => names.some((name) => (series.points[name]?.[row] ?? null) !== null));
  return (
    // what scrolls must be reached by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-scroll table-frame" role="region" aria-label={text('home.table')} tabIndex={0}>
      <table className="figures">
        <caption className="hidden-visually">{text('home.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('home.table-time')}</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {text(`measure.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.map((row) => (
            <tr key={row}>
              <th scope="row">{timeOf(text, span, series.from + row * series.step)}</th>
              {names.map((name) => (
                <td key={name}>{cellOf(text, name, series.points[name]?.[row] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const timeOf = (text: Text, span: MeasureSpan, at: number): string =>
  span === 'hour' ? text.time(at) : text.dateTime(at);

const BYTES: ReadonlySet<MeasureName> = new Set(['memory', 'diskUsed', 'diskFree']);
const LENGTHS: ReadonlySet<MeasureName> = new Set(['delay', 'waitingAge', 'stall']);

function cellOf(text: Text, name: MeasureName, value: number | null): string {
  if (value === null) return '–';
  if (BYTES.has(name)) return text.bytes(value);
  return LENGTHS.has(name) ? lengthOf(text, value) : text.number(Math.round(value * 10) / 10);
}
