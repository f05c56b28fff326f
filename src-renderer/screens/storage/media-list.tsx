import { Eye, EyeOff, Images, Shield, ShieldOff, Trash2 } from 'lucide-react';
import { type RefObject, useRef, useState } from 'react';
import type { MediaListQuery, MediaRow } from '../../../src-main/control/contract.js';
import { type Column, DataTable, type Sorting } from '../../components/data-table.js';
import { ChoiceLine } from '../../components/choice-cards.js';
import { type MenuEntry, RowMenu } from '../../components/menu.js';
import { Pill } from '../../components/pill.js';
import { SearchField } from '../../components/search-field.js';
import { shown } from '../../components/shown.js';
import { Empty, Failure, Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { useNow } from '../../components/use-now.js';
import { useSettled } from '../../components/use-settled.js';
import { usePages } from '../../control/use-pages.js';
import { useAction } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';

type Kind = MediaListQuery['kind'];
type Order = NonNullable<MediaListQuery['order']>;

/** Every file, of people here or copies, by size, age or use. */
export function MediaList() {
  const text = useText();
  const [kind, setKind] = useState<Kind>('own');
  const [search, setSearch] = useState('');
  const [sorting, setSorting] = useState<Sorting<Order>>({ by: 'size', isDescending: true });
  const settled = useSettled(search.trim());
  const query = {
    kind,
    ...(settled === '' ? {} : { search: settled }),
    order: sorting.by,
    descending: sorting.isDescending,
  };
  const found = usePages('media.list', query, ['storage.changed', 'server.changed']);
  return (
    <section className="stack" aria-label={text('storage.tab-media')}>
      <ChoiceLine<Kind>
        legend={text('media.kind')}
        value={kind}
        onChange={setKind}
        choices={[
          { value: 'own', title: text('media.kind-own') },
          { value: 'copies', title: text('media.kind-copies') },
        ]}
      />
      <SearchField label={text('media.search')} value={search} onChange={setSearch} />
      {found.state === 'loading' && <Loading lines={6} />}
      {found.state === 'failed' && <Failure error={found.error} onRetry={found.reload} />}
      {found.state === 'ready' && found.first.total === 0 && (
        <Empty icon={Images} title={text(settled === '' ? 'media.none' : 'media.none-found')} />
      )}
      {found.state === 'ready' && found.first.total > 0 && (
        <>
          <p className="small soft" role="status">
            {text('media.count', { count: found.first.total })}
          </p>
          <DataTable
            label={text('storage.tab-media')}
            columns={columns(text)}
            rows={found.pages.flatMap(({ files }) => files)}
            keyOf={({ server = '', mediaId }) => `${server}/${mediaId}`}
            sorting={sorting}
            onSort={setSorting}
            total={found.first.total}
            further={found.further}
          />
        </>
      )}
    </section>
  );
}

const fileName = (text: Text, { name }: MediaRow): string => shown(name ?? '') || text('media.nameless');

const columns = (text: Text): Column<MediaRow, Order>[] => [
  { key: 'file', title: text('media.column-file'), cell: (file) => <FileName file={file} /> },
  {
    key: 'whose',
    title: text('media.column-whose'),
    width: '26%',
    cell: ({ userId, server }) => (
      <bdi dir="ltr" className="breakable">
        {shown(userId ?? server ?? '', 255)}
      </bdi>
    ),
  },
  {
    key: 'size',
    title: text('media.column-size'),
    sortBy: 'size',
    align: 'end',
    width: '7rem',
    cell: ({ size }) => text.bytes(size),
  },
  {
    key: 'used',
    title: text('media.column-used'),
    sortBy: 'used',
    align: 'end',
    width: '11rem',
    cell: (file) => <LastUsed file={file} />,
  },
  {
    key: 'actions',
    title: text('media.column-actions'),
    isTitleHidden: true,
    width: '5rem',
    cell: (file) => <FileActions file={file} />,
  },
];

function FileName({ file }: { file: MediaRow }) {
  const text = useText();
  return (
    <span className="person-names">
      <bdi className="person-name">{fileName(text, file)}</bdi>
      <span className="room-notes small soft">
        <bdi dir="ltr">{shown(file.contentType)}</bdi>
        {file.isQuarantined && (
          <Pill tone="warn" icon={EyeOff}>
            {text('media.quarantined')}
          </Pill>
        )}
        {file.isProtected && (
          <Pill tone="info" icon={Shield}>
            {text('media.protected')}
          </Pill>
        )}
      </span>
    </span>
  );
}

function LastUsed({ file: { lastUsed } }: { file: MediaRow }) {
  const text = useText();
  const now = useNow();
  return text.relative(Math.min(lastUsed, now), now);
}

function FileActions({ file }: { file: MediaRow }) {
  const text = useText();
  const menu = useRef<HTMLButtonElement>(null);
  const [isRemoving, setRemoving] = useState(false);
  const quarantine = useAction('media.quarantine');
  const protect = useAction('media.protect');
  const { mediaId, server, isQuarantined, isProtected } = file;
  const place = { mediaId, ...(server === undefined ? {} : { server }) };
  const error = quarantine.error ?? protect.error;
  const entries: MenuEntry[] = [
    {
      icon: isQuarantined ? Eye : EyeOff,
      label: text(isQuarantined ? 'media.unquarantine' : 'media.quarantine'),
      onSelect: () => void quarantine.run({ ...place, on: !isQuarantined }),
    },
    ...(server === undefined
      ? [
          {
            icon: isProtected ? ShieldOff : Shield,
            label: text(isProtected ? 'media.unprotect' : 'media.protect'),
            onSelect: () => void protect.run({ mediaId, on: !isProtected }),
          },
        ]
      : []),
    { icon: Trash2, label: text('media.remove'), danger: true, onSelect: () => setRemoving(true) },
  ];
  return (
    <>
      <RowMenu ref={menu} label={text('media.actions-for', { name: fileName(text, file) })} entries={entries} />
      {error && <Failure error={error} />}
      <RemoveDialog file={file} opener={menu} isOpen={isRemoving} onClose={() => setRemoving(false)} />
    </>
  );
}

function RemoveDialog({
  file,
  opener,
  isOpen,
  onClose,
}: {
  file: MediaRow;
  opener: RefObject<HTMLElement | null>;
  isOpen: boolean;
  onClose(): void;
}) {
  const text = useText();
  const remove = useAction('media.remove');
  const { mediaId, server } = file;
  const name = fileName(text, file);
  return (
    <TypedConfirm
      title={text('media.remove-title', { name })}
      description={text(server === undefined ? 'media.remove-own' : 'media.remove-copy')}
      preview={text('clean.count', { count: 1, size: text.bytes(file.size) })}
      untouched={text('media.remove-untouched')}
      wanted={server === undefined ? name : undefined}
      confirm={text('media.remove')}
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={async () => (await remove.run({ mediaId, ...(server === undefined ? {} : { server }) })) !== undefined}
      opener={opener}
      isOpen={isOpen}
      onClose={() => {
        remove.forget();
        onClose();
      }}
    />
  );
}
