import type { RoomDetail } from '../../../src-main/control/contract.js';
import { useText } from '../../text/use-text.js';
import { typeName } from './room-words.js';

/** What takes space in a room, by kind of event. */
export function RoomSize({ detail: { room, types } }: { detail: RoomDetail }) {
  const text = useText();
  return (
    <section className="card" aria-labelledby="room-size">
      <h2 id="room-size">{text('room.size')}</h2>
      <p className="soft">{text('room.size-sum', { size: text.bytes(room.bytes), events: room.events })}</p>
      <table className="small-table">
        <thead>
          <tr>
            <th scope="col">{text('room.type')}</th>
            <th scope="col">{text('rooms.column-events')}</th>
            <th scope="col">{text('rooms.column-size')}</th>
          </tr>
        </thead>
        <tbody>
          {types.map(({ type, events, bytes }) => (
            <tr key={type}>
              <th scope="row">
                <bdi className="breakable">{typeName(text, type)}</bdi>
              </th>
              <td>{text.number(events)}</td>
              <td>{text.bytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
