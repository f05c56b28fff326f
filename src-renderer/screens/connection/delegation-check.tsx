import { Radar } from 'lucide-react';
import type { DelegationView } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckList, type CheckState } from '../../components/check-list.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { useState } from 'react';

type File = DelegationView['files'][number];

const STATES: Readonly<Record<File['state'], CheckState>> = {
  ok: 'ok',
  missing: 'error',
  other: 'error',
  failed: 'could-not-check',
  'not-needed': 'not-applicable',
};

/** Asks the name itself what it says, when somebody wants to know. */
export function DelegationCheck() {
  const text = useText();
  const look = useAction('connection.delegation');
  const [files, setFiles] = useState<readonly File[]>();
  const run = async () => {
    const seen = await look.run(undefined);
    if (seen) setFiles(seen.value.files);
  };
  return (
    <div className="stack" aria-live="polite">
      <div className="row">
        <Button icon={Radar} isBusy={look.isBusy} onClick={() => void run()}>
          {text('delegation.look')}
        </Button>
      </div>
      {look.error && <Failure error={look.error} />}
      {files && <CheckList label={text('delegation.look')} lines={files.map((file) => lineOf(text, file))} />}
    </div>
  );
}

const lineOf = (text: Text, { path, url, wanted, found, state, why }: File) => ({
  id: path,
  title: url,
  state: STATES[state],
  what: text(`delegation.state-${state}`),
  fix: text('delegation.fix', { wanted }),
  found,
  expected: wanted,
  evidence: why === undefined ? [] : [why],
});
