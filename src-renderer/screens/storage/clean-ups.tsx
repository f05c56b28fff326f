import { Brush } from 'lucide-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import type { CleanUpKind, CleanUpRun } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { SelectField } from '../../components/field.js';
import { Meter } from '../../components/meter.js';
import { Failure, Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { DatabaseCard } from './database-card.js';

const KINDS: readonly CleanUpKind[] = ['copies', 'previews', 'own'];
const DAYS = [30, 90, 180, 365] as const;
const LOOK = 1_500;

/** What can be cleared away, each with what one loses by it. */
export function CleanUps() {
  const text = useText();
  const runs = useQuery('storage.cleanUps', undefined, ['storage.changed', 'server.changed'], LOOK);
  if (runs.state === 'loading') return <Loading lines={4} />;
  if (runs.state === 'failed') return <Failure error={runs.error} onRetry={runs.reload} />;
  const running = runs.value.find(({ state }) => state === 'running');
  const past = runs.value.filter(({ state }) => state !== 'running');
  return (
    <div className="stack">
      {running && <Running run={running} />}
      {KINDS.map((kind) => (
        <Suggestion key={kind} kind={kind} isBusy={running !== undefined} />
      ))}
      <DatabaseCard />
      {past.length > 0 && (
        <section className="stack" aria-labelledby="clean-history">
          <h2 id="clean-history">{text('clean.history')}</h2>
          <DataTable label={text('clean.history')} columns={columns(text)} rows={past} keyOf={({ id }) => id} />
        </section>
      )}
    </div>
  );
}

function Running({ run: { kind, gone, total } }: { run: CleanUpRun }) {
  const text = useText();
  const cancel = useAction('storage.cancelCleanUp');
  const words = text('clean.progress', { gone: gone.count, total: total.count, size: text.bytes(gone.bytes) });
  return (
    <section className="card" aria-label={text('clean.running', { what: text(`clean.${kind}`) })} aria-live="polite">
      <h2>{text('clean.running', { what: text(`clean.${kind}`) })}</h2>
      <Meter value={gone.count} most={total.count} label={words} tone="plain" />
      <p className="small soft">{words}</p>
      <div>
        <Button isBusy={cancel.isBusy} onClick={() => void cancel.run(undefined)}>
          {text('clean.cancel')}
        </Button>
      </div>
      {cancel.error && <Failure error={cancel.error} />}
    </section>
  );
}

/** No age is chosen beforehand, but for previews, of which it does not matter. */
function Suggestion({ kind, isBusy }: { kind: CleanUpKind; isBusy: boolean }) {
  const text = useText();
  const [days, setDays] = useState<number>();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const what = text(`clean.${kind}`);
  const chosen = kind === 'previews' ? 1 : days;
  return (
    <section className="card clean" aria-labelledby={`clean-${kind}`}>
      <div className="stack-tight">
        <h2 id={`clean-${kind}`}>{what}</h2>
        <p className="soft">{text(`clean.${kind}-loss`)}</p>
      </div>
      {kind !== 'previews' && (
        <SelectField
          label={text('clean.days')}
          value={days ?? ''}
          onChange={(event) => setDays(event.target.value === '' ? undefined : Number(event.target.value))}
        >
          <option value="">{text('clean.days-choose')}</option>
          {DAYS.map((each) => (
            <option key={each} value={each}>
              {text(`clean.days-${each}`)}
            </option>
          ))}
        </SelectField>
      )}
      {chosen !== undefined && (
        <Amount kind={kind} days={chosen}>
          <Button
            ref={opener}
            icon={Brush}
            aria-label={text('clean.review-what', { what })}
            disabled={isBusy}
            onClick={() => setOpen(true)}
          >
            {text('clean.review')}
          </Button>
        </Amount>
      )}
      {chosen !== undefined && (
        <CleanUpDialog kind={kind} days={chosen} opener={opener} isOpen={isOpen} onClose={() => setOpen(false)} />
      )}
    </section>
  );
}

function Amount({ kind, days, children }: { kind: CleanUpKind; days: number; children: ReactNode }) {
  const text = useText();
  const amount = useQuery('storage.cleanUpPreview', { kind, days }, ['storage.changed']);
  if (amount.state === 'failed') return <Failure error={amount.error} onRetry={amount.reload} />;
  if (amount.state === 'loading') return <p role="status">{text('state.loading')}</p>;
  const { count, bytes } = amount.value;
  if (count === 0) return <p role="status">{text('clean.nothing')}</p>;
  return (
    <div className="row">
      <strong role="status">{text('clean.count', { count, size: text.bytes(bytes) })}</strong>
      {children}
    </div>
  );
}

function CleanUpDialog({
  kind,
  days,
  opener,
  isOpen,
  onClose,
}: {
  kind: CleanUpKind;
  days: number;
  opener: RefObject<HTMLElement | null>;
  isOpen: boolean;
  onClose(): void;
}) {
  const text = useText();
  const clean = useAction('storage.cleanUp');
  const amount = useQuery('storage.cleanUpPreview', { kind, days }, ['storage.changed']);
  const found = amount.state === 'ready' ? amount.value : undefined;
  return (
    <TypedConfirm
      title={text('clean.title', { what: text(`clean.${kind}`) })}
      description={text(`clean.${kind}-loss`)}
      preview={
        found ? text('clean.count', { count: found.count, size: text.bytes(found.bytes) }) : text('state.loading')
      }
      untouched={text(`clean.untouched-${kind}`)}
      wanted={kind === 'own' ? text('clean.word') : undefined}
      confirm={text('clean.run')}
      canConfirm={found !== undefined && found.count > 0}
      isBusy={clean.isBusy}
      error={clean.error}
      onConfirm={async () => (await clean.run({ kind, days })) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        clean.forget();
        onClose();
      }}
    />
  );
}

const columns = (text: Text): Column<CleanUpRun>[] => [
  {
    key: 'what',
    title: text('clean.column-what'),
    cell: ({ kind, isAutomatic }) => {
      const what = text(`clean.${kind}`);
      return isAutomatic ? text('clean.automatic', { what }) : what;
    },
  },
  { key: 'state', title: text('clean.column-state'), cell: ({ state }) => text(`clean.state-${state}`) },
  {
    key: 'gone',
    title: text('clean.column-gone'),
    cell: ({ gone: { count, bytes } }) => text('clean.count', { count, size: text.bytes(bytes) }),
  },
  {
    key: 'when',
    title: text('clean.column-when'),
    cell: ({ endedAt, startedAt }) => text.dateTime(endedAt ?? startedAt),
  },
];
