import { ArrowDown, ArrowUp, Pause, Play, Regex, TextSearch, WrapText, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LogLevel, LogPage } from '../../../src-main/control/contract.js';
import { Button, IconButton } from '../../components/button.js';
import { SearchField } from '../../components/search-field.js';
import { useText } from '../../text/use-text.js';
import { type Change, type Choices, LEVELS, SPANS, type Span } from './log-filter.js';
import type { LogSize } from './log-list.js';

/** Which lines: by level, by part of the server, by time. */
export function LogFilters({
  choices,
  change,
  counts,
  parts,
}: {
  choices: Choices;
  change: Change;
  /** undefined: not counted */
  counts: LogPage['counts'] | undefined;
  parts: readonly string[];
}) {
  const text = useText();
  return (
    <div className="row toolbar log-toolbar">
      <fieldset className="chips">
        <legend className="hidden-visually">{text('logs.levels')}</legend>
        {LEVELS.map((level) => (
          <LevelChip key={level} level={level} count={counts?.[level]} choices={choices} change={change} />
        ))}
      </fieldset>
      <select
        className="input select log-part"
        aria-label={text('logs.part')}
        value={choices.part}
        onChange={(event) => change({ part: event.target.value })}
      >
        <option value="">{text('logs.all-parts')}</option>
        {parts.map((part) => (
          <option key={part} value={part} className="mono">
            {part}
          </option>
        ))}
      </select>
      <TimeRange choices={choices} change={change} />
    </div>
  );
}

function LevelChip({
  level,
  count,
  choices,
  change,
}: {
  level: LogLevel;
  count: number | undefined;
  choices: Choices;
  change: Change;
}) {
  const text = useText();
  const isOn = choices.levels.includes(level);
  const levels = isOn ? choices.levels.filter((other) => other !== level) : [...choices.levels, level];
  return (
    <button type="button" className={`chip chip-${level}`} aria-pressed={isOn} onClick={() => change({ levels })}>
      {text(`logs.level-${level}`)} {count !== undefined && <span className="chip-count">{text.number(count)}</span>}
    </button>
  );
}

function TimeRange({ choices: { span, from, until }, change }: { choices: Choices; change: Change }) {
  const text = useText();
  return (
    <>
      <select
        className="input select log-part"
        aria-label={text('logs.span')}
        value={span}
        onChange={(event) => change({ span: event.target.value as Span, asOf: Date.now() })}
      >
        {([...Object.keys(SPANS), 'between'] as Span[]).map((key) => (
          <option key={key} value={key}>
            {text(`logs.span-${key}`)}
          </option>
        ))}
      </select>
      {span === 'between' && (
        <>
          <input
            className="input"
            type="datetime-local"
            aria-label={text('logs.from')}
            value={from}
            onChange={(event) => change({ from: event.target.value })}
          />
          <input
            className="input"
            type="datetime-local"
            aria-label={text('logs.until')}
            value={until}
            onChange={(event) => change({ until: event.target.value })}
          />
        </>
      )}
    </>
  );
}

/** Where one is among the lines that were found. */
export interface Finds {
  readonly count: number;
  /** counted from 1; 0 before one is chosen */
  readonly at: number;
  go(step: 1 | -1): void;
}

/** What is looked for, and the way from find to find. */
export function LogSearch({ choices, change, finds }: { choices: Choices; change: Change; finds: Finds | undefined }) {
  const text = useText();
  return (
    <div className="row toolbar log-toolbar">
      <SearchField label={text('logs.search')} value={choices.text} onChange={(words) => change({ text: words })} />
      <Button
        icon={Regex}
        kind="quiet"
        aria-pressed={choices.isPattern}
        onClick={() => change({ isPattern: !choices.isPattern })}
      >
        {text('logs.pattern')}
      </Button>
      <Button
        icon={TextSearch}
        kind="quiet"
        aria-pressed={choices.keepsOthers}
        onClick={() => change({ keepsOthers: !choices.keepsOthers })}
      >
        {text('logs.keep-others')}
      </Button>
      {finds && (
        <>
          <IconButton icon={ArrowUp} label={text('logs.previous')} onClick={() => finds.go(-1)} />
          <IconButton icon={ArrowDown} label={text('logs.next')} onClick={() => finds.go(1)} />
          <span className="small soft" role="status">
            {text('logs.finds', { at: finds.at, count: finds.count })}
          </span>
        </>
      )}
      {choices.about && (
        <span className="log-about">
          {text(`logs.only-${choices.about.kind}`)}: <bdi className="mono breakable">{choices.about.value}</bdi>
          <IconButton icon={X} label={text('logs.all-again')} onClick={() => change({ about: undefined })} />
        </span>
      )}
    </div>
  );
}

/** How lines look. */
export interface LogLooks {
  readonly isWrapped: boolean;
  readonly size: LogSize;
}

const SIZES: readonly LogSize[] = ['small', 'usual', 'large'];

/** How lines look, and whether new ones come. */
export function LogView({
  looks,
  onLooks,
  isPaused = false,
  onPause,
  waiting = 0,
  children,
}: {
  looks: LogLooks;
  onLooks(looks: LogLooks): void;
  isPaused?: boolean;
  /** undefined: lines do not move, so there is nothing to pause */
  onPause?(isPaused: boolean): void;
  /** lines that came while paused */
  waiting?: number;
  children?: ReactNode;
}) {
  const text = useText();
  return (
    <div className="row toolbar log-toolbar">
      {onPause && (
        <Button icon={isPaused ? Play : Pause} onClick={() => onPause(!isPaused)}>
          {text(isPaused ? 'logs.resume' : 'logs.pause')}
        </Button>
      )}
      <Button
        icon={WrapText}
        kind="quiet"
        aria-pressed={looks.isWrapped}
        onClick={() => onLooks({ ...looks, isWrapped: !looks.isWrapped })}
      >
        {text('logs.wrap')}
      </Button>
      <select
        className="input select log-part"
        aria-label={text('logs.size')}
        value={looks.size}
        onChange={(event) => onLooks({ ...looks, size: event.target.value as LogSize })}
      >
        {SIZES.map((size) => (
          <option key={size} value={size}>
            {text(`logs.size-${size}`)}
          </option>
        ))}
      </select>
      {children}
      {onPause && <Paused isPaused={isPaused} waiting={waiting} onResume={() => onPause(false)} />}
    </div>
  );
}

/** Always there, so that what it comes to say is heard. */
function Paused({ isPaused, waiting, onResume }: { isPaused: boolean; waiting: number; onResume(): void }) {
  const text = useText();
  return (
    <div className="log-paused" role="status">
      {isPaused && (
        <>
          <span>{text('logs.paused', { count: waiting })}</span>
          <Button icon={ArrowDown} onClick={onResume}>
            {text('logs.newest')}
          </Button>
        </>
      )}
    </div>
  );
}
