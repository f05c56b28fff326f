import { Globe, Split } from 'lucide-react';
import { useState } from 'react';
import { ChoiceCards } from '../../components/choice-cards.js';
import { TextField } from '../../components/field.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { DelegationFiles } from '../connection/delegation-files.js';
import { DnsPanel } from '../connection/dns-panel.js';
import { chosenHost, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** Where the name leads, and what its records say of that now. */
export function AddressStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const { serverName } = answers;
  const host = chosenHost(answers);
  const isElsewhere = host !== serverName;
  const check = useAction('setup.checkName');
  const [error, setError] = useState<string>();
  const next = async () => {
    const checked = await check.run({ serverName: host, mode: 'direct' });
    if (!checked) return;
    const { verdict, code } = checked.value;
    if (verdict === 'refused' && code) setError(text(`name.${code}`));
    else {
      change({ host: isElsewhere ? checked.value.serverName : '' });
      onNext();
    }
  };
  return (
    <StepPage
      wide
      title={text('address.title')}
      lead={text('address.lead')}
      why={text('address.why')}
      isBusy={check.isBusy}
      onNext={() => void next()}
      onBack={onBack}
    >
      <ChoiceCards
        legend={text('address.question', { name: serverName })}
        value={isElsewhere ? 'elsewhere' : 'here'}
        onChange={(where) => change({ host: where === 'here' ? '' : `matrix.${serverName}` })}
        choices={[
          { value: 'here', icon: Globe, title: text('address.here'), text: text('address.here-text') },
          { value: 'elsewhere', icon: Split, title: text('address.elsewhere'), text: text('address.elsewhere-text') },
        ]}
      />
      {isElsewhere && (
        <TextField
          label={text('address.host')}
          hint={text('address.host-hint', { name: serverName })}
          value={answers.host}
          onChange={(event) => {
            setError(undefined);
            change({ host: event.target.value });
          }}
          error={error}
          dir="ltr"
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <section className="stack">
        <h2>{text('dns.title')}</h2>
        <p className="soft">{text('dns.text', { host })}</p>
        <DnsPanel
          serverName={serverName}
          host={host}
          publicAddress={answers.publicAddress}
          onPublicAddress={(publicAddress) => change({ publicAddress })}
        />
      </section>
      {isElsewhere && <DelegationFiles serverName={serverName} files={filesFor(host)} />}
    </StepPage>
  );
}

/** The same as the server's own, which is not there yet. */
const filesFor = (host: string) => [
  { path: '/.well-known/matrix/server', text: JSON.stringify({ 'm.server': `${host}:443` }) },
  { path: '/.well-known/matrix/client', text: JSON.stringify({ 'm.homeserver': { base_url: `https://${host}` } }) },
];
