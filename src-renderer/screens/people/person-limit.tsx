import { Save } from 'lucide-react';
import { useState } from 'react';
import type { PersonDetail, PersonLimit } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { ChoiceCards } from '../../components/choice-cards.js';
import { TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

type Kind = 'usual' | 'own' | 'none';

const KINDS: readonly Kind[] = ['usual', 'own', 'none'];
const MOST_PER_SECOND = 1000;
const MOST_BURST = 100_000;
/** What the fields begin with: ten times what counts for all is enough for most bots. */
const MORE = 10;

/** How many messages somebody may send: as many as all, their own number, or as many as they like. */
export function PersonLimitForm({ person: { userId, limit, usualLimit } }: { person: PersonDetail }) {
  const text = useText();
  const save = useAction('people.limit');
  const [kind, setKind] = useState<Kind>(kindOf(limit));
  const begin = limit && limit.perSecond > 0 ? limit : moreThan(usualLimit);
  const [rate, setRate] = useState(String(begin.perSecond));
  const [burst, setBurst] = useState(String(begin.burst));
  const wanted = limitOf(kind, Number(rate), Number(burst));
  const isWrong = kind === 'own' && !wanted;
  const isNew = kind !== kindOf(limit) || (kind === 'own' && JSON.stringify(wanted) !== JSON.stringify(limit));
  const run = () => void save.run({ userId, limit: wanted ?? null });
  const titles = {
    usual: text('person.limit-usual', { rate: usualLimit.perSecond, burst: usualLimit.burst }),
    own: text('person.limit-own'),
    none: text('person.limit-none'),
  };
  return (
    <form
      className="card stack"
      aria-label={text('person.limit')}
      onSubmit={(event) => {
        event.preventDefault();
        if (isNew && !isWrong && !save.isBusy) run();
      }}
    >
      <h2>{text('person.limit')}</h2>
      <p className="soft">{text('person.limit-text')}</p>
      <ChoiceCards<Kind>
        legend={text('person.limit')}
        hideLegend
        choices={KINDS.map((value) => ({ value, title: titles[value] }))}
        value={kind}
        onChange={setKind}
      />
      {kind === 'own' && (
        <>
          <NumberField label={text('person.limit-rate')} most={MOST_PER_SECOND} value={rate} onChange={setRate} />
          <NumberField label={text('person.limit-burst')} most={MOST_BURST} value={burst} onChange={setBurst} />
        </>
      )}
      {save.error && <Failure error={save.error} />}
      <div className="row">
        <Button type="submit" icon={Save} isBusy={save.isBusy} disabled={!isNew || isWrong}>
          {text('settings.save')}
        </Button>
      </div>
    </form>
  );
}

function NumberField({
  label,
  most,
  value,
  onChange,
}: {
  label: string;
  most: number;
  value: string;
  onChange(value: string): void;
}) {
  const text = useText();
  return (
    <TextField
      label={label}
      inputMode="numeric"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={isCount(Number(value), most) ? undefined : text('person.limit-wrong', { most })}
    />
  );
}

const kindOf = (limit: PersonLimit | undefined): Kind =>
  limit === undefined ? 'usual' : limit.perSecond === 0 ? 'none' : 'own';

const moreThan = ({ perSecond, burst }: PersonLimit): PersonLimit => ({
  perSecond: Math.min(MOST_PER_SECOND, Math.max(1, Math.round(perSecond * MORE))),
  burst: Math.min(MOST_BURST, Math.max(1, burst * MORE)),
});

const isCount = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;

/** undefined: as for all, or no limit that can be set */
function limitOf(kind: Kind, perSecond: number, burst: number): PersonLimit | undefined {
  if (kind === 'none') return { perSecond: 0, burst: 0 };
  const isRight = isCount(perSecond, MOST_PER_SECOND) && isCount(burst, MOST_BURST);
  return kind === 'own' && isRight ? { perSecond, burst } : undefined;
}
