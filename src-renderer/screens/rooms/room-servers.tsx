import { Link } from 'wouter';
import type { RoomDetail } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import { useText } from '../../text/use-text.js';

/** Other servers with people in the room, the largest first. */
export function RoomServers({ detail: { servers, serverCount } }: { detail: RoomDetail }) {
  const text = useText();
  return (
    <section className="card" aria-labelledby="room-servers">
      <h2 id="room-servers">{text('room.servers')}</h2>
      {serverCount === 0 && <p className="soft">{text('room.servers-none')}</p>}
      {serverCount > 0 && <p className="soft">{text('room.servers-count', { count: serverCount })}</p>}
      {servers.length > 0 && (
        <ul className="room-servers">
          {servers.map(({ serverName, people }) => (
            <li key={serverName}>
              <Link href={`/servers/${encodeURIComponent(serverName)}`} className="breakable">
                <bdi dir="ltr">{shown(serverName, 255)}</bdi>
              </Link>
              <span className="small soft">{text('room.servers-people', { count: people })}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
