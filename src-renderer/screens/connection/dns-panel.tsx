import { useState } from 'react';
import { DnsRecords } from '../../components/dns-records.js';
import { TextField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** Somebody waits for a record to change. */
const LOOK_EVERY = 5000;

/** The records of a name, looked up again and again while the page is open. */
export function DnsPanel({
  serverName,
  host,
  publicAddress,
  onPublicAddress,
}: {
  serverName: string;
  host: string;
  publicAddress?: string | undefined;
  onPublicAddress?(address: string): void;
}) {
  const text = useText();
  const [own, setOwn] = useState(publicAddress ?? '');
  const typed = useSettled(own.trim());
  const isAddress = /^[0-9A-Fa-f.:]{3,64}$/.test(typed);
  const asked = useSettled(host);
  const query = useQuery(
    'connection.records',
    { serverName, host: asked, ...(isAddress ? { publicAddress: typed } : {}) },
    [],
    LOOK_EVERY,
  );
  return (
    <div className="stack">
      <TextField
        label={text('dns.public-address')}
        hint={text('dns.public-address-hint')}
        value={own}
        onChange={(event) => {
          setOwn(event.target.value);
          onPublicAddress?.(event.target.value.trim());
        }}
        error={typed !== '' && !isAddress ? text('dns.public-address-error') : undefined}
        dir="ltr"
        autoComplete="off"
        spellCheck={false}
      />
      {query.state === 'loading' && <Loading lines={4} />}
      {query.state === 'failed' && <Failure error={query.error} onRetry={query.reload} />}
      {query.state === 'ready' && (
        <>
          <DnsRecords records={query.value.records} />
          <p className="small soft" aria-live="off">
            {text('dns.looked', { at: text.time(query.value.at) })}
          </p>
          {query.value.records.some(({ state }) => state === 'failed') && (
            <Notice tone="info">{text('dns.failed')}</Notice>
          )}
        </>
      )}
    </div>
  );
}
