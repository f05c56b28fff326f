import { useId } from 'react';
import type { DaySpan } from '../../../src-main/control/contract.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

const STATES: readonly DaySpan['state'][] = ['up', 'asleep', 'offline', 'stopped', 'unknown'];
/** States differ in height as well as in colour. */
const HEIGHTS: Readonly<Record<DaySpan['state'], number>> = { up: 20, asleep: 8, offline: 14, stopped: 4, unknown: 1 };
const WIDTH = 1440;
const POLL = 60_000;

/** The last 24 hours: when the server ran, when the computer slept, had no network, or when nothing ran. */
export function DayStrip() {
  const text = useText();
  const day = useQuery('health.day', undefined, ['measurements.changed', 'server.changed', 'activity.changed'], POLL);
  return (
    <section className="card" aria-labelledby="home-day">
      <h2 id="home-day">{text('day.title')}</h2>
      {day.state === 'loading' && <Loading lines={1} />}
      {day.state === 'failed' && <Failure error={day.error} onRetry={day.reload} />}
      {day.state === 'ready' && day.value.length > 0 && <Strip spans={day.value} />}
      {day.state === 'ready' && day.value.length === 0 && <p className="soft">{text('state.unknown')}</p>}
    </section>
  );
}

function Strip({ spans }: { spans: readonly DaySpan[] }) {
  const text = useText();
  const hatch = useId();
  const from = spans[0]?.from ?? 0;
  const to = spans.at(-1)?.to ?? 1;
  const scale = WIDTH / Math.max(1, to - from);
  return (
    <>
      <div>
        <svg
          className="strip"
          viewBox={`0 0 ${WIDTH} 20`}
          preserveAspectRatio="none"
          role="img"
          aria-label={text('day.label')}
        >
          <defs>
            <pattern id={hatch} width="12" height="20" patternUnits="userSpaceOnUse">
              <rect className="strip-hatch" width="6" height="20" />
            </pattern>
          </defs>
          {spans.map(({ state, from: start, to: end }) => {
            const box = { x: (start - from) * scale, width: (end - start) * scale, height: HEIGHTS[state] };
            const isHatched = state === 'asleep' || state === 'offline';
            return (
              <g key={start} className={`strip-${state}`}>
                <rect {...box} y={20 - box.height} />
                {isHatched && <rect {...box} y={20 - box.height} fill={`url(#${hatch})`} />}
              </g>
            );
          })}
        </svg>
        <div className="row spread small soft" aria-hidden="true">
          <span>{text.dateTime(from)}</span>
          <span>{text('day.now')}</span>
        </div>
      </div>
      <Legend spans={spans} />
      <SpanTable spans={spans} />
    </>
  );
}

function Legend({ spans }: { spans: readonly DaySpan[] }) {
  const text = useText();
  const lengths = STATES.map((state) => ({
    state,
    length: spans.reduce((sum, span) => sum + (span.state === state ? span.to - span.from : 0), 0),
  }));
  return (
    <ul className="legend small">
      {lengths
        .filter(({ length }) => length > 0)
        .map(({ state, length }) => (
          <li key={state}>
            <svg className="legend-mark" viewBox="0 0 16 20" aria-hidden="true">
              <g className={`strip-${state}`}>
                <rect width="16" height={HEIGHTS[state]} y={20 - HEIGHTS[state]} />
              </g>
            </svg>
            {text('day.legend', { state: text(`day.${state}`), length: text.duration(length) })}
          </li>
        ))}
    </ul>
  );
}

function SpanTable({ spans }: { spans: readonly DaySpan[] }) {
  const text = useText();
  return (
    <details className="details">
      <summary>{text('home.as-table')}</summary>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{text('day.from')}</th>
            <th scope="col">{text('day.to')}</th>
            <th scope="col">{text('day.state')}</th>
          </tr>
        </thead>
        <tbody>
          {spans.toReversed().map(({ state, from, to }) => (
            <tr key={from}>
              <td>{text.dateTime(from)}</td>
              <td>{text.dateTime(to)}</td>
              <td>{text(`day.${state}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
