import type { RefObject } from 'react';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { shownServer } from './server-words.js';

/** Says what blocking a server means before it is done. */
export function BlockDialog({
  name,
  rooms,
  isOpen,
  onClose,
  opener,
}: {
  name: string;
  /** in common, where that is known */
  rooms?: number;
  isOpen: boolean;
  onClose(): void;
  opener?: RefObject<HTMLElement | null>;
}) {
  const text = useText();
  const action = useAction('servers.block');
  return (
    <TypedConfirm
      title={text('servers.block-title', { name: shownServer(name) })}
      description={text('servers.block-means')}
      preview={rooms === undefined ? undefined : <p>{text('servers.block-rooms', { rooms })}</p>}
      untouched={text('servers.block-kept')}
      wanted={undefined}
      confirm={text('servers.block-do')}
      isBusy={action.isBusy}
      error={action.error}
      onConfirm={async () => (await action.run({ name })) !== undefined}
      onClose={onClose}
      isOpen={isOpen}
      {...(opener ? { opener } : {})}
    />
  );
}
