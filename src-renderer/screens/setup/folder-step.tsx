import { FolderOpen } from 'lucide-react';
import type { FolderCheck, SetupMode } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { TextField } from '../../components/field.js';
import { Meter } from '../../components/meter.js';
import { Failure } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useAction, useControl, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { modeOf, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** Where messages, pictures and keys are kept. */
export function FolderStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const { isDesktop } = useControl();
  const mode: SetupMode = modeOf(answers) ?? 'home';
  const settled = useSettled(answers.folder);
  const query = useQuery('setup.checkFolder', { folder: settled, mode });
  const check = useAction('setup.checkFolder');
  const seen = query.state === 'ready' && settled === answers.folder ? query.value : undefined;
  const next = async () => {
    const checked = await check.run({ folder: answers.folder, mode });
    if (!checked || checked.value.verdict === 'refused') return;
    change({ folder: checked.value.folder });
    onNext();
  };
  return (
    <StepPage
      title={text('setup.folder-title')}
      lead={text('setup.folder-lead')}
      why={text('setup.folder-why')}
      isBusy={check.isBusy}
      onNext={() => void next()}
      onBack={onBack}
    >
      <TextField
        label={text('setup.folder-label')}
        value={answers.folder}
        onChange={(event) => change({ folder: event.target.value })}
        error={seen?.verdict === 'refused' ? sentence(text, seen) : undefined}
        note={seen?.verdict === 'warning' && sentence(text, seen)}
        after={isDesktop && <ChooseFolder start={answers.folder} onChosen={(folder) => change({ folder })} />}
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
      />
      {seen && <FreeSpace check={seen} />}
      {check.error && <Failure error={check.error} />}
    </StepPage>
  );
}

const sentence = (text: Text, { code, freeBytes }: FolderCheck): string | undefined =>
  code && text(`folder.${code}`, { free: text.bytes(freeBytes ?? 0) });

function ChooseFolder({ start, onChosen }: { start: string; onChosen(folder: string): void }) {
  const text = useText();
  const choose = useAction('app.chooseFolder');
  const ask = async () => {
    const chosen = await choose.run({ start });
    if (chosen?.value) onChosen(chosen.value.folder);
  };
  return (
    <Button icon={FolderOpen} isBusy={choose.isBusy} onClick={() => void ask()}>
      {text('action.choose-folder')}
    </Button>
  );
}

function FreeSpace({ check: { freeBytes, totalBytes } }: { check: FolderCheck }) {
  const text = useText();
  if (freeBytes === undefined || totalBytes === undefined) return null;
  const words = text('setup.folder-free', { free: text.bytes(freeBytes), total: text.bytes(totalBytes) });
  return (
    <div className="stack-tight">
      <Meter value={totalBytes - freeBytes} most={totalBytes} label={words} />
      <p className="small soft">{words}</p>
    </div>
  );
}
