import { Activity } from 'lucide-react';
import type { ActivityEntry, PersonDetail } from '../../../src-main/control/contract.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useQuery } from '../../control/use-control.js';
import { isTextKey, type Text, useText } from '../../text/use-text.js';

/** What was done for somebody by those who look after the server. */
export function PersonActivity({ person: { userId } }: { person: PersonDetail }) {
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
