import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { OtherServer, ServerMore } from '../../../src-main/control/contract.js';
import { shown } from '../../components/shown.js';
import { Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { causeText } from './server-words.js';

const POLL = 30_000;
const MOST_ATTEMPTS = 20;

/** What happened with a server, what it has of ours and we of it. */
export function MoreOfServer({ server }: { server: OtherServer }) {
  const text = useText();
  const { serverName } = server;
  const query = useQuery('servers.more', { serverName }, ['servers.changed', 'server.changed'], POLL);
  if (query.state === 'loading') return <Loading lines={4} />;
  if (query.state === 'failed') return <Failure error={query.error} onRetry={query.reload} />;
  const { attempts, keys, rooms, queue, refusals } = query.value;
  return (
    <div className="server-more">
      <Part id="server-attempts" title={text('servers.attempts')} none={text('servers.attempts-none')}>
        {attempts.slice(0, MOST_ATTEMPTS).map((attempt) => (
          <li key={attempt.at}>
            <span className="small soft">{text.dateTime(attempt.at)}</span> {attemptText(text, attempt)}
          </li>
        ))}
      </Part>
      <Opinion server={server} refusals={refusals} />
      <Part id="server-rooms" title={text('servers.rooms')} none={text('servers.rooms-none')}>
        {rooms.map(({ roomId, name, people }) => (
          <li key={roomId} className="breakable">
            <Link href={`/rooms/${encodeURIComponent(roomId)}`}>
              <bdi>{shown(name ?? roomId, 100)}</bdi>
            </Link>
            , {text('servers.room-people', { count: people })}
          </li>
        ))}
      </Part>
      <Part id="server-queue" title={text('servers.queue')} none={text('servers.queue-none')}>
        {queue.map(({ type, count }) => (
          <li key={type} className="mono small breakable" dir="ltr">
            {text('servers.queue-line', { count, type: shown(type, 100) })}
          </li>
        ))}
      </Part>
      <Part id="server-keys" title={text('servers.keys')} none={text('servers.keys-none')}>
        {keys.map((key) => (
          <li key={key.keyId} className="breakable">
            <bdi dir="ltr" className="mono small">
              {shown(key.keyId, 100)}
            </bdi>
            , <KeyState {...key} />
          </li>
        ))}
      </Part>
    </div>
  );
}

/** A heading and its lines, or a sentence when there are none. */
function Part({
  id,
  title,
  none,
  children,
}: {
  id: string;
  title: string;
  none: string;
  children: readonly ReactNode[];
}) {
  return (
    <section className="card stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children.length === 0 ? <p className="soft">{none}</p> : <ul className="plain-list">{children}</ul>}
    </section>
  );
}

const attemptText = (text: Text, { failure }: ServerMore['attempts'][number]): string =>
  failure
    ? text('servers.attempt-failed', { cause: causeText(text, failure.cause) })
    : text('servers.attempt-answered');

function KeyState({ isExpired, validUntil }: Pick<ServerMore['keys'][number], 'isExpired' | 'validUntil'>) {
  const text = useText();
  const now = useNow();
  if (isExpired) return text('servers.key-expired');
  return text(validUntil > now ? 'servers.key-valid' : 'servers.key-over', { until: text.date(validUntil) });
}

/** Whether it speaks to us, and what of it we did not take. */
function Opinion({ server, refusals }: { server: OtherServer; refusals: ServerMore['refusals'] }) {
  const text = useText();
  const now = useNow();
  const { lastReceived } = server;
  return (
    <section className="card stack" aria-labelledby="server-opinion">
      <h2 id="server-opinion">{text('servers.refusals')}</h2>
      <p>
        {lastReceived === undefined
          ? text('servers.refusals-never')
          : text('servers.refusals-heard', { when: text.relative(lastReceived, now) })}
      </p>
      <p className="soft">{text(refusals.length === 0 ? 'servers.refusals-none' : 'servers.refusals-text')}</p>
      {refusals.length > 0 && (
        <ul className="plain-list">
          {refusals.map((refusal) => (
            <li key={`${refusal.kind} ${refusal.roomId ?? ''} ${refusal.why}`} className="breakable">
              {refusalText(text, refusal)}
              {refusal.roomId !== undefined && (
                <span className="small soft">
                  {' '}
                  {text('servers.refusal-room', { room: shown(refusal.roomId, 255) })}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function refusalText(text: Text, { kind, why, count }: ServerMore['refusals'][number]): string {
  if (kind === 'event') return text('servers.refusal-event', { count, why: shown(why, 200) });
  return text('servers.refusal-request', { count, kind: kind.replace(/^.*#/, ''), why });
}
