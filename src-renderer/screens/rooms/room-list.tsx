import { MessagesSquare } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { RoomRow, RoomsFilter, RoomsOrder } from '../../../src-main/control/contract.js';
import { type Column, DataTable, type Sorting } from '../../components/data-table.js';
import { SearchField } from '../../components/search-field.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useSettled } from '../../components/use-settled.js';
import { usePages } from '../../control/use-pages.js';
import { type Text, useText } from '../../text/use-text.js';
import { RoomTitle } from './room-title.js';

const FILTERS: readonly RoomsFilter[] = ['all', 'rooms', 'spaces', 'public', 'empty', 'blocked'];
const POLL = 15_000;

/** All rooms, searched, filtered and sorted by the server. */
export function RoomList() {
  const text = useText();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<RoomsFilter>('all');
  const [sorting, setSorting] = useState<Sorting<RoomsOrder>>({ by: 'active', isDescending: true });
  const settled = useSettled(search.trim());
  const shownColumns = useMemo(() => columns(text), [text]);
  const query = {
    ...(settled === '' ? {} : { search: settled }),
    filter,
    order: sorting.by,
    descending: sorting.isDescending,
  };
  const found = usePages('rooms.list', query, ['rooms.changed', 'server.changed'], POLL);
  const isNarrowed = settled !== '' || filter !== 'all';
  return (
    <section className="stack" aria-label={text('rooms.tab-rooms')}>
      <div className="row toolbar">
        <SearchField label={text('rooms.search')} value={search} onChange={setSearch} />
        <FilterChoice value={filter} onChange={setFilter} />
      </div>
      {found.state === 'loading' && <Loading lines={6} />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && found.first.total === 0 && <Nothing isNarrowed={isNarrowed} />}
      {found.state === 'ready' && found.first.total > 0 && (
        <>
          <p className="small soft" role="status">
            {text('rooms.count', { count: found.first.total })}
          </p>
          <DataTable
            label={text('rooms.tab-rooms')}
            columns={shownColumns}
            rows={found.pages.flatMap(({ rooms }) => rooms)}
            keyOf={({ roomId }) => roomId}
            sorting={sorting}
            onSort={setSorting}
            total={found.first.total}
            further={found.further}
          />
        </>
      )}
    </section>
  );
}

function FilterChoice({ value, onChange }: { value: RoomsFilter; onChange(filter: RoomsFilter): void }) {
  const text = useText();
  return (
    <label className="row filter-choice">
      <span className="small soft">{text('rooms.show')}</span>
      <select
        className="input select"
        value={value}
        onChange={(event) => onChange(FILTERS.find((each) => each === event.target.value) ?? 'all')}
      >
        {FILTERS.map((filter) => (
          <option key={filter} value={filter}>
            {text(`rooms.filter-${filter}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  const text = useText();
  if (isNarrowed) return <Empty icon={MessagesSquare} title={text('rooms.none-found')} />;
  return (
    <Empty icon={MessagesSquare} title={text('rooms.none')}>
      <p>{text('rooms.none-text')}</p>
    </Empty>
  );
}

const columns = (text: Text): Column<RoomRow, RoomsOrder>[] => [
  {
    key: 'name',
    title: text('rooms.column-name'),
    sortBy: 'name',
    cell: (room) => <RoomTitle room={room} />,
  },
  {
    key: 'people',
    title: text('rooms.column-people'),
    sortBy: 'members',
    align: 'end',
    width: '8rem',
    cell: ({ joined, local }) => (
      <>
        {text.number(joined)}
        <span className="small soft cell-note">{text('rooms.people-ours', { count: local })}</span>
      </>
    ),
  },
  {
    key: 'events',
    title: text('rooms.column-events'),
    sortBy: 'events',
    align: 'end',
    width: '8rem',
    cell: ({ events }) => text.number(events),
  },
  {
    key: 'size',
    title: text('rooms.column-size'),
    sortBy: 'bytes',
    align: 'end',
    width: '7rem',
    cell: ({ bytes }) => text.bytes(bytes),
  },
  {
    key: 'active',
    title: text('rooms.column-active'),
    sortBy: 'active',
    align: 'end',
    width: '10rem',
    cell: (room) => <LastActive room={room} />,
  },
];

function LastActive({ room: { lastActive } }: { room: RoomRow }) {
  const text = useText();
  const now = useNow();
  return lastActive === 0 ? text('rooms.never') : text.relative(Math.min(lastActive, now), now);
}
