import { useState } from 'react';
import type { BudgetState, StorageOverview } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { SelectField, TextField } from '../../components/field.js';
import { Meter } from '../../components/meter.js';
import { Notice, type Tone } from '../../components/notice.js';
import { Pill } from '../../components/pill.js';
import { Failure, Loading } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

const GIGABYTE = 1_000_000_000;
const LEAST = 0.1;
const STEPS = [80, 90, 97, 100] as const;
const LIFETIMES = [30, 90, 180, 365] as const;
const TONES: Readonly<Record<BudgetState, Tone | 'plain'>> = {
  none: 'plain',
  fine: 'good',
  near: 'warn',
  tight: 'warn',
  urgent: 'bad',
  full: 'bad',
};

/** How much files may take, and what happens near that. */
export function StorageLimit() {
  const overview = useQuery('storage.overview', undefined, ['storage.changed', 'server.changed']);
  if (overview.state === 'loading') return <Loading lines={4} />;
  if (overview.state === 'failed') return <Failure error={overview.error} onRetry={overview.reload} />;
  const { budget, lifetimeDays } = overview.value;
  return (
    <div className="room-columns">
      <LimitCard budget={budget} />
      <LifetimeCard days={lifetimeDays} />
    </div>
  );
}

function LimitCard({ budget: { limit, used, state } }: { budget: StorageOverview['budget'] }) {
  const text = useText();
  const save = useAction('storage.setLimit');
  const [value, setValue] = useState(limit === undefined ? '' : String(limit / GIGABYTE));
  const [isSaved, setSaved] = useState(false);
  const [isMissed, setMissed] = useState(false);
  const gigabytes = value.trim() === '' ? undefined : Number(value.replace(',', '.'));
  const isRight = gigabytes === undefined || gigabytes >= LEAST;
  const run = async () => {
    setSaved(false);
    setMissed(!isRight);
    if (!isRight) return;
    const wanted = gigabytes === undefined ? null : Math.round(gigabytes * GIGABYTE);
    if (await save.run({ limit: wanted })) setSaved(true);
  };
  const words =
    limit === undefined ? undefined : text('limit.now', { used: text.bytes(used), limit: text.bytes(limit) });
  return (
    <section className="card" aria-labelledby="limit-title">
      <div className="row spread">
        <h2 id="limit-title">{text('limit.title')}</h2>
        <Pill tone={TONES[state]}>{text(`limit.state-${state}`)}</Pill>
      </div>
      {words === undefined || limit === undefined ? (
        <p className="soft">{text('limit.none')}</p>
      ) : (
        <>
          <Meter value={used} most={limit} label={words} />
          <p className="small soft">{words}</p>
        </>
      )}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isBusy) void run();
        }}
      >
        <TextField
          label={text('limit.value')}
          hint={text('limit.value-hint')}
          value={value}
          inputMode="decimal"
          onChange={(event) => setValue(event.target.value)}
          error={isMissed && !isRight ? text('limit.value-error') : undefined}
          after={
            <Button type="submit" isBusy={save.isBusy}>
              {text('limit.save')}
            </Button>
          }
        />
        {save.error && <Failure error={save.error} />}
        <div role="status">{isSaved && <Notice tone="good">{text('limit.saved')}</Notice>}</div>
      </form>
      <h3>{text('limit.ladder')}</h3>
      <ul className="bullets">
        {STEPS.map((step) => (
          <li key={step}>{text(`limit.step-${step}`)}</li>
        ))}
      </ul>
    </section>
  );
}

function LifetimeCard({ days }: { days: number | undefined }) {
  const text = useText();
  const save = useAction('storage.setLifetime');
  const [isSaved, setSaved] = useState(false);
  const change = async (value: string) => {
    setSaved(false);
    if (await save.run({ days: value === '' ? null : Number(value) })) setSaved(true);
  };
  const isOther = days !== undefined && !LIFETIMES.some((each) => each === days);
  return (
    <section className="card" aria-labelledby="lifetime-title">
      <h2 id="lifetime-title">{text('limit.lifetime')}</h2>
      <p className="soft">{text('clean.copies-loss')}</p>
      <SelectField
        label={text('limit.lifetime-label')}
        hint={text('limit.lifetime-hint')}
        value={days ?? ''}
        onChange={(event) => void change(event.target.value)}
      >
        <option value="">{text('limit.lifetime-never')}</option>
        {isOther && <option value={days}>{text('limit.lifetime-other', { days })}</option>}
        {LIFETIMES.map((each) => (
          <option key={each} value={each}>
            {text(`clean.days-${each}`)}
          </option>
        ))}
      </SelectField>
      {save.error && <Failure error={save.error} />}
      <div role="status">{isSaved && <Notice tone="good">{text('limit.lifetime-saved')}</Notice>}</div>
    </section>
  );
}
