import { Save } from 'lucide-react';
import { useState } from 'react';
import type { ControlFailure, SavedFile } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useControl } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** Where a file is that the server wrote, and a way to have it here. */
export function SavedFileNotice({ file }: { file: SavedFile }) {
  const text = useText();
  const control = useControl();
  const [error, setError] = useState<ControlFailure>();
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    setError(undefined);
    const pieces: string[] = [];
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      // one piece after the other: each says where the next begins
      // oxlint-disable-next-line no-await-in-loop
      const result: Awaited<ReturnType<typeof control.call<'logs.piece'>>> = await control.call('logs.piece', {
        name: file.name,
        offset,
      });
      if (!result.ok) {
        setBusy(false);
        return setError(result.error);
      }
      pieces.push(result.value.text);
      offset = result.value.next;
    }
    setBusy(false);
    return hand(file.name, pieces);
  };
  return (
    <Notice
      tone="good"
      title={text('logs.saved', { lines: file.lines, size: text.bytes(file.bytes) })}
      actions={
        <Button icon={Save} isBusy={isBusy} onClick={() => void save()}>
          {text('logs.save-here')}
        </Button>
      }
    >
      <p>{text('logs.saved-where')}</p>
      <p>
        <code className="breakable" dir="ltr">
          {file.path}
        </code>
      </p>
      {error && <Failure error={error} />}
    </Notice>
  );
}

/** As the browser saves files: it asks where, or puts it where downloads go. */
function hand(name: string, pieces: readonly string[]): void {
  const address = URL.createObjectURL(new Blob([...pieces], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
