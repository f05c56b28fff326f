import { type RefObject, useState } from 'react';
import type { GoneServer, TidiedServers, TidyPreview } from '../../../src-main/control/contract.js';
import { CheckField } from '../../components/field.js';
import { shown } from '../../components/shown.js';
import { Failure, Loading } from '../../components/states.js';
import { TypedConfirm } from '../../components/typed-confirm.js';
import { type Query, useAction, useQuery } from '../../control/use-control.js';
import { type Text, useText } from '../../text/use-text.js';
import { shownServer } from './server-words.js';

/** What else is to go. */
interface Wishes {
  readonly copies: boolean;
  readonly rooms: boolean;
}

/** Tidies up after servers that are gone: what waits for them is counted, and what cannot be undone is chosen. */
export function TidyDialog({
  servers,
  opener,
  onDone,
  onClose,
}: {
  servers: readonly GoneServer[];
  opener: RefObject<HTMLElement | null>;
  onDone(done: TidiedServers): void;
  onClose(): void;
}) {
  const text = useText();
  // as it was when the dialog opened: the list may change behind it
  const [offered] = useState(servers);
  const [names, setNames] = useState<ReadonlySet<string>>(new Set(servers.map(({ serverName }) => serverName)));
  const [wishes, setWishes] = useState<Wishes>({ copies: false, rooms: false });
  const tidy = useAction('servers.tidy');
  const chosen = [...names].sort();
  const asked = chosen.length === 0 ? offered.map(({ serverName }) => serverName) : chosen;
  const preview = useQuery('servers.tidyPreview', { names: asked });
  const run = async () => {
    const done = await tidy.run({ names: chosen, ...wishes });
    if (done) onDone(done.value);
    return done !== undefined;
  };
  // what can be chosen stays while it is counted anew
  const [known, setKnown] = useState<TidyPreview>();
  const counted = preview.state === 'ready' ? preview.value : undefined;
  if (counted && counted !== known) setKnown(counted);
  const rooms = known?.rooms.length ?? 0;
  return (
    <TypedConfirm
      title={text('tidy.dialog-title')}
      description={text('tidy.dialog-text')}
      preview={chosen.length === 0 ? <p>{text('tidy.nobody')}</p> : <WhatGoes preview={preview} wishes={wishes} />}
      untouched={text('tidy.untouched')}
      options={
        <>
          <Choice offered={offered} names={names} onChange={setNames} />
          {known && <MoreToGo preview={known} wishes={wishes} onChange={setWishes} />}
        </>
      }
      wanted={wishes.rooms && rooms > 0 ? text('tidy.wanted', { count: rooms }) : undefined}
      confirm={text('tidy.do')}
      canConfirm={chosen.length > 0 && preview.state === 'ready'}
      isBusy={tidy.isBusy}
      error={tidy.error}
      onConfirm={run}
      opener={opener}
      isOpen
      onClose={onClose}
    />
  );
}

function Choice({
  offered,
  names,
  onChange,
}: {
  offered: readonly GoneServer[];
  names: ReadonlySet<string>;
  onChange(names: ReadonlySet<string>): void;
}) {
  const text = useText();
  const toggle = (name: string, isChosen: boolean) => {
    const others = [...names].filter((each) => each !== name);
    onChange(new Set(isChosen ? [...others, name] : others));
  };
  return (
    <fieldset className="tidy-servers">
      <legend>{text('tidy.servers')}</legend>
      {offered.map(({ serverName, failingSince, isNameGone }) => (
        <CheckField
          key={serverName}
          label={
            <bdi dir="ltr" className="breakable">
              {shownServer(serverName)}
            </bdi>
          }
          hint={text(isNameGone ? 'tidy.name-gone' : 'tidy.silent', { date: text.date(failingSince) })}
          checked={names.has(serverName)}
          onChange={(event) => toggle(serverName, event.target.checked)}
        />
      ))}
    </fieldset>
  );
}

function MoreToGo({
  preview,
  wishes,
  onChange,
}: {
  preview: TidyPreview;
  wishes: Wishes;
  onChange(wishes: Wishes): void;
}) {
  const text = useText();
  const { copies, copyBytes, rooms } = preview;
  return (
    <>
      {copies > 0 && (
        <CheckField
          label={text('tidy.copies')}
          hint={text('tidy.copies-hint', { count: copies, size: text.bytes(copyBytes) })}
          checked={wishes.copies}
          onChange={(event) => onChange({ ...wishes, copies: event.target.checked })}
        />
      )}
      {rooms.length > 0 && (
        <CheckField
          label={text('tidy.rooms')}
          hint={text('tidy.wanted', { count: rooms.length })}
          checked={wishes.rooms}
          onChange={(event) => onChange({ ...wishes, rooms: event.target.checked })}
        />
      )}
    </>
  );
}

function WhatGoes({ preview, wishes }: { preview: Query<TidyPreview>; wishes: Wishes }) {
  const text = useText();
  if (preview.state === 'loading') return <Loading lines={2} />;
  if (preview.state === 'failed') return <Failure error={preview.error} onRetry={preview.reload} />;
  const { others, copies, copyBytes, rooms } = preview.value;
  return (
    <ul className="bullets">
      <li>{waitingText(text, preview.value)}</li>
      {others > 0 && <li>{text('tidy.drop-others')}</li>}
      {wishes.copies && copies > 0 && (
        <li>{text('tidy.drop-copies', { count: copies, size: text.bytes(copyBytes) })}</li>
      )}
      {wishes.rooms &&
        rooms.map(({ roomId, name, people, events, bytes }) => (
          <li key={roomId}>
            <bdi className="breakable">{shown(name ?? roomId, 100)}</bdi>:{' '}
            {text('tidy.drop-room', { people, events, size: text.bytes(bytes) })}
          </li>
        ))}
      <li>{text('tidy.forget')}</li>
    </ul>
  );
}

const waitingText = (text: Text, { events, isMore }: TidyPreview): string =>
  text(isMore ? 'tidy.drop-more' : 'tidy.drop-events', { count: events });
