import { Ban } from 'lucide-react';
import { useState } from 'react';
import type { BlockedRoomsPage } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/field.js';
import { shown } from '../../components/shown.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { usePages } from '../../control/use-pages.js';
import { type Text, useText } from '../../text/use-text.js';

type Blocked = BlockedRoomsPage['rooms'][number];

/** Rooms that nobody here may come into. */
export function BlockedList() {
  const text = useText();
  const [isAdding, setAdding] = useState(false);
  const found = usePages('rooms.blocked', {}, ['rooms.changed', 'server.changed']);
  const rooms = found.state === 'ready' ? found.pages.flatMap((page) => page.rooms) : [];
  return (
    <section className="stack" aria-label={text('rooms.tab-blocked')}>
      <div className="row spread">
        <p className="soft">{text('blocked.lead')}</p>
        <Button icon={Ban} onClick={() => setAdding(true)}>
          {text('blocked.add')}
        </Button>
      </div>
      {found.state === 'loading' && <Loading />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && rooms.length === 0 && (
        <Empty icon={Ban} title={text('blocked.none')}>
          <p>{text('blocked.none-text')}</p>
        </Empty>
      )}
      {found.state === 'ready' && rooms.length > 0 && (
        <DataTable
          label={text('rooms.tab-blocked')}
          columns={columns(text)}
          rows={rooms}
          keyOf={({ roomId }) => roomId}
          further={found.further}
        />
      )}
      <BlockDialog isOpen={isAdding} onClose={() => setAdding(false)} />
    </section>
  );
}

const columns = (text: Text): Column<Blocked>[] => [
  {
    key: 'room',
    title: text('removals.column-room'),
    width: '55%',
    cell: ({ roomId, name }) => (
      <span className="person-names">
        {name !== undefined && <bdi className="person-name">{shown(name)}</bdi>}
        <bdi dir="ltr" className="small mono breakable">
          {shown(roomId, 255)}
        </bdi>
      </span>
    ),
  },
  { key: 'since', title: text('blocked.since'), cell: ({ at }) => text.dateTime(at) },
  {
    key: 'actions',
    title: text('blocked.actions'),
    isTitleHidden: true,
    width: '10rem',
    cell: (room) => <Unblock room={room} />,
  },
];

function Unblock({ room: { roomId, name } }: { room: Blocked }) {
  const text = useText();
  const unblock = useAction('rooms.unblock');
  return (
    <>
      <Button
        isBusy={unblock.isBusy}
        aria-label={text('blocked.unblock-what', { name: shown(name ?? roomId) })}
        onClick={() => void unblock.run({ roomId })}
      >
        {text('blocked.unblock')}
      </Button>
      {unblock.error && <Failure error={unblock.error} />}
    </>
  );
}

function BlockDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  const block = useAction('rooms.block');
  const [roomId, setRoomId] = useState('');
  const [isMissed, setMissed] = useState(false);
  const isRoomId = /^!./.test(roomId.trim());
  const close = () => {
    setRoomId('');
    setMissed(false);
    block.forget();
    onClose();
  };
  const run = async () => {
    if (!isRoomId) return setMissed(true);
    if (await block.run({ roomId: roomId.trim() })) close();
  };
  return (
    <Dialog title={text('blocked.add')} description={text('blocked.add-text')} isOpen={isOpen} onClose={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!block.isBusy) void run();
        }}
      >
        <TextField
          label={text('blocked.room-id')}
          hint={text('blocked.room-id-hint')}
          value={roomId}
          onChange={(event) => setRoomId(event.target.value)}
          error={isMissed && !isRoomId ? text('blocked.room-id-error') : undefined}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        {block.error && <Failure error={block.error} />}
        <div className="row row-end">
          <Button onClick={close}>{text('action.cancel')}</Button>
          <Button kind="primary" type="submit" isBusy={block.isBusy}>
            {text('blocked.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
