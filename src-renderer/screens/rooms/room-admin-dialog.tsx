import { useState } from 'react';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { RoomDialog } from './room-care.js';
import { roomName } from './room-words.js';

/** Gives somebody of this server the highest rights that anybody here has in the room. */
export function RoomAdminDialog({ detail: { room }, opener, isOpen, onClose }: RoomDialog) {
  const text = useText();
  const make = useAction('rooms.makeAdmin');
  const [who, setWho] = useState('');
  const [made, setMade] = useState<string>();
  const close = () => {
    setWho('');
    setMade(undefined);
    make.forget();
    onClose();
  };
  const run = async () => {
    const userId = who.trim();
    setMade(undefined);
    if (await make.run({ roomId: room.roomId, userId })) setMade(userId);
  };
  return (
    <Dialog
      title={text('room.admin-title', { name: roomName(text, room) })}
      description={text('room.admin-text')}
      opener={opener}
      isOpen={isOpen}
      onClose={close}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!make.isBusy) void run();
        }}
      >
        <TextField
          label={text('room.admin-who')}
          value={who}
          onChange={(event) => setWho(event.target.value)}
          required
          dir="ltr"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        {make.error && <Failure error={make.error} />}
        <div role="status">{made && <Notice tone="good">{text('room.admin-done', { who: made })}</Notice>}</div>
        <div className="row row-end">
          <Button onClick={close}>{text(made ? 'action.done' : 'action.cancel')}</Button>
          <Button kind="primary" type="submit" isBusy={make.isBusy}>
            {text('room.admin-run')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
