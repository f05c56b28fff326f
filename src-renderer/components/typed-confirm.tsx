import { ShieldCheck } from 'lucide-react';
import { type ReactNode, type RefObject, useState } from 'react';
import type { ControlFailure } from '../../src-main/control/contract.js';
import { useText } from '../text/use-text.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import { TextField } from './field.js';
import { Failure } from './states.js';

/**
 * Asks before something that cannot be undone: what it does (counted, where it can be), what it leaves alone, and the
 * name of what it is done to, typed.
 *
 * @param preview what would go: counts and bytes
 * @param untouched what stays as it is
 * @param options what else is to be chosen first
 * @param wanted what must be typed; undefined: nothing, where it can be undone
 * @param canConfirm false while the preview is not known yet
 */
export function TypedConfirm({
  title,
  description,
  preview,
  untouched,
  options,
  wanted,
  confirm,
  canConfirm = true,
  isBusy,
  error,
  onConfirm,
  onClose,
  isOpen,
  opener,
}: {
  title: string;
  description?: ReactNode;
  preview?: ReactNode;
  untouched?: ReactNode;
  options?: ReactNode;
  wanted: string | undefined;
  confirm: string;
  canConfirm?: boolean;
  isBusy: boolean;
  error: ControlFailure | undefined;
  /** resolves with true when it is done: the dialog closes */
  onConfirm(): Promise<boolean>;
  onClose(): void;
  isOpen: boolean;
  opener?: RefObject<HTMLElement | null>;
}) {
  const text = useText();
  const [typed, setTyped] = useState('');
  const [isMissed, setMissed] = useState(false);
  const isRight = wanted === undefined || typed.trim() === wanted;
  const close = () => {
    setTyped('');
    setMissed(false);
    onClose();
  };
  const run = async () => {
    if (!isRight) return setMissed(true);
    if (await onConfirm()) close();
  };
  return (
    <Dialog title={title} description={description} opener={opener} isOpen={isOpen} onClose={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && canConfirm) void run();
        }}
      >
        {preview && <div className="confirm-preview">{preview}</div>}
        {untouched && <Untouched>{untouched}</Untouched>}
        {options}
        {wanted !== undefined && (
          <TextField
            label={text('confirm.type', { name: wanted })}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            error={isMissed && !isRight ? text('confirm.mismatch') : undefined}
            dir="ltr"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
        {error && <Failure error={error} />}
        <div className="row row-end">
          <Button onClick={close}>{text('action.cancel')}</Button>
          <Button kind="danger" type="submit" isBusy={isBusy} disabled={!canConfirm}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Untouched({ children }: { children: ReactNode }) {
  const text = useText();
  return (
    <div className="confirm-untouched">
      <ShieldCheck size={20} aria-hidden="true" />
      <div className="stack-tight">
        <p className="notice-title">{text('confirm.untouched')}</p>
        <div>{children}</div>
      </div>
    </div>
  );
}
