import { type KeyboardEvent, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../components/dialog.js';
import { useSettled } from '../components/use-settled.js';
import { useText } from '../text/use-text.js';
import { type Find, useFinds } from './finds.js';

/** Type a part of a name, and go there: the quick way to every screen, person and server. It changes nothing. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  return (
    <Dialog title={text('palette.title')} isOpen={isOpen} onClose={onClose}>
      <Search onClose={onClose} />
    </Dialog>
  );
}

function Search({ onClose }: { onClose(): void }) {
  const text = useText();
  const id = useId();
  const [, go] = useLocation();
  const [wanted, setWanted] = useState('');
  const [chosen, setChosen] = useState(0);
  const finds = useFinds(useSettled(wanted));
  const at = Math.min(chosen, finds.length - 1);
  const follow = (find: Find | undefined) => {
    if (!find) return;
    onClose();
    go(find.path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setChosen((at + step + finds.length) % Math.max(1, finds.length));
    else if (event.key === 'Enter') follow(finds[at]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="stack">
      <input
        className="input"
        role="combobox"
        aria-label={text('palette.field')}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={finds[at] ? `${id}-${at}` : undefined}
        placeholder={text('palette.field')}
        autoComplete="off"
        spellCheck={false}
        value={wanted}
        onChange={({ target }) => {
          setWanted(target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <Finds id={id} finds={finds} chosen={at} onFollow={follow} />
      <p className="small soft" role="status">
        {finds.length === 0 ? text('palette.nothing') : text('palette.count', { count: finds.length })}
      </p>
    </div>
  );
}

function Finds({
  id,
  finds,
  chosen,
  onFollow,
}: {
  id: string;
  finds: readonly Find[];
  chosen: number;
  onFollow(find: Find): void;
}) {
  const text = useText();
  return (
    <div id={`${id}-list`} className="palette-list" role="listbox" aria-label={text('palette.found')}>
      {finds.map((find, index) => (
        <div
          key={find.path}
          id={`${id}-${index}`}
          className="palette-find"
          role="option"
          aria-selected={index === chosen}
          tabIndex={-1}
          onClick={() => onFollow(find)}
          onKeyDown={({ key }) => key === 'Enter' && onFollow(find)}
          ref={(row) => {
            if (index === chosen) row?.scrollIntoView({ block: 'nearest' });
          }}
        >
          <find.icon size={18} aria-hidden="true" />
          {find.isName ? <bdi className="breakable">{find.words}</bdi> : <span>{find.words}</span>}
          {find.more !== '' && <bdi className="small soft breakable">{find.more}</bdi>}
        </div>
      ))}
    </div>
  );
}
