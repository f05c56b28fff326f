import { Brush } from 'lucide-react';
import { Link } from 'wouter';
import type { StorageOverview as Overview } from '../../../src-main/control/contract.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { LargestLists } from './largest-lists.js';
import { Treemap } from './treemap.js';

const POLL = 60_000;
const LITTLE = 50_000_000;
/** Beyond so many weeks nobody plans. */
const FAR = 260;

/** How much of what, how it grows, and what is largest. */
export function StorageOverview() {
  const text = useText();
  const overview = useQuery('storage.overview', undefined, ['storage.changed', 'server.changed'], POLL);
  if (overview.state === 'loading') return <Loading lines={6} />;
  if (overview.state === 'failed') return <Failure error={overview.error} onRetry={overview.reload} />;
  const { value } = overview;
  const { disk } = value;
  return (
    <div className="stack">
      {disk?.rung === 'very-low' && (
        <Notice
          tone="bad"
          title={text('storage.low-title')}
          actions={
            <Link href="/storage/clean-up" className="button button-plain">
              <Brush size={18} aria-hidden="true" />
              {text('storage.review')}
            </Link>
          }
        >
          {text('storage.low-text', { free: text.bytes(disk.free) })}
        </Notice>
      )}
      <Tiles overview={value} />
      <section className="card" aria-labelledby="storage-what">
        <h2 id="storage-what">{text('storage.what')}</h2>
        {value.used < LITTLE && <p className="soft">{text('storage.small', { size: text.bytes(value.used) })}</p>}
        <Treemap parts={value.parts} />
      </section>
      <LargestLists overview={value} />
    </div>
  );
}

function Tiles({ overview: { used, disk, growth } }: { overview: Overview }) {
  const text = useText();
  return (
    <dl className="storage-tiles">
      <Tile name={text('storage.used')} value={text.bytes(used)} />
      {disk && (
        <Tile
          name={text('storage.free')}
          value={text.bytes(disk.free)}
          note={text('storage.free-of', { total: text.bytes(disk.total), folder: disk.folder })}
        />
      )}
      <Tile name={text('storage.growth')} value={growthText(text, growth)} note={paceText(text, growth)} />
    </dl>
  );
}

function Tile({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div className="card">
      <dt className="soft">{name}</dt>
      <dd>
        <span className="storage-value">{value}</span>
        {note && <bdi className="small soft breakable">{note}</bdi>}
      </dd>
    </div>
  );
}

function growthText(text: Text, growth: Overview['growth']): string {
  if (!growth) return text('storage.growth-unknown');
  if (growth.perWeek <= 0) return text('storage.growth-none');
  return text('storage.growth-week', { size: text.bytes(growth.perWeek) });
}

function paceText(text: Text, growth: Overview['growth']): string {
  if (!growth) return text('storage.growth-unknown-note');
  const { weeksLeft } = growth;
  if (weeksLeft === undefined) return text('storage.not-growing');
  return weeksLeft > FAR ? text('storage.years-left') : text('storage.weeks-left', { weeks: Math.round(weeksLeft) });
}
