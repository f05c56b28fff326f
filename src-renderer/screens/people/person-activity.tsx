import { Activity, ScrollText } from 'lucide-react';
import { Link } from 'wouter';
import type { ActivityEntry, PersonDetail } from '../../../src-main/control/contract.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { isTextKey, type Text, useText } from '../../text/use-text.js';

/** What was done for somebody by those who look after the server, and the way to what the logs say of them. */
export function PersonActivity({ person: { userId } }: { person: PersonDetail }) {
  const text = useText();
  return (
    <div className="stack">
      <Done userId={userId} />
      <Link href={`/logs/about/person/${encodeURIComponent(userId)}`} className="row link">
        <ScrollText size={18} aria-hidden="true" />
        {text('person.show-logs')}
      </Link>
    </div>
  );
}

function Done({ userId }: Pick<PersonDetail, 'userId'>) {
  const text = useText();
  const done = useQuery('people.activity', { userId }, ['people.changed', 'activity.changed']);
  if (done.state === 'loading') return <Loading lines={4} />;
  if (done.state === 'failed') return <Failure error={done.error} onRetry={done.reload} />;
  if (done.value.length === 0) return <Empty icon={Activity} title={text('person.no-activity')} />;
  return (
    <ul className="card bullets-none" aria-label={text('person.view-activity')}>
      {done.value.map((entry) => (
        <li key={entry.id} className="row spread">
          <span>{wordsOf(text, entry)}</span>
          <span className="small soft">{text.dateTime(entry.at)}</span>
        </li>
      ))}
    </ul>
  );
}

function wordsOf(text: Text, { kind, fields }: ActivityEntry): string {
  const what = `person.did-${kind === 'person-changed' ? fields['what'] : kind}`;
  return isTextKey(what) ? text(what) : text('person.did-something');
}
