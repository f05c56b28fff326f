import { Save } from 'lucide-react';
import { useState } from 'react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { ChoiceCards } from '../../components/choice-cards.js';
import { TextField } from '../../components/field.js';
import { Meter } from '../../components/meter.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

type Kind = 'none' | 'own';

const KINDS: readonly Kind[] = ['none', 'own'];
const MB = 1_000_000;
const MOST = 10_000_000;
/** What the field begins with. */
const USUAL = 5_000;

/** How much somebody may keep here. */
export function PersonQuotaForm({ person: { userId, quota, uploads } }: { person: PersonDetail }) {
  const text = useText();
  const save = useAction('people.quota');
  const [kind, setKind] = useState<Kind>(quota === undefined ? 'none' : 'own');
  const [megabytes, setMegabytes] = useState(String(quota === undefined ? USUAL : Math.round(quota / MB)));
  const count = Number(megabytes);
  const isWrong = kind === 'own' && !(Number.isInteger(count) && count >= 1 && count <= MOST);
  const wanted = kind === 'own' ? count * MB : undefined;
  const used = quota === undefined ? undefined : usedText(text, uploads.bytes, quota);
  return (
    <form
      className="card stack"
      aria-label={text('quota.title')}
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== quota && !isWrong && !save.isBusy) void save.run({ userId, bytes: wanted ?? null });
      }}
    >
      <h2>{text('quota.title')}</h2>
      <p className="soft">{text('quota.text')}</p>
      {quota !== undefined && used !== undefined && (
        <div className="stack-tight">
          <Meter value={uploads.bytes} most={quota} label={used} />
          <p className="small soft">{used}</p>
        </div>
      )}
      <ChoiceCards<Kind>
        legend={text('quota.title')}
        hideLegend
        choices={KINDS.map((value) => ({ value, title: text(`quota.kind-${value}`) }))}
        value={kind}
        onChange={setKind}
      />
      {kind === 'own' && (
        <TextField
          label={text('quota.megabytes')}
          inputMode="numeric"
          value={megabytes}
          onChange={(event) => setMegabytes(event.target.value)}
          error={isWrong ? text('person.limit-wrong', { most: MOST }) : undefined}
        />
      )}
      {save.error && <Failure error={save.error} />}
      <div className="row">
        <Button type="submit" icon={Save} isBusy={save.isBusy} disabled={wanted === quota || isWrong}>
          {text('settings.save')}
        </Button>
      </div>
    </form>
  );
}

const usedText = (text: ReturnType<typeof useText>, used: number, quota: number): string =>
  text('quota.used', { used: text.bytes(used), quota: text.bytes(quota) });
