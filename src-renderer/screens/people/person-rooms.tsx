import { House } from 'lucide-react';
import { Link } from 'wouter';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { shown } from '../../components/shown.js';
import { Empty } from '../../components/states.js';
import { type Text, useText } from '../../text/use-text.js';

/** Where somebody takes part. */
export function PersonRooms({ person: { rooms, roomCount } }: { person: PersonDetail }) {
  const text = useText();
  if (rooms.length === 0) return <Empty icon={House} title={text('person.no-rooms')} />;
  return (
    <section className="stack" aria-label={text('person.view-rooms')}>
      {roomCount > rooms.length && (
        <p className="small soft">{text('person.rooms-some', { shown: rooms.length, count: roomCount })}</p>
      )}
      <DataTable
        label={text('person.view-rooms')}
        columns={columns(text)}
        rows={rooms}
        keyOf={({ roomId }) => roomId}
      />
    </section>
  );
}

const columns = (text: Text): Column<PersonDetail['rooms'][number]>[] => [
  {
    key: 'name',
    title: text('person.room'),
    width: '75%',
    cell: ({ name, roomId }) => (
      <span className="person-names">
        <Link href={`/rooms/${encodeURIComponent(roomId)}`} className="person-name link">
          {name === undefined ? text('person.room-unnamed') : <bdi>{shown(name)}</bdi>}
        </Link>
        <bdi className="small soft breakable" dir="ltr">
          {roomId}
        </bdi>
      </span>
    ),
  },
  {
    key: 'people',
    title: text('people.title'),
    align: 'end',
    cell: ({ people }) => text.number(people),
  },
];
