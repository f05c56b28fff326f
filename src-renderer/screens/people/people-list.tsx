import { UserPlus, Users } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { PeopleQuery, Person } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable, type Further, type Sorting } from '../../components/data-table.js';
import { CheckField } from '../../components/field.js';
import { SearchField } from '../../components/search-field.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { usePages } from '../../control/use-pages.js';
import { type Text, useText } from '../../text/use-text.js';
import { ErasuresRunning } from './erasures-running.js';
import { PersonActions, PersonDevicesAndBackup, PersonName, PersonSeen, PersonState } from './person-row.js';

type Order = NonNullable<PeopleQuery['order']>;
type Role = NonNullable<PeopleQuery['role']> | 'all';
const ROLES: readonly Role[] = ['all', 'admins', 'restricted'];

/** All accounts, with a search. */
export function PeopleList({ onInvite }: { onInvite(): void }) {
  const text = useText();
  const [search, setSearch] = useState('');
  const [deactivated, setDeactivated] = useState(false);
  const settled = useSettled(search.trim());
  const [role, setRole] = useState<Role>('all');
  const [sorting, setSorting] = useState<Sorting<Order>>({ by: 'created', isDescending: true });
  const query: PeopleQuery = {
    ...(settled === '' ? {} : { search: settled }),
    ...(role === 'all' ? {} : { role }),
    deactivated,
    order: sorting.by,
    ascending: !sorting.isDescending,
  };
  const found = usePages('people.list', query, ['people.changed', 'server.changed']);
  return (
    <section className="stack" aria-label={text('people.tab-people')}>
      <div className="row toolbar">
        <SearchField label={text('people.search')} value={search} onChange={setSearch} />
        <select
          className="input select"
          aria-label={text('people.role')}
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {text(`people.role-${each}`)}
            </option>
          ))}
        </select>
        <CheckField
          label={text('people.show-deactivated')}
          checked={deactivated}
          onChange={(event) => setDeactivated(event.target.checked)}
        />
      </div>
      <ErasuresRunning />
      {found.state === 'loading' && <Loading lines={5} />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && (
        <>
          <People
            people={found.pages.flatMap(({ people }) => people)}
            total={found.first.total}
            further={found.further}
            sorting={sorting}
            onSort={setSorting}
          />
          {found.first.total === 1 && settled === '' && role === 'all' && <OnlyYou onInvite={onInvite} />}
        </>
      )}
    </section>
  );
}

function People({
  people,
  total,
  further,
  sorting,
  onSort,
}: {
  people: readonly Person[];
  total: number;
  further: Further | undefined;
  sorting: Sorting<Order>;
  onSort(sorting: Sorting<Order>): void;
}) {
  const text = useText();
  const shownColumns = useMemo(() => columns(text), [text]);
  if (people.length === 0) return <Empty icon={Users} title={text('people.none-found')} />;
  return (
    <>
      <p className="small soft" role="status">
        {text('people.count', { count: total })}
      </p>
      <DataTable
        label={text('people.tab-people')}
        columns={shownColumns}
        rows={people}
        keyOf={({ userId }) => userId}
        total={total}
        further={further}
        sorting={sorting}
        onSort={onSort}
      />
    </>
  );
}

const columns = (text: Text): Column<Person, Order>[] => [
  {
    key: 'name',
    title: text('people.column-name'),
    width: '27%',
    sortBy: 'name',
    cell: (person) => <PersonName person={person} />,
  },
  {
    key: 'role',
    title: text('people.column-role'),
    width: '11.5rem',
    cell: (person) => <PersonState person={person} />,
  },
  { key: 'seen', title: text('people.column-seen'), sortBy: 'seen', cell: (person) => <PersonSeen person={person} /> },
  {
    key: 'devices',
    title: text('people.column-devices'),
    align: 'end',
    width: '8.5rem',
    cell: (person) => <PersonDevicesAndBackup person={person} />,
  },
  {
    key: 'media',
    title: text('person.view-media'),
    align: 'end',
    width: '6.5rem',
    cell: ({ media }) => text.bytes(media),
  },
  {
    key: 'actions',
    title: text('people.column-actions'),
    isTitleHidden: true,
    width: '4.5rem',
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
