import type { RoomDetail } from '../../../src-main/control/contract.js';
import { useText } from '../../text/use-text.js';

const [WIDTH, HEIGHT, GAP] = [280, 90, 4];

/** How much was said of late, as bars; the table says the same. */
export function RoomActivity({ detail: { days } }: { detail: RoomDetail }) {
  const text = useText();
  const sum = days.reduce((total, { events }) => total + events, 0);
  const most = Math.max(1, ...days.map(({ events }) => events));
  const step = WIDTH / days.length;
  const words = text('room.activity-sum', { count: sum });
  return (
    <section className="card" aria-labelledby="room-activity">
      <h2 id="room-activity">{text('room.activity')}</h2>
      <svg className="bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words} preserveAspectRatio="none">
        {days.map(({ day, events }, index) => {
          const height = Math.max(1, (events / most) * (HEIGHT - 2));
          return (
            <rect key={day} x={index * step + GAP / 2} y={HEIGHT - height} width={step - GAP} height={height} rx="2" />
          );
        })}
      </svg>
      <p className="small soft">{words}</p>
      <details className="details">
        <summary>{text('room.as-table')}</summary>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">{text('room.day')}</th>
              <th scope="col">{text('room.messages')}</th>
            </tr>
          </thead>
          <tbody>
            {days.map(({ day, events }) => (
              <tr key={day}>
                <th scope="row">{text.date(day)}</th>
                <td>{text.number(events)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
