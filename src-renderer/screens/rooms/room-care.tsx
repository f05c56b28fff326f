import { Ban, Eraser, Globe, Shield, UserX } from 'lucide-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import type { RoomDetail } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { ClearHistoryDialog } from './clear-history-dialog.js';
import { RemoveRoomDialog } from './remove-room-dialog.js';
import { RoomAdminDialog } from './room-admin-dialog.js';

type Opened = 'admin' | 'clear' | 'remove';

/** What every dialog about one room gets. */
export interface RoomDialog {
  readonly detail: RoomDetail;
  readonly opener: RefObject<HTMLElement | null>;
  readonly isOpen: boolean;
  onClose(): void;
}

/** What can be done about a room, each with what it means. */
export function RoomCare({ detail }: { detail: RoomDetail }) {
  const text = useText();
  const [opened, setOpened] = useState<Opened>();
  const opener = useRef<HTMLElement | null>(null);
  const { room } = detail;
  const setPublic = useAction('rooms.setPublic');
  const block = useAction(room.isBlocked ? 'rooms.unblock' : 'rooms.block');
  const open = (what: Opened) => {
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setOpened(what);
  };
  const dialog = { detail, opener, onClose: () => setOpened(undefined) };
  const { roomId } = room;
  return (
    <section className="stack" aria-labelledby="room-care">
      <h2 id="room-care">{text('room.care')}</h2>
      <div className="care-list">
        <Deed words={text('room.directory-text')} error={setPublic.error}>
          <Button
            icon={Globe}
            isBusy={setPublic.isBusy}
            onClick={() => void setPublic.run({ roomId, isPublic: !room.isPublic })}
          >
            {text(room.isPublic ? 'room.directory-off' : 'room.directory-on')}
          </Button>
        </Deed>
        <Deed words={text('room.admin-text')}>
          <Button icon={Shield} onClick={() => open('admin')}>
            {text('room.admin')}
          </Button>
        </Deed>
        <Deed words={text('room.block-text')} error={block.error}>
          <Button icon={Ban} isBusy={block.isBusy} onClick={() => void block.run({ roomId })}>
            {text(room.isBlocked ? 'room.unblock' : 'room.block')}
          </Button>
        </Deed>
        <Deed words={text('room.clear-text')}>
          <Button icon={Eraser} onClick={() => open('clear')}>
            {text('room.clear')}
          </Button>
        </Deed>
        <Deed words={text('room.remove-text')}>
          <Button kind="danger" icon={UserX} onClick={() => open('remove')}>
            {text('room.remove')}
          </Button>
        </Deed>
      </div>
      <RoomAdminDialog {...dialog} isOpen={opened === 'admin'} />
      <ClearHistoryDialog {...dialog} isOpen={opened === 'clear'} />
      <RemoveRoomDialog {...dialog} isOpen={opened === 'remove'} />
    </section>
  );
}

function Deed({
  words,
  error,
  children,
}: {
  words: string;
  error?: Parameters<typeof Failure>[0]['error'] | undefined;
  children: ReactNode;
}) {
  return (
    <div className="care">
      <p className="soft">{words}</p>
      <div>{children}</div>
      {error && <Failure error={error} />}
    </div>
  );
}
