import { useState } from 'react';
import type { Invitation } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { SelectField, TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { InvitationCard } from './invitation-card.js';

const DAY = 24 * 60 * 60 * 1000;
const LIFETIMES = { day: DAY, week: 7 * DAY, month: 30 * DAY, never: null } as const;
type Lifetime = keyof typeof LIFETIMES;

/** Makes an invitation and shows how to hand it over. */
export function InviteDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  const [made, setMade] = useState<Invitation>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Dialog
      title={text(made ? 'invitations.ready' : 'action.invite')}
      description={text(made ? 'invitations.ready-text' : 'invitations.create-text')}
      isOpen={isOpen}
      onClose={close}
    >
      {made ? <InvitationCard invitation={made} onClose={close} /> : <Form onMade={setMade} onCancel={close} />}
    </Dialog>
  );
}

function Form({ onMade, onCancel }: { onMade(invitation: Invitation): void; onCancel(): void }) {
  const text = useText();
  const create = useAction('invitations.create');
  const [kind, setKind] = useState<'one' | 'several' | 'any'>('one');
  const [count, setCount] = useState('5');
  const [label, setLabel] = useState('');
  const [lifetime, setLifetime] = useState<Lifetime>('week');
  const several = Number(count);
  const isWrong = kind === 'several' && !(Number.isInteger(several) && several >= 1 && several <= 1000);
  const submit = async () => {
    const uses = { one: 1, several, any: null }[kind];
    const made = await create.run({
      uses,
      lifetime: LIFETIMES[lifetime],
      ...(label.trim() === '' ? {} : { label: label.trim() }),
    });
    if (made) onMade(made.value);
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isBusy && !isWrong) void submit();
      }}
    >
      <TextField
        label={text('invitations.label')}
        hint={text('invitations.label-hint')}
        maxLength={100}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <SelectField
        label={text('invitations.for')}
        value={kind}
        onChange={(event) => setKind(event.target.value as typeof kind)}
      >
        <option value="one">{text('invitations.for-one')}</option>
        <option value="several">{text('invitations.for-several')}</option>
        <option value="any">{text('invitations.for-any')}</option>
      </SelectField>
      {kind === 'several' && (
        <TextField
          label={text('invitations.how-many')}
          type="number"
          min={1}
          max={1000}
          value={count}
          onChange={(event) => setCount(event.target.value)}
          error={isWrong ? text('invitations.how-many-error') : undefined}
        />
      )}
      <SelectField
        label={text('invitations.lifetime')}
        value={lifetime}
        onChange={(event) => setLifetime(event.target.value as Lifetime)}
      >
        {(Object.keys(LIFETIMES) as Lifetime[]).map((key) => (
          <option key={key} value={key}>
            {text(`invitations.lifetime-${key}`)}
          </option>
        ))}
      </SelectField>
      {create.error && <Failure error={create.error} />}
      <div className="row row-end">
        <Button onClick={onCancel}>{text('action.cancel')}</Button>
        <Button kind="primary" type="submit" isBusy={create.isBusy}>
          {text('invitations.create')}
        </Button>
      </div>
    </form>
  );
}
