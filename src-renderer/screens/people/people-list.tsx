import { UserPlus, Users } from 'lucide-react';
import { useState } from 'react';
import type { Person } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable, type Further } from '../../components/data-table.js';
import { CheckField } from '../../components/field.js';
import { SearchField } from '../../components/search-field.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { usePages } from '../../control/use-pages.js';
import { type Text, useText } from '../../text/use-text.js';
import { PersonActions, PersonName, PersonSeen, PersonState } from './person-row.js';

/** All accounts, with a search. */
export function PeopleList({ onInvite }: { onInvite(): void }) {
  const text = useText();
  const [search, setSearch] = useState('');
  const [deactivated, setDeactivated] = useState(false);
  const settled = useSettled(search.trim());
  const query = { ...(settled === '' ? {} : { search: settled }), deactivated };
  const found = usePages('people.list', query, ['people.changed', 'server.changed']);
  return (
    <section className="stack" aria-label={text('people.tab-people')}>
      <div className="row toolbar">
        <SearchField label={text('people.search')} value={search} onChange={setSearch} />
        <CheckField
          label={text('people.show-deactivated')}
          checked={deactivated}
          onChange={(event) => setDeactivated(event.target.checked)}
        />
      </div>
      {found.state === 'loading' && <Loading lines={5} />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && (
        <>
          <People
            people={found.pages.flatMap(({ people }) => people)}
            total={found.first.total}
            further={found.further}
          />
          {found.first.total === 1 && settled === '' && <OnlyYou onInvite={onInvite} />}
        </>
      )}
    </section>
  );
}

function People({
  people,
  total,
  further,
}: {
  people: readonly Person[];
  total: number;
  further: Further | undefined;
}) {
  const text = useText();
  if (people.length === 0) return <Empty icon={Users} title={text('people.none-found')} />;
  return (
    <>
      <p className="small soft" role="status">
        {text('people.count', { count: total })}
      </p>
      <DataTable
        label={text('people.tab-people')}
        columns={columns(text)}
        rows={people}
        keyOf={({ userId }) => userId}
        total={total}
        further={further}
      />
    </>
  );
}

const columns = (text: Text): Column<Person>[] => [
  {
    key: 'name',
    title: text('people.column-name'),
    width: '45%',
    cell: (person) => <PersonName person={person} />,
  },
  { key: 'role', title: text('people.column-role'), cell: (person) => <PersonState person={person} /> },
  { key: 'seen', title: text('people.column-seen'), cell: (person) => <PersonSeen person={person} /> },
  {
    key: 'devices',
    title: text('people.column-devices'),
    align: 'end',
    width: '7rem',
    cell: ({ devices }) => text.number(devices),
  },
  {
    key: 'actions',
    title: text('people.column-actions'),
    isTitleHidden: true,
    width: '5rem',
    cell: (person) => <PersonActions person={person} />,
  },
];

function OnlyYou({ onInvite }: { onInvite(): void }) {
  const text = useText();
  return (
    <Empty icon={Users} title={text('people.only-you')}>
      <Button icon={UserPlus} onClick={onInvite}>
        {text('action.invite')}
      </Button>
    </Empty>
  );
}
