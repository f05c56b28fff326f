import { X } from 'lucide-react';
import type { OutputOf } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { shown } from '../../components/shown.js';
import { Failure } from '../../components/states.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';

type Join = OutputOf<'joins.list'>[number];

const POLL = 3_000;

/** Rooms that people are coming into through other servers, while that lasts; nothing else. */
export function JoinsList() {
  const text = useText();
  const query = useQuery('joins.list', undefined, ['servers.changed'], POLL);
  const action = useAction('joins.cancel');
  if (query.state !== 'ready' || query.value.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="servers-joins">
      <h2 id="servers-joins">{text('servers.joins')}</h2>
      <ul className="plain-list stack">
        {query.value.map((join) => (
          <li key={`${join.roomId} ${join.userId}`} className="row spread">
            <div className="breakable">
              <bdi dir="ltr">{shown(join.roomId, 255)}</bdi>
              <p className="small soft">
                <bdi>{joinText(text, join)}</bdi>
              </p>
            </div>
            <Button
              icon={X}
              aria-label={text('servers.join-cancel-what', { room: shown(join.roomId, 255) })}
              onClick={() => void action.run({ roomId: join.roomId })}
            >
              {text('servers.join-cancel')}
            </Button>
          </li>
        ))}
      </ul>
      {action.error && <Failure error={action.error} />}
    </section>
  );
}

function joinText(text: Text, { stage, server = '', asked, servers, received, done }: Join): string {
  const name = shown(server, 100);
  switch (stage) {
    case 'asking':
      return text('servers.join-asking', { server: name, asked, servers });
    case 'joining':
      return text('servers.join-joining', { server: name, received });
    case 'checking':
      return text('servers.join-checking', { done, received });
    case 'storing':
      return text('servers.join-storing', { done, received });
    case 'completing':
      return text('servers.join-completing');
  }
}
