import {
  Activity,
  Clock,
  HardDrive,
  Hourglass,
  LayoutGrid,
  type LucideIcon,
  MemoryStick,
  MessageSquare,
  MessagesSquare,
  Send,
  Table2,
  Users,
} from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type {
  CheckStanding,
  MeasureName,
  MeasureSeries,
  MeasureSpan,
  ServerStatus,
} from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Meter } from '../../components/meter.js';
import { Sparkline } from '../../components/sparkline.js';
import { useNow } from '../../components/use-now.js';
import { type Query, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { lengthOf } from './health-words.js';
import { MeasureTable } from './measure-table.js';

const NAMES: MeasureName[] = [
  'connected',
  'activeRooms',
  'messagesLocal',
  'messagesRemote',
  'delay',
  'memory',
  'diskUsed',
  'diskFree',
  'waitingServers',
  'waitingAge',
  'stall',
];
const SPANS: readonly MeasureSpan[] = ['hour', 'day', 'week', 'month'];
const SLOW = 3000;
const POLL = 60_000;

/** Figures with how they went, each filled in as soon as it is known; the same as a table for who prefers one. */
export function Measures({ status, checks }: { status: Query<ServerStatus>; checks: readonly CheckStanding[] }) {
  const text = useText();
  const [span, setSpan] = useState<MeasureSpan>('day');
  const [isTable, setTable] = useState(false);
  const series = useQuery(
    'measurements.series',
    { names: NAMES, span },
    ['measurements.changed', 'server.changed'],
    POLL,
  );
  return (
    <section className="stack" aria-labelledby="home-measures">
      <div className="row spread">
        <h2 id="home-measures">{text('home.how')}</h2>
        <div className="row">
          <Spans span={span} onChange={setSpan} />
          <Button
            kind="quiet"
            icon={isTable ? LayoutGrid : Table2}
            onClick={() => setTable(!isTable)}
            disabled={series.state !== 'ready'}
          >
            {text(isTable ? 'home.as-tiles' : 'home.as-table')}
          </Button>
        </div>
      </div>
      {isTable && series.state === 'ready' ? (
        <MeasureTable series={series.value} names={NAMES} span={span} />
      ) : (
        <Tiles status={status} series={series} checks={checks} />
      )}
    </section>
  );
}

function Spans({ span, onChange }: { span: MeasureSpan; onChange(span: MeasureSpan): void }) {
  const text = useText();
  return (
    <div className="segments" role="group" aria-label={text('home.span')}>
      {SPANS.map((each) => (
        <button key={each} type="button" aria-pressed={each === span} onClick={() => onChange(each)}>
          {text(`home.span-${each}`)}
        </button>
      ))}
    </div>
  );
}

interface TileWords {
  readonly value: string;
  readonly note?: string | undefined;
}

type Points = readonly (number | null)[];

function Tiles(props: { status: Query<ServerStatus>; series: Query<MeasureSeries>; checks: readonly CheckStanding[] }) {
  const text = useText();
  const now = useNow(5000);
  const { checks } = props;
  const status = props.status.state === 'ready' ? props.status.value : undefined;
  const series = props.series.state === 'ready' ? props.series.value : undefined;
  const isOld = status?.state !== 'running' || isStale(props.status) || isStale(props.series);
  const asOf = isOld && status?.state !== 'starting' ? series?.latest?.at : undefined;
  const tile = { isLoading: props.series.state === 'loading' };
  const pointsOf = (name: MeasureName): Points => series?.points[name] ?? [];
  const both = sumOf(pointsOf('messagesLocal'), pointsOf('messagesRemote'));
  return (
    <>
      {asOf !== undefined && <p className="small soft">{text('home.as-of', { when: text.dateTime(asOf) })}</p>}
      <ul className={asOf === undefined ? 'tiles' : 'tiles stale'}>
        <Tile
          {...tile}
          icon={Users}
          label={text('measure.connected')}
          points={pointsOf('connected')}
          words={people(text, status, series)}
        />
        <Tile
          {...tile}
          icon={MessagesSquare}
          label={text('measure.activeRooms')}
          points={pointsOf('activeRooms')}
          words={series && rooms(text, series)}
        />
        <Tile
          {...tile}
          icon={MessageSquare}
          label={text('measure.messages')}
          points={both}
          words={series && messages(text, series)}
        />
        <Tile
          {...tile}
          icon={Hourglass}
          label={text('measure.delay')}
          points={pointsOf('delay')}
          show={(value) => lengthOf(text, value)}
          words={series && delay(text, series)}
        />
        <Tile
          {...tile}
          icon={MemoryStick}
          label={text('measure.memory')}
          points={pointsOf('memory')}
          show={text.bytes}
          words={memory(text, status, series)}
        />
        <Tile
          {...tile}
          icon={HardDrive}
          label={text('measure.disk')}
          points={pointsOf('diskUsed')}
          show={text.bytes}
          words={disk(text, status, checks)}
        >
          {status?.disk && <DiskMeter disk={status.disk} />}
        </Tile>
        <Tile
          {...tile}
          icon={Send}
          label={text('measure.waitingServers')}
          points={pointsOf('waitingServers')}
          words={series && waiting(text, series)}
        />
        <Tile
          icon={status?.state === 'running' ? Activity : Clock}
          label={text(status?.state === 'running' || !status ? 'measure.up' : 'measure.down')}
          points={undefined}
          isLoading={props.status.state === 'loading'}
          words={
            status && {
              value: text.duration(Math.max(0, now - status.since)),
              note: text('measure.up-note', { version: status.version }),
            }
          }
        />
      </ul>
    </>
  );
}

const isStale = (query: Query<unknown>): boolean => query.state === 'ready' && query.stale !== undefined;

function sumOf(one: Points, other: Points): Points {
  return one.map((value, index) => {
    const more = other[index] ?? null;
    return value === null && more === null ? null : (value ?? 0) + (more ?? 0);
  });
}

function people(
  text: Text,
  status: ServerStatus | undefined,
  series: MeasureSeries | undefined,
): TileWords | undefined {
  const connected = status?.people?.connected ?? series?.latest?.values.connected;
  if (connected === undefined) return series && { value: text('state.unknown') };
  const note = status?.people && text('measure.people-note', { all: status.people.all });
  return { value: text.number(connected), note };
}

function rooms(text: Text, { latest }: MeasureSeries): TileWords {
  const active = latest?.values.activeRooms;
  return {
    value: active === undefined ? text('state.unknown') : text.number(active),
    note: text('measure.rooms-note'),
  };
}

function messages(text: Text, { latest }: MeasureSeries): TileWords {
  const { messagesLocal: local, messagesRemote: remote } = latest?.values ?? {};
  if (local === undefined || remote === undefined) return { value: text('state.unknown') };
  return {
    value: text.number(rounded(local + remote)),
    note: text('measure.messages-note', { local: text.number(rounded(local)), remote: text.number(rounded(remote)) }),
  };
}

const rounded = (value: number): number => (value < 100 ? Math.round(value * 10) / 10 : Math.round(value));

/** Of the last time in which there was any. */
function delay(text: Text, { points }: MeasureSeries): TileWords {
  const last = points.delay?.findLast((point) => point !== null);
  if (last === undefined || last === null) {
    return { value: text('measure.delay-none'), note: text('measure.delay-none-note') };
  }
  return { value: lengthOf(text, last), note: text('measure.delay-note') };
}

function memory(
  text: Text,
  status: ServerStatus | undefined,
  series: MeasureSeries | undefined,
): TileWords | undefined {
  const used = status?.memory ?? series?.latest?.values.memory;
  if (used === undefined) return series && { value: text('state.unknown') };
  const budget = series?.budgets.memory;
  return {
    value: text.bytes(used),
    note: budget === undefined ? undefined : text('measure.memory-note', { budget: text.bytes(budget) }),
  };
}

function disk(text: Text, status: ServerStatus | undefined, checks: readonly CheckStanding[]): TileWords | undefined {
  if (!status) return undefined;
  if (!status.disk) return { value: text('state.unknown') };
  const { free, used } = status.disk;
  const weeks = checks.find(({ code }) => code === 'disk-growth')?.fields['weeks'];
  const isNear = typeof weeks === 'number' && weeks < 100;
  return {
    value: text('measure.disk-value', { free: text.bytes(free) }),
    note: isNear ? text('measure.disk-weeks', { weeks }) : text('measure.disk-note', { used: text.bytes(used) }),
  };
}

function DiskMeter({ disk: { total, free } }: { disk: NonNullable<ServerStatus['disk']> }) {
  const text = useText();
  const share = new Intl.NumberFormat(text.language, { style: 'percent' }).format(1 - free / total);
  return <Meter value={total - free} most={total} label={text('measure.disk-meter', { share })} />;
}

function waiting(text: Text, { latest }: MeasureSeries): TileWords {
  const { waitingServers: servers, waitingAge: age = 0 } = latest?.values ?? {};
  if (servers === undefined) return { value: text('state.unknown') };
  const note =
    servers === 0 ? text('measure.waiting-none') : text('measure.waiting-note', { age: lengthOf(text, age) });
  return { value: text('measure.waiting-value', { servers }), note: servers > 0 && age === 0 ? undefined : note };
}

/** @param points undefined: there is no line to draw */
function Tile(props: {
  icon: LucideIcon;
  label: string;
  words: TileWords | undefined;
  points: Points | undefined;
  isLoading: boolean;
  show?: (value: number) => string;
  children?: ReactNode;
}) {
  const text = useText();
  const { icon: Icon, label, words, points, isLoading, show = text.number, children } = props;
  return (
    <li className="tile">
      <span className="tile-label">
        <Icon size={18} aria-hidden="true" />
        {label}
      </span>
      {words ? <span className="tile-value">{words.value}</span> : <Counting isLoading={isLoading} />}
      {children}
      {words?.note && <span className="small soft">{words.note}</span>}
      {points && points.length > 0 && <Sparkline points={points} label={trendOf(text, label, points, show)} />}
    </li>
  );
}

function trendOf(text: Text, what: string, points: Points, show: (value: number) => string): string {
  const known = points.filter((point) => point !== null);
  if (known.length === 0) return text('home.trend-none', { what });
  return text('home.trend', { what, low: show(rounded(Math.min(...known))), high: show(rounded(Math.max(...known))) });
}

/** Grey while nothing is known; says so in words when it takes long. */
function Counting({ isLoading }: { isLoading: boolean }) {
  const text = useText();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, []);
  if (!isLoading) return <span className="tile-value">{text('state.unknown')}</span>;
  return (
    <span className="tile-value" role="status">
      {isSlow ? (
        <span className="small soft">{text('measure.counting')}</span>
      ) : (
        <span className="skeleton skeleton-value" aria-hidden="true" />
      )}
    </span>
  );
}
