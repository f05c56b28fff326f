import { Check, Download, KeyRound, Printer } from 'lucide-react';
import { useState } from 'react';
import type { MadeKit } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useAction, useControl, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { KitPaper } from './kit-paper.js';

const ENDING = 4;

/** The recovery kit: made, kept by the person, and confirmed by the end of its passphrase. */
export function KitPanel() {
  const text = useText();
  const state = useQuery('kit.state', undefined, ['address.changed', 'server.changed']);
  const make = useAction('kit.make');
  const [kit, setKit] = useState<MadeKit>();
  if (state.state === 'loading') return <Loading lines={2} />;
  if (state.state === 'failed') return <Failure error={state.error} onRetry={state.reload} />;
  const { savedAt } = state.value;
  const begin = async () => {
    const made = await make.run(undefined);
    if (made) setKit(made.value);
  };
  if (kit) return <MadeKitPanel kit={kit} onDone={() => setKit(undefined)} />;
  return (
    <div className="stack">
      {savedAt === undefined ? (
        <Notice tone="warn" title={text('kit.unsaved')}>
          {text('kit.unsaved-text')}
        </Notice>
      ) : (
        <Notice tone="good" title={text('kit.saved', { at: text.date(savedAt) })}>
          {text('kit.saved-text')}
        </Notice>
      )}
      <div className="row">
        <Button
          kind={savedAt === undefined ? 'primary' : 'plain'}
          icon={KeyRound}
          isBusy={make.isBusy}
          onClick={() => void begin()}
        >
          {text(savedAt === undefined ? 'kit.make' : 'kit.make-again')}
        </Button>
      </div>
      {make.error && <Failure error={make.error} />}
    </div>
  );
}

function MadeKitPanel({ kit, onDone }: { kit: MadeKit; onDone(): void }) {
  const text = useText();
  const [isKept, setKept] = useState(false);
  return (
    <div className="stack">
      <section className="stack-tight">
        <h3>{text('kit.passphrase')}</h3>
        <p className="soft">{text('kit.passphrase-text')}</p>
        <p className="passphrase" dir="ltr">
          <bdi>{kit.passphrase}</bdi>
        </p>
      </section>
      <section className="stack-tight">
        <h3>{text('kit.keep')}</h3>
        <p className="soft">{text('kit.keep-text')}</p>
        <KeepButtons kit={kit} onKept={() => setKept(true)} />
      </section>
      <Confirmation isKept={isKept} onDone={onDone} />
      <KitPaper kit={kit} />
    </div>
  );
}

function KeepButtons({ kit, onKept }: { kit: MadeKit; onKept(): void }) {
  const text = useText();
  const { isDesktop } = useControl();
  const saveFile = useAction('app.saveFile');
  const [isSaved, setSaved] = useState(false);
  const save = async () => {
    if (!isDesktop) downloadFile(kit.fileName, kit.file);
    else if (!(await saveFile.run({ name: kit.fileName, text: kit.file }))?.value) return;
    setSaved(true);
    onKept();
  };
  const print = () => {
    printKit();
    onKept();
  };
  return (
    <>
      <div className="row">
        <Button icon={isSaved ? Check : Download} isBusy={saveFile.isBusy} onClick={() => void save()}>
          {text('kit.save')}
        </Button>
        <Button icon={Printer} onClick={print}>
          {text('kit.print')}
        </Button>
      </div>
      <p className="small soft" aria-live="polite">
        {isSaved ? text('kit.file-saved', { file: kit.fileName }) : ''}
      </p>
      {saveFile.error && <Failure error={saveFile.error} />}
    </>
  );
}

/** Who can type the end has the passphrase before them. */
function Confirmation({ isKept, onDone }: { isKept: boolean; onDone(): void }) {
  const text = useText();
  const confirm = useAction('kit.confirm');
  const [ending, setEnding] = useState('');
  const [isEarly, setEarly] = useState(false);
  const submit = async () => {
    setEarly(!isKept);
    if (isKept && (await confirm.run({ ending }))) onDone();
  };
  return (
    <section className="stack-tight">
      <h3>{text('kit.confirm')}</h3>
      <TextField
        label={text('kit.ending', { count: ENDING })}
        value={ending}
        onChange={(event) => {
          setEnding(event.target.value);
          confirm.forget();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void submit();
        }}
        error={isEarly && !isKept ? text('kit.keep-first') : confirm.error && text('error.KIT_NOT_CONFIRMED')}
        after={
          <Button kind="primary" icon={Check} isBusy={confirm.isBusy} onClick={() => void submit()}>
            {text('kit.confirm-button')}
          </Button>
        }
        maxLength={ENDING}
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
    </section>
  );
}

/** As browsers save files: they ask where, or put it where downloads go. */
function downloadFile(name: string, words: string): void {
  const address = URL.createObjectURL(new Blob([words], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** Prints the paper alone. */
function printKit(): void {
  document.body.classList.add('prints-kit');
  window.addEventListener('afterprint', () => document.body.classList.remove('prints-kit'), { once: true });
  window.print();
}
