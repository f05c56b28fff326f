import { useState } from 'react';
import { CheckField, TextField } from '../../components/field.js';
import { Failure } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useNow } from '../../components/use-now.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import type { RoomDialog } from './room-care.js';
import { roomName } from './room-words.js';

/** Removes what was said before a day; no day is chosen beforehand. */
export function ClearHistoryDialog({ detail: { room }, opener, isOpen, onClose }: RoomDialog) {
  const text = useText();
  const clear = useAction('rooms.clearHistory');
  const [day, setDay] = useState('');
  const [ours, setOurs] = useState(false);
  const now = useNow();
  const before = startOf(day);
  const isPast = before !== undefined && before <= now;
  const name = roomName(text, room);
  const given = { roomId: room.roomId, before: before ?? 0, ours };
  return (
    <TypedConfirm
      title={text('room.clear-title', { name })}
      description={text('room.clear-text')}
      options={
        <>
          <TextField
            type="date"
            label={text('room.clear-before')}
            value={day}
            onChange={(event) => setDay(event.target.value)}
            error={day !== '' && !isPast ? text('room.clear-before-error') : undefined}
          />
          <CheckField
            label={text('room.clear-ours')}
            hint={text('room.clear-ours-hint')}
            checked={ours}
            onChange={(event) => setOurs(event.target.checked)}
          />
          {isPast && <Preview given={given} />}
        </>
      }
      untouched={text('room.clear-untouched')}
      wanted={name}
      confirm={text('room.clear')}
      canConfirm={isPast}
      isBusy={clear.isBusy}
      error={clear.error}
      onConfirm={async () => (await clear.run(given)) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        clear.forget();
        setDay('');
        setOurs(false);
        onClose();
      }}
    />
  );
}

function Preview({ given }: { given: { roomId: string; before: number; ours: boolean } }) {
  const text = useText();
  const amount = useQuery('rooms.historyPreview', given);
  if (amount.state === 'failed') return <Failure error={amount.error} onRetry={amount.reload} />;
  return (
    <p className="confirm-preview" role="status">
      {amount.state === 'loading'
        ? text('state.loading')
        : text('room.clear-preview', { events: amount.value.events, size: text.bytes(amount.value.bytes) })}
    </p>
  );
}

/** The beginning of a day, where this console is; undefined for what is no day. */
function startOf(day: string): number | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return undefined;
  return new Date(year, month - 1, date).getTime();
}
