import { useState } from 'react';
import { CheckField, TextField } from '../../components/field.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { RoomDialog } from './room-care.js';
import { roomName } from './room-words.js';

/** Takes all people of this server out of a room; erases and blocks it where one wants that. */
export function RemoveRoomDialog({ detail: { room }, opener, isOpen, onClose }: RoomDialog) {
  const text = useText();
  const remove = useAction('rooms.remove');
  const [erase, setErase] = useState(false);
  const [block, setBlock] = useState(false);
  const [message, setMessage] = useState('');
  const name = roomName(text, room);
  const said = message.trim();
  const given = { roomId: room.roomId, erase, block, ...(said === '' ? {} : { message: said }) };
  const size = text.bytes(room.bytes);
  return (
    <TypedConfirm
      title={text('room.remove-title', { name })}
      preview={
        <>
          <p>{text('room.remove-preview', { people: room.local })}</p>
          {erase && <p>{text('room.remove-preview-erase', { events: room.events, size })}</p>}
        </>
      }
      untouched={text('room.remove-untouched')}
      options={
        <>
          <CheckField
            label={text('room.remove-erase')}
            checked={erase}
            onChange={(event) => setErase(event.target.checked)}
          />
          <CheckField
            label={text('room.remove-block')}
            checked={block}
            onChange={(event) => setBlock(event.target.checked)}
          />
          <TextField
            label={text('room.remove-tell')}
            hint={text('room.remove-tell-hint')}
            value={message}
            maxLength={2000}
            onChange={(event) => setMessage(event.target.value)}
          />
        </>
      }
      wanted={name}
      confirm={text('room.remove')}
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={async () => (await remove.run(given)) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        remove.forget();
        setErase(false);
        setBlock(false);
        setMessage('');
        onClose();
      }}
    />
  );
}
