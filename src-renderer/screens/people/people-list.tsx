import { Search, UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import type { PeoplePage, Person } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { CheckField } from '../../components/field.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { PersonRow } from './person-row.js';

/** All accounts, a page at a time, with a search. */
export function PeopleList({ onInvite }: { onInvite(): void }) {
  const text = useText();
  const [search, setSearch] = useState('');
  const [deactivated, setDeactivated] = useState(false);
  const settled = useSettled(search.trim());
  const query = { ...(settled === '' ? {} : { search: settled }), deactivated };
  const page = useQuery('people.list', query, ['people.changed', 'server.changed']);
  return (
    <section className="stack" aria-label={text('people.tab-people')}>
      <div className="row toolbar">
        <div className="search">
          <Search size={18} aria-hidden="true" />
          <input
            className="input"
            type="search"
            aria-label={text('people.search')}
            placeholder={text('people.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </div>
        <CheckField
          label={text('people.show-deactivated')}
          checked={deactivated}
          onChange={(event) => setDeactivated(event.target.checked)}
        />
      </div>
      {page.state === 'loading' && <Loading lines={5} />}
      {page.state === 'failed' && <Failure error={page.error} onRetry={page.reload} />}
      {page.state === 'ready' && (
        <Found key={`${settled} ${deactivated}`} first={page.value} query={query} onInvite={onInvite} />
      )}
    </section>
  );
}

/** What was found: the first page as it is now, and the further ones that were asked for. */
function Found({
  first,
  query,
  onInvite,
}: {
  first: PeoplePage;
  query: { search?: string; deactivated: boolean };
  onInvite(): void;
}) {
  const text = useText();
  const [further, setFurther] = useState<PeoplePage>();
  const more = useAction('people.list');
  const people = further ? [...first.people, ...further.people] : first.people;
  const next = further ? further.next : first.next;
  if (people.length === 0) return <Empty icon={Users} title={text('people.none-found')} />;
  const loadMore = async () => {
    if (!next) return;
    const page = await more.run({ ...query, after: next });
    if (page) setFurther({ ...page.value, people: [...(further?.people ?? []), ...page.value.people] });
  };
  return (
    <>
      <p className="small soft" role="status">
        {text('people.count', { count: first.total })}
      </p>
      <PeopleTable people={people} />
      {more.error && <Failure error={more.error} />}
      {next && (
        <Button isBusy={more.isBusy} onClick={() => void loadMore()}>
          {text('people.more')}
        </Button>
      )}
      {first.total === 1 && !query.search && (
        <Empty icon={Users} title={text('people.only-you')}>
          <Button icon={UserPlus} onClick={onInvite}>
            {text('action.invite')}
          </Button>
        </Empty>
      )}
    </>
  );
}

function PeopleTable({ people }: { people: readonly Person[] }) {
  const text = useText();
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{text('people.column-name')}</th>
            <th scope="col">{text('people.column-role')}</th>
            <th scope="col">{text('people.column-seen')}</th>
            <th scope="col">{text('people.column-devices')}</th>
            <th scope="col">
              <span className="hidden-visually">{text('people.column-actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <PersonRow key={person.userId} person={person} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
