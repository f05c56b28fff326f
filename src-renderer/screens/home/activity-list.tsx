import { useState } from 'react';
import type { ActivityEntry } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { shown } from '../../components/shown.js';
import { Failure, Loading } from '../../components/states.js';
import { useNow } from '../../components/use-now.js';
import { useQuery } from '../../control/use-control.js';
import { isTextKey, useText } from '../../text/use-text.js';
import { shownFields } from './health-words.js';

const FIRST = 6;
const MORE = 20;
const MOST = 100;

/** What happened of late, the newest first. */
export function ActivityList() {
  const text = useText();
  const [limit, setLimit] = useState(FIRST);
  const activity = useQuery('activity.list', { limit }, ['activity.changed', 'server.changed']);
  return (
    <section className="card" aria-labelledby="home-activity">
      <h2 id="home-activity">{text('activity.title')}</h2>
      {activity.state === 'loading' && <Loading lines={3} />}
      {activity.state === 'failed' && <Failure error={activity.error} onRetry={activity.reload} />}
      {activity.state === 'ready' && <Entries entries={activity.value.entries} />}
      {activity.state === 'ready' && activity.value.before !== undefined && limit < MOST && (
        <div>
          <Button kind="quiet" onClick={() => setLimit(Math.min(MOST, limit + MORE))}>
            {text('activity.more')}
          </Button>
        </div>
      )}
    </section>
  );
}

function Entries({ entries }: { entries: readonly ActivityEntry[] }) {
  const text = useText();
  const now = useNow();
  if (entries.length === 0) return <p className="soft">{text('activity.none')}</p>;
  return (
    <ul className="activity">
      {entries.map((entry) => (
        <li key={entry.id}>
          <time className="small soft" dateTime={new Date(entry.at).toISOString()} title={text.dateTime(entry.at)}>
            {text.relative(entry.at, now)}
          </time>
          <span>
            <Sentence entry={entry} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A person's name stands behind the sentence, for itself. */
function Sentence({ entry: { kind, fields } }: { entry: ActivityEntry }) {
  const text = useText();
  // how many servers heard of it is known some minutes later
  const key = fields['told'] === undefined ? `activity.${kind}` : `activity.${kind}-told`;
  const { person } = fields;
  if (!isTextKey(key)) return text('activity.unknown');
  return (
    <>
      {text(key, shownFields(text, fields))}
      {person !== undefined && (
        <>
          {' '}
          <bdi className="breakable">{shown(String(person), 120)}</bdi>
        </>
      )}
    </>
  );
}
