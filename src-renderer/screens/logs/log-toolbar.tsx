import { Pause, Play, Search, WrapText } from 'lucide-react';
import type { LogLevel, LogPage } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { useText } from '../../text/use-text.js';
import type { LogFilter } from './log-feed.js';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** Which lines: by level, by part of the server, by words; and pause. */
export function LogToolbar({
  filter,
  onFilter,
  counts,
  parts,
  isPaused,
  onPause,
  isWrapped,
  onWrap,
}: {
  filter: LogFilter;
  onFilter(filter: LogFilter): void;
  counts: LogPage['counts'];
  parts: readonly string[];
  isPaused: boolean;
  onPause(isPaused: boolean): void;
  isWrapped: boolean;
  onWrap(isWrapped: boolean): void;
}) {
  const text = useText();
  return (
    <div className="row toolbar log-toolbar">
      <fieldset className="chips">
        <legend className="hidden-visually">{text('logs.levels')}</legend>
        {LEVELS.map((level) => (
          <LevelChip key={level} level={level} count={counts[level]} filter={filter} onFilter={onFilter} />
        ))}
      </fieldset>
      <select
        className="input select log-part"
        aria-label={text('logs.part')}
        value={filter.part}
        onChange={(event) => onFilter({ ...filter, part: event.target.value })}
      >
        <option value="">{text('logs.all-parts')}</option>
        {parts.map((part) => (
          <option key={part} value={part} className="mono">
            {part}
          </option>
        ))}
      </select>
      <div className="search">
        <Search size={18} aria-hidden="true" />
        <input
          className="input"
          type="search"
          aria-label={text('logs.search')}
          placeholder={text('logs.search')}
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        />
      </div>
      <Button icon={WrapText} kind="quiet" aria-pressed={isWrapped} onClick={() => onWrap(!isWrapped)}>
        {text('logs.wrap')}
      </Button>
      <Button icon={isPaused ? Play : Pause} onClick={() => onPause(!isPaused)}>
        {text(isPaused ? 'logs.resume' : 'logs.pause')}
      </Button>
    </div>
  );
}

function LevelChip({
  level,
  count,
  filter,
  onFilter,
}: {
  level: LogLevel;
  count: number;
  filter: LogFilter;
  onFilter(filter: LogFilter): void;
}) {
  const text = useText();
  const isOn = filter.levels.includes(level);
  const toggled = isOn ? filter.levels.filter((other) => other !== level) : [...filter.levels, level];
  return (
    <button
      type="button"
      className={`chip chip-${level}`}
      aria-pressed={isOn}
      onClick={() => onFilter({ ...filter, levels: toggled })}
    >
      {text(`logs.level-${level}`)} <span className="chip-count">{text.number(count)}</span>
    </button>
  );
}
