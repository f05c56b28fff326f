import type { ReactNode } from 'react';
import type { RoomDetail } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import { isTextKey, type Text, useText } from '../../text/use-text.js';
import { roomName } from './room-words.js';

const MANY_FORKS = 10;
const LONGEST_TOPIC = 400;

/** What a room is, in plain words. */
export function RoomFacts({ detail }: { detail: RoomDetail }) {
  const text = useText();
  const { room, topic, creator, createdAt, joinRule, historyVisibility, guestsMayJoin, aliases, forks } = detail;
  const spaces = room.spaces.map((space) => roomName(text, space));
  return (
    <section className="card" aria-labelledby="room-facts">
      <h2 id="room-facts">{text('room.facts')}</h2>
      <dl className="facts">
        {topic !== undefined && <Fact name={text('room.topic')}>{shown(topic, LONGEST_TOPIC)}</Fact>}
        {room.alias !== undefined && <Fact name={text('room.address')}>{shown(room.alias, 255)}</Fact>}
        {aliases.length > 0 && (
          <Fact name={text('room.addresses')}>{text.list(aliases.map((each) => shown(each)))}</Fact>
        )}
        <Fact name={text('room.join')}>{ruleText(text, `room.join-${joinRule}`, joinRule)}</Fact>
        <Fact name={text('room.history')}>
          {ruleText(text, `room.history-${historyVisibility}`, historyVisibility)}
        </Fact>
        <Fact name={text('room.guests')}>{text(guestsMayJoin ? 'room.guests-yes' : 'room.guests-no')}</Fact>
        {spaces.length > 0 && <Fact name={text('room.spaces')}>{text.list(spaces)}</Fact>}
        {createdAt !== undefined && (
          <Fact name={text('room.made')}>
            {text('room.made-by', { when: text.date(createdAt), who: shown(creator ?? '', 255) })}
          </Fact>
        )}
        <Fact name={text('room.version')}>{shown(room.version)}</Fact>
        <Fact name={text('room.forks')}>
          {text(forks > MANY_FORKS ? 'room.forks-many' : 'room.forks-fine', { count: forks })}
        </Fact>
        <Fact name={text('room.id')}>
          <span className="mono">{shown(room.roomId, 255)}</span>
        </Fact>
      </dl>
    </section>
  );
}

/** The sentence for a rule; its own word where there is none. */
function ruleText(text: Text, key: string, rule: string): string {
  return isTextKey(key) ? text(key) : shown(rule);
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="breakable">
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
