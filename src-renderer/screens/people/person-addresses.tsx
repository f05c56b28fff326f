import { Mail, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Empty, Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** Addresses by which somebody can sign in and get a new password. */
export function PersonAddresses({ person }: { person: PersonDetail }) {
  const text = useText();
  const { userId, addresses, state } = person;
  const remove = useAction('people.removeAddress');
  return (
    <section className="stack" aria-label={text('person.view-addresses')}>
      {addresses.length === 0 && <Empty icon={Mail} title={text('person.no-addresses')} />}
      {addresses.length > 0 && (
        <ul className="cards">
          {addresses.map(({ medium, address, addedAt }) => (
            <li key={address} className="card invitation-row">
              <div className="stack-tight">
                <bdi className="breakable" dir="ltr">
                  {address}
                </bdi>
                <span className="small soft">{text('person.address-since', { date: text.date(addedAt) })}</span>
              </div>
              <Button
                icon={Trash2}
                isBusy={remove.isBusy}
                onClick={() => void remove.run({ userId, medium, address })}
                aria-label={text('person.address-remove-what', { address })}
              >
                {text('person.address-remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {remove.error && <Failure error={remove.error} />}
      {state !== 'deactivated' && <AddAddress userId={userId} />}
    </section>
  );
}

function AddAddress({ userId }: { userId: PersonDetail['userId'] }) {
  const text = useText();
  const add = useAction('people.addEmail');
  const [address, setAddress] = useState('');
  const [isMissed, setMissed] = useState(false);
  const isRight = /^[^@\s]+@[^@\s]+$/.test(address.trim());
  const run = async () => {
    setMissed(!isRight);
    if (isRight && (await add.run({ userId, address: address.trim() }))) setAddress('');
  };
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <TextField
        label={text('person.address-add')}
        hint={text('person.address-add-hint')}
        type="text"
        inputMode="email"
        autoComplete="off"
        dir="ltr"
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        error={isMissed && !isRight ? text('person.address-wrong') : undefined}
        after={
          <Button type="submit" icon={Plus} isBusy={add.isBusy}>
            {text('person.address-add-do')}
          </Button>
        }
      />
      {add.error && <Failure error={add.error} />}
    </form>
  );
}
