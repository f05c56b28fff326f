import type { MessageWay } from '../../../src-main/control/contract.js';
import { Notice } from '../../components/notice.js';
import { shown } from '../../components/shown.js';
import { type Text, useText } from '../../text/use-text.js';
import { shownServer } from './server-words.js';

type Place = 'sent' | 'received' | 'checked' | 'put-aside' | 'stored' | 'delivered';

/** A place on the way, and when the message was there. */
interface Hop {
  readonly place: Place;
  readonly at: number | undefined;
}

/** Less is no delay that anybody notices. */
const NOTICEABLE = 2_000;
/** How well the other clock is known. */
const UNSURE = 1_500;

/** The way of a message with its times, and where it was kept longest. */
export function MessageHops({ way }: { way: MessageWay }) {
  const text = useText();
  const hops = hopsOf(way);
  const room = way.roomName ?? way.roomId;
  return (
    <section className="card stack" aria-live="polite" aria-labelledby="message-way">
      <h2 id="message-way" className="breakable">
        <bdi>{text('late.of', { sender: shown(way.sender, 255), room: shown(room, 100) })}</bdi>
      </h2>
      <Verdict way={way} hops={hops} />
      <ol className="message-way">
        {hops.map(({ place, at }, index) => (
          <li key={place}>
            <strong>{text(`late.${place}`)}</strong>
            <span>{at === undefined ? text('late.not-yet') : text.dateTime(at)}</span>
            {at !== undefined && index > 0 && (
              <span className="small soft">{text('late.took', { time: text.duration(since(hops, index)) })}</span>
            )}
          </li>
        ))}
      </ol>
      {!way.isOwn && <ClockNote ahead={way.clockAhead} />}
    </section>
  );
}

function Verdict({ way, hops }: { way: MessageWay; hops: readonly Hop[] }) {
  const text = useText();
  if (way.isOwn) return <Notice tone="info">{text('late.own')}</Notice>;
  if (!way.times) return <Notice tone="info">{text('late.unknown')}</Notice>;
  const words = slowWords(text, hops, way.times.from);
  return words === undefined ? <Notice tone="good">{text('late.quick')}</Notice> : <Notice tone="warn" title={words} />;
}

function ClockNote({ ahead }: { ahead: number | undefined }) {
  const text = useText();
  if (ahead === undefined) return <p className="small soft">{text('late.clock-unknown')}</p>;
  if (Math.abs(ahead) < UNSURE) return null;
  return <p className="small soft">{text('late.clock', { time: text.duration(Math.abs(ahead)) })}</p>;
}

/** The places in the order in which the message came by. */
export function hopsOf({ saidSent, clockAhead, times, isOwn }: MessageWay): readonly Hop[] {
  const sent: Hop = { place: 'sent', at: saidSent - (clockAhead ?? 0) };
  if (isOwn || !times) return [sent];
  const aside: Hop[] = times.putAside === undefined ? [] : [{ place: 'put-aside', at: times.putAside }];
  return [
    sent,
    { place: 'received', at: times.received },
    ...(times.checked === undefined ? [] : [{ place: 'checked', at: times.checked } as const]),
    ...aside,
    { place: 'stored', at: times.stored },
    { place: 'delivered', at: times.delivered },
  ];
}

const since = (hops: readonly Hop[], index: number): number =>
  Math.max(0, (hops[index]?.at ?? 0) - (hops[index - 1]?.at ?? 0));

const SLOW_WORDS = {
  received: 'late.slow-received',
  checked: 'late.slow-checked',
  'put-aside': 'late.slow-stored',
  stored: 'late.slow-stored',
  delivered: 'late.slow-delivered',
} as const;

/** Where it was kept longest, when that was long at all. */
export function slowWords(text: Text, hops: readonly Hop[], from: string): string | undefined {
  const slowest = hops
    .flatMap(({ place, at }, index) =>
      index === 0 || place === 'sent' || at === undefined ? [] : [{ place, took: since(hops, index) }],
    )
    .toSorted((a, b) => b.took - a.took)[0];
  if (!slowest || slowest.took < NOTICEABLE) return undefined;
  return text(SLOW_WORDS[slowest.place], { time: text.duration(slowest.took), server: shownServer(from) });
}
