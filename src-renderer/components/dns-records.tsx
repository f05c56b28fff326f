import { CircleAlert, CircleCheck, CircleHelp, CircleMinus, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { RecordState, RecordsView } from '../../src-main/control/contract.js';
import { type TextKey, useText } from '../text/use-text.js';
import { CopyButton } from './copy-field.js';
import type { Tone } from './notice.js';
import { Pill } from './pill.js';

type RecordLine = RecordsView['records'][number];

const LOOKS: Readonly<Record<RecordState, { tone: Tone | 'plain'; icon: LucideIcon }>> = {
  ok: { tone: 'good', icon: CircleCheck },
  there: { tone: 'info', icon: CircleHelp },
  missing: { tone: 'bad', icon: CircleAlert },
  other: { tone: 'bad', icon: CircleAlert },
  unwanted: { tone: 'warn', icon: TriangleAlert },
  'not-needed': { tone: 'plain', icon: CircleMinus },
  failed: { tone: 'plain', icon: CircleHelp },
};

const COLUMNS = ['type', 'name', 'wanted', 'found', 'state'] as const;

/** The records of a name: what each should say, beside what it says now. */
export function DnsRecords({ records }: { records: RecordsView['records'] }) {
  const text = useText();
  return (
    <div className="table-frame dns">
      <table className="table">
        <caption className="hidden-visually">{text('dns.caption')}</caption>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {text(`dns.column-${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <Row key={`${record.type} ${record.name}`} record={record} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ record }: { record: RecordLine }) {
  const text = useText();
  const { type, name, wanted, found, state } = record;
  const { tone, icon } = LOOKS[state];
  const value = wanted?.join(', ') ?? '';
  return (
    <tr>
      <th scope="row">
        <bdi className="mono">{type}</bdi>
      </th>
      <td data-label={text('dns.column-name')}>
        <bdi className="mono breakable">{name}</bdi>
      </td>
      <td data-label={text('dns.column-wanted')}>
        <div className="dns-wanted">
          {value === '' ? (
            <span className="small soft">{text(wantedWords(record))}</span>
          ) : (
            <>
              <bdi className="mono breakable">{value}</bdi>
              <CopyButton value={value} what={`${type} ${name}`} />
            </>
          )}
        </div>
      </td>
      <td data-label={text('dns.column-found')}>
        {found.length === 0 ? (
          <span className="small soft">{text('dns.nothing')}</span>
        ) : (
          <bdi className="mono breakable">{found.join(', ')}</bdi>
        )}
      </td>
      <td data-label={text('dns.column-state')}>
        <Pill tone={tone} icon={icon}>
          {text(`dns.state-${state}`)}
        </Pill>
      </td>
    </tr>
  );
}

function wantedWords({ type, wanted }: RecordLine): TextKey {
  if (wanted !== undefined) return 'dns.wanted-none';
  return type === 'A' ? 'dns.wanted-your-address' : 'dns.wanted-optional';
}
