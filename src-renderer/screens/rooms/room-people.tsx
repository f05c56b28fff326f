import { Shield } from 'lucide-react';
import type { RoomPerson, RoomRow } from '../../../src-main/control/contract.js';
import { Avatar } from '../../components/avatar.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Pill } from '../../components/pill.js';
import { shown } from '../../components/shown.js';
import { Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';

/** Who is in a room, those of this server first. */
export function RoomPeople({ room }: { room: RoomRow }) {
  const text = useText();
  const people = useQuery('rooms.people', { roomId: room.roomId }, ['rooms.changed', 'server.changed']);
  return (
    <section className="stack" aria-labelledby="room-people">
      <h2 id="room-people">{text('room.people')}</h2>
      <p className="soft">{text('room.people-count', { joined: room.joined, local: room.local })}</p>
      {people.state === 'loading' && <Loading />}
      {people.state === 'failed' && <Failure error={people.error} onRetry={people.reload} />}
      {people.state === 'ready' && people.value.people.length > 0 && (
        <DataTable
          label={text('room.people')}
          columns={columns(text)}
          rows={people.value.people}
          keyOf={({ userId }) => userId}
        />
      )}
      {people.state === 'ready' && people.value.isMore && <p className="small soft">{text('room.people-more')}</p>}
    </section>
  );
}

const columns = (text: Text): Column<RoomPerson>[] => [
  { key: 'name', title: text('people.column-name'), width: '60%', cell: (person) => <Name person={person} /> },
  { key: 'role', title: text('room.people-role'), cell: (person) => <Role person={person} /> },
];

function Name({ person: { userId, displayName } }: { person: RoomPerson }) {
  const name = shown(displayName ?? '') || shown(userId.slice(1, userId.indexOf(':')));
  return (
    <span className="person">
      <Avatar name={name} />
      <span className="person-names">
        <bdi className="person-name">{name}</bdi>
        <bdi className="small soft breakable" dir="ltr">
          {shown(userId, 255)}
        </bdi>
      </span>
    </span>
  );
}

function Role({ person: { role, membership } }: { person: RoomPerson }) {
  const text = useText();
  if (membership !== 'join') return <Pill tone="warn">{text(`room.membership-${membership}`)}</Pill>;
  if (role === 'person') return text('room.role-person');
  return (
    <Pill tone="info" icon={Shield}>
      {text(`room.role-${role}`)}
    </Pill>
  );
}
