import { ArrowLeft } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, useParams } from 'wouter';
import type { RoomDetail } from '../../../src-main/control/contract.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { type Query, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { RemovalState } from './removal-list.js';
import { RoomActivity } from './room-activity.js';
import { RoomCare } from './room-care.js';
import { RoomFacts } from './room-facts.js';
import { RoomPeople } from './room-people.js';
import { RoomServers } from './room-servers.js';
import { RoomSize } from './room-size.js';
import { RoomMarks } from './room-title.js';
import { roomName } from './room-words.js';

const LOOK = 2_000;
const POLL = 30_000;

/** One room: what it is, who is in it, what it takes, and what can be done about it. */
export function RoomScreen() {
  const { id = '' } = useParams<{ id: string }>();
  const roomId = decoded(id);
  return <OneRoom key={roomId} roomId={roomId} />;
}

function OneRoom({ roomId }: { roomId: string }) {
  const text = useText();
  const removals = useQuery('rooms.removals', { roomId }, ['rooms.changed', 'server.changed'], LOOK);
  const [latest] = removals.state === 'ready' ? removals.value : [];
  const detail = useQuery('rooms.detail', { roomId }, ['rooms.changed', 'server.changed'], POLL);
  const isGone = detail.state === 'ready' && detail.stale?.code === 'M_NOT_FOUND';
  useReloadWhen(latest?.state, detail);
  const name = detail.state === 'ready' ? roomName(text, detail.value.room) : text('rooms.title');
  return (
    <Page key={name} title={name} isName={detail.state === 'ready'} wide>
      <Link href="/rooms" className="row">
        <ArrowLeft size={18} aria-hidden="true" />
        {text('room.back')}
      </Link>
      {latest && (
        <section className="card" aria-label={text('removals.underway')} aria-live="polite">
          <RemovalState removal={latest} />
        </section>
      )}
      {detail.state === 'loading' && <Loading lines={6} />}
      {isGone && <Notice tone="info">{text('room.unknown')}</Notice>}
      {detail.state === 'failed' &&
        (detail.error.code === 'M_NOT_FOUND' ? (
          <Notice tone="info">{text('room.unknown')}</Notice>
        ) : (
          <Failure error={detail.error} onRetry={detail.reload} />
        ))}
      {detail.state === 'ready' && !isGone && <Known detail={detail.value} />}
    </Page>
  );
}

/** What is removed changes the room: it is asked for again at each step. */
function useReloadWhen(step: string | undefined, detail: Query<RoomDetail>): void {
  const latest = useRef(detail);
  useEffect(() => {
    latest.current = detail;
  });
  useEffect(() => {
    if (step !== undefined && latest.current.state !== 'loading') latest.current.reload();
  }, [step]);
}

function Known({ detail }: { detail: RoomDetail }) {
  return (
    <>
      <div className="row">
        <RoomMarks room={detail.room} />
      </div>
      <div className="room-columns">
        <RoomFacts detail={detail} />
        <div className="stack">
          <RoomActivity detail={detail} />
          <RoomSize detail={detail} />
          <RoomServers detail={detail} />
        </div>
      </div>
      <RoomPeople room={detail.room} />
      <RoomCare detail={detail} />
    </>
  );
}

/** Addresses are typed by people too. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
