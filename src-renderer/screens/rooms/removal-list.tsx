import { CircleCheck, CircleX, History, LoaderCircle } from 'lucide-react';
import type { RoomRemoval } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Meter } from '../../components/meter.js';
import { Pill } from '../../components/pill.js';
import { shown } from '../../components/shown.js';
import { Details, Empty, Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';

const LOOK = 1_500;

/** What is being removed, and what was. */
export function RemovalList() {
  const text = useText();
  const removals = useQuery('rooms.removals', {}, ['rooms.changed', 'server.changed'], LOOK);
  if (removals.state === 'loading') return <Loading />;
  if (removals.state === 'failed') return <Failure error={removals.error} onRetry={removals.reload} />;
  if (removals.value.length === 0) return <Empty icon={History} title={text('removals.none')} />;
  return (
    <section className="stack" aria-label={text('rooms.tab-removals')}>
      <p className="soft">{text('removals.lead')}</p>
      <DataTable
        label={text('rooms.tab-removals')}
        columns={columns(text)}
        rows={removals.value}
        keyOf={({ id }) => id}
      />
    </section>
  );
}

const columns = (text: Text): Column<RoomRemoval>[] => [
  {
    key: 'room',
    title: text('removals.column-room'),
    width: '30%',
    cell: ({ roomId, name }) => <bdi className="breakable">{shown(name ?? roomId)}</bdi>,
  },
  {
    key: 'what',
    title: text('removals.column-what'),
    width: '7rem',
    cell: ({ kind }) => text(`removals.kind-${kind}`),
  },
  {
    key: 'state',
    title: text('removals.column-state'),
    cell: (removal) => <RemovalState removal={removal} />,
  },
  {
    key: 'when',
    title: text('removals.column-when'),
    width: '12rem',
    cell: ({ endedAt, startedAt }) => text.dateTime(endedAt ?? startedAt),
  },
];

const TONES = { done: 'good', failed: 'bad', cancelled: 'warn' } as const;

/** How far it is, or what came of it. */
export function RemovalState({ removal }: { removal: RoomRemoval }) {
  const text = useText();
  const { state, done, total, endedAt, bytes, removed, stayed, error } = removal;
  const tone = state in TONES ? TONES[state as keyof typeof TONES] : 'info';
  const Icon = state === 'done' ? CircleCheck : state === 'failed' || state === 'cancelled' ? CircleX : LoaderCircle;
  const progress = text('removals.progress', { done, total: Math.max(done, total) });
  return (
    <div className="stack-tight">
      <Pill tone={tone} icon={Icon}>
        {text(`removals.state-${state}`)}
      </Pill>
      {endedAt === undefined && state === 'erasing' && (
        <>
          <Meter value={done} most={Math.max(done, total)} label={progress} tone="plain" />
          <p className="small soft">{progress}</p>
        </>
      )}
      {endedAt !== undefined && (
        <p className="small soft">
          {text('removals.result', { events: done, size: text.bytes(bytes), people: removed })}
        </p>
      )}
      {stayed > 0 && <p className="small">{text('removals.stayed', { count: stayed })}</p>}
      {error !== undefined && <Details>{error}</Details>}
      {endedAt === undefined && removal.kind === 'history' && <Stop id={removal.id} />}
    </div>
  );
}

function Stop({ id }: { id: string }) {
  const text = useText();
  const cancel = useAction('rooms.cancelRemoval');
  return (
    <div>
      <Button isBusy={cancel.isBusy} onClick={() => void cancel.run({ id })}>
        {text('removals.cancel')}
      </Button>
    </div>
  );
}
