import { Group } from 'lucide-react';
import type { LogGroup } from '../../../src-main/control/contract.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Pill } from '../../components/pill.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useSettled } from '../../components/use-settled.js';
import { useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { useChoices, wireFilter } from './log-filter.js';
import { meaningOf } from './log-detail.js';
import { plain } from './log-row.js';
import { LogFilters } from './log-toolbar.js';

const EVERY = 10_000;

/** What was said, and how often: many lines become a few. */
export function CondensedLog() {
  const text = useText();
  const now = useNow();
  const { choices, change } = useChoices();
  const settled = useSettled(choices);
  const groups = useQuery('logs.condensed', wireFilter(settled), [], EVERY);
  const all = useQuery('logs.read', { after: 0, limit: 1 }, [], EVERY);
  const known = all.state === 'ready' ? all.value : undefined;
  return (
    <section className="stack" aria-label={text('logs.view-condensed')}>
      <LogFilters choices={choices} change={change} counts={known?.counts} parts={known?.parts ?? []} />
      {groups.state === 'loading' && <Loading lines={6} />}
      {groups.state === 'failed' && <Failure error={groups.error} onRetry={groups.reload} />}
      {groups.state === 'ready' && groups.value.length === 0 && <Empty icon={Group} title={text('logs.nothing')} />}
      {groups.state === 'ready' && groups.value.length > 0 && (
        <DataTable
          label={text('logs.view-condensed')}
          columns={columns(text, now)}
          rows={groups.value}
          keyOf={({ level, part, text: words }) => `${level} ${part} ${words}`}
        />
      )}
    </section>
  );
}

const TONES = { error: 'bad', warn: 'warn', info: 'info', debug: 'plain' } as const;

const columns = (text: Text, now: number): Column<LogGroup>[] => [
  {
    key: 'text',
    title: text('logs.column-text'),
    width: '44%',
    cell: ({ text: words }) => {
      const meaning = meaningOf(words);
      return (
        <span className="stack-tight">
          <bdi className="breakable" dir="ltr">
            {plain(words)}
          </bdi>
          {meaning && <span className="small soft">{text(meaning)}</span>}
        </span>
      );
    },
  },
  {
    key: 'level',
    title: text('logs.column-level'),
    width: '6.5rem',
    cell: ({ level }) => <Pill tone={TONES[level]}>{text(`logs.level-${level}`)}</Pill>,
  },
  { key: 'part', title: text('logs.column-part'), cell: ({ part }) => <bdi className="mono">{part}</bdi> },
  {
    key: 'count',
    title: text('logs.column-count'),
    align: 'end',
    width: '5rem',
    cell: ({ count }) => text.number(count),
  },
  { key: 'first', title: text('logs.column-first'), cell: ({ first }) => text.relative(first, now) },
  { key: 'last', title: text('logs.column-last'), cell: ({ last }) => text.relative(last, now) },
];
