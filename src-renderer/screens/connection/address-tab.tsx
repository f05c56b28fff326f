import { CircleCheck, CircleMinus } from 'lucide-react';
import type { ConnectionState } from '../../../src-main/control/contract.js';
import { CopyField } from '../../components/copy-field.js';
import { Pill } from '../../components/pill.js';
import { useText } from '../../text/use-text.js';
import { DelegationCheck } from './delegation-check.js';

/** The name, where people and servers find it, and where this computer listens. */
export function AddressTab({ state }: { state: ConnectionState }) {
  const text = useText();
  const { serverName, choice, publicBaseUrl, clientAddress } = state;
  return (
    <>
      <section className="card">
        <h2>{text('connection.name')}</h2>
        <p className="big-words breakable">
          <bdi dir="ltr">
            <strong>{serverName}</strong>
          </bdi>
        </p>
        <p className="soft">{text('connection.name-text')}</p>
        <dl className="facts">
          <div>
            <dt>{text('connection.who')}</dt>
            <dd>{text(choice.mode === 'try' ? 'setup.mode-try' : `ways.${choice.mode}`)}</dd>
          </div>
        </dl>
        {(publicBaseUrl ?? clientAddress) !== undefined && (
          <CopyField label={text('connection.for-apps')} value={publicBaseUrl ?? clientAddress ?? ''} />
        )}
      </section>
      <ListenersCard state={state} />
      <WellKnownCard state={state} />
    </>
  );
}

function ListenersCard({ state: { listeners } }: { state: ConnectionState }) {
  const text = useText();
  return (
    <section className="card">
      <h2>{text('connection.listeners')}</h2>
      <p className="soft">{text('connection.listeners-text')}</p>
      <div className="table-frame listeners">
        <table className="table">
          <caption className="hidden-visually">{text('connection.listeners')}</caption>
          <thead>
            <tr>
              <th scope="col">{text('connection.port')}</th>
              <th scope="col">{text('connection.who-reaches')}</th>
              <th scope="col">{text('connection.tls')}</th>
              <th scope="col">{text('connection.believes')}</th>
              <th scope="col">{text('dns.column-state')}</th>
            </tr>
          </thead>
          <tbody>
            {listeners.map((listener) => (
              <Listener key={`${listener.port} ${listener.tls} ${listener.addresses.join(' ')}`} listener={listener} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Listener({ listener }: { listener: ConnectionState['listeners'][number] }) {
  const text = useText();
  const { port, addresses, tls, trustedProxies, isOpen } = listener;
  const isHere = addresses.every((address) => address === '::1' || address.startsWith('127.'));
  return (
    <tr>
      <th scope="row">
        <bdi className="mono">{port}</bdi>
      </th>
      <td data-label={text('connection.who-reaches')}>
        {text(isHere ? 'connection.this-computer' : 'connection.everybody')}{' '}
        <bdi className="small soft mono">{addresses.join(', ')}</bdi>
      </td>
      <td data-label={text('connection.tls')}>{text(tls ? 'connection.tls-yes' : 'connection.tls-no')}</td>
      <td data-label={text('connection.believes')}>
        {trustedProxies.length === 0 ? (
          <span className="soft">{text('connection.believes-nobody')}</span>
        ) : (
          <bdi className="mono small">{trustedProxies.join(', ')}</bdi>
        )}
      </td>
      <td data-label={text('dns.column-state')}>
        <Pill tone={isOpen ? 'good' : 'plain'} icon={isOpen ? CircleCheck : CircleMinus}>
          {text(isOpen ? 'connection.open' : 'connection.closed')}
        </Pill>
      </td>
    </tr>
  );
}

function WellKnownCard({ state }: { state: ConnectionState }) {
  const text = useText();
  const { wellKnown, serverName, choice } = state;
  const isDelegated = choice.host !== undefined && choice.host !== serverName;
  return (
    <section className="card">
      <h2>{text('connection.well-known')}</h2>
      <p className="soft">
        {isDelegated
          ? text('connection.delegated', { name: serverName, host: choice.host ?? '' })
          : text('connection.not-delegated', { name: serverName })}
      </p>
      <dl className="facts">
        {(['server', 'client'] as const).map((kind) => (
          <div key={kind}>
            <dt>{text(`connection.answers-${kind}`)}</dt>
            <dd className="breakable">
              {wellKnown[kind] === undefined ? (
                <span className="soft">{text('connection.answers-nothing')}</span>
              ) : (
                <bdi className="mono small" dir="ltr">
                  {wellKnown[kind]}
                </bdi>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {choice.host !== undefined && <DelegationCheck />}
    </section>
  );
}
