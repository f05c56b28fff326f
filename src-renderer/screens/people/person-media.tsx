import { HardDrive } from 'lucide-react';
import type { PersonDetail } from '../../../src-main/control/contract.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { shown } from '../../components/shown.js';
import { Empty } from '../../components/states.js';
import { type Text, useText } from '../../text/use-text.js';
import { PersonQuotaForm } from './person-quota.js';

/** What somebody uploaded, and how much of the disk it takes. Files of encrypted rooms cannot be looked into. */
export function PersonMedia({ person }: { person: PersonDetail }) {
  return (
    <div className="stack">
      <Uploads person={person} />
      {person.state !== 'deactivated' && <PersonQuotaForm key={person.quota} person={person} />}
    </div>
  );
}

function Uploads({ person: { uploads } }: { person: PersonDetail }) {
  const text = useText();
  const { files, bytes, newest } = uploads;
  if (files === 0) return <Empty icon={HardDrive} title={text('person.no-media')} />;
  return (
    <section className="stack" aria-label={text('person.view-media')}>
      <p>{text('person.media-sum', { files, size: text.bytes(bytes) })}</p>
      {files > newest.length && <p className="small soft">{text('person.media-some', { count: newest.length })}</p>}
      <DataTable
        label={text('person.view-media')}
        columns={columns(text)}
        rows={newest}
        keyOf={({ mediaId }) => mediaId}
      />
    </section>
  );
}

const columns = (text: Text): Column<PersonDetail['uploads']['newest'][number]>[] => [
  { key: 'at', title: text('person.uploaded'), cell: ({ createdAt }) => text.dateTime(createdAt) },
  { key: 'type', title: text('person.file-type'), cell: ({ type }) => <bdi className="mono">{shown(type)}</bdi> },
  { key: 'size', title: text('person.file-size'), align: 'end', cell: ({ bytes }) => text.bytes(bytes) },
];
