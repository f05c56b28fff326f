import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { StorageOverview } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import { useText } from '../../text/use-text.js';
import { largestRoomName, largestRoomPath } from './largest-room.js';

/** What takes the most: rooms, people, and the servers that copies are from. */
export function LargestLists({ overview: { rooms, people, servers } }: { overview: StorageOverview }) {
  const text = useText();
  return (
    <div className="room-columns">
      <Largest id="largest-rooms" title={text('storage.largest-rooms')} isEmpty={rooms.length === 0}>
        {rooms.map((room) => (
          <li key={room.roomId}>
            <Link href={largestRoomPath(room)} className="breakable">
              <bdi>{largestRoomName(text, room)}</bdi>
            </Link>
            <span>{text.bytes(room.bytes)}</span>
          </li>
        ))}
      </Largest>
      <Largest id="largest-people" title={text('storage.largest-people')} isEmpty={people.length === 0}>
        {people.map(({ userId, count, bytes }) => (
          <li key={userId}>
            <Link href={`/people/person/${encodeURIComponent(userId)}/media`} className="breakable">
              <bdi dir="ltr">{shown(userId, 255)}</bdi>
            </Link>
            <span>
              {text.bytes(bytes)} <span className="small soft">{text('storage.files', { count })}</span>
            </span>
          </li>
        ))}
      </Largest>
      <Largest id="largest-servers" title={text('storage.largest-servers')} isEmpty={servers.length === 0}>
        {servers.map(({ serverName, count, bytes }) => (
          <li key={serverName}>
            <Link href={`/servers/${encodeURIComponent(serverName)}`} className="breakable">
              <bdi dir="ltr">{shown(serverName, 255)}</bdi>
            </Link>
            <span>
              {text.bytes(bytes)} <span className="small soft">{text('storage.files', { count })}</span>
            </span>
          </li>
        ))}
      </Largest>
    </div>
  );
}

function Largest({
  id,
  title,
  isEmpty,
  children,
}: {
  id: string;
  title: string;
  isEmpty: boolean;
  children: ReactNode;
}) {
  const text = useText();
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {isEmpty ? <p className="soft">{text('storage.none-of-these')}</p> : <ul className="room-servers">{children}</ul>}
    </section>
  );
}
