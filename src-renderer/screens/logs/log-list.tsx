import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ScrollText } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Button } from '../../components/button.js';
import { Empty } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { LogRow } from './log-row.js';
import type { LogView } from './log-feed.js';

const ROW = 28;
/** This close to the end counts as being at the end. */
const AT_END = 4;

/**
 * The lines, of which only those in sight are in the page. It follows the newest until somebody scrolls up or chooses a
 * line; screen readers hear how many lines there are, never each line.
 */
export function LogList({
  log,
  search,
  isPaused,
  onPause,
  isWrapped,
  isShort,
  selected,
  onSelect,
}: {
  log: LogView;
  search: string;
  isPaused: boolean;
  onPause(isPaused: boolean): void;
  isWrapped: boolean;
  /** leaves room for something below */
  isShort: boolean;
  selected: number | undefined;
  onSelect(id: number): void;
}) {
  const text = useText();
  const { lines } = log;
  const frame = useRef<HTMLDivElement>(null);
  // its functions change what they answer: they stay in this component
  // oxlint-disable-next-line react/incompatible-library
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    getItemKey: (index) => lines[index]?.id ?? index,
    overscan: 12,
  });
  useEffect(() => {
    if (!isPaused && lines.length > 0) rows.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [isPaused, lines, rows]);

  const choose = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (!line) return;
    onPause(true);
    onSelect(line.id);
    rows.scrollToIndex(lines.indexOf(line), { align: 'auto' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const here = lines.findIndex(({ id }) => id === selected);
    const target = targetOf(event.key, here === -1 ? lines.length : here, lines.length);
    if (target === undefined) return;
    event.preventDefault();
    choose(target);
  };
  const onWheel = (deltaY: number) => {
    const box = frame.current;
    if (deltaY < 0 && box && box.scrollHeight > box.clientHeight + AT_END) onPause(true);
  };

  if (lines.length === 0) return <Empty icon={ScrollText} title={text('logs.nothing')} />;
  return (
    <div className="log-frame">
      <div
        ref={frame}
        className={['log', isWrapped && 'log-wrapped', isShort && 'log-short'].filter(Boolean).join(' ')}
        role="listbox"
        tabIndex={0}
        aria-label={text('logs.title')}
        aria-activedescendant={selected === undefined ? undefined : `line-${selected}`}
        onKeyDown={onKeyDown}
        onWheel={(event) => onWheel(event.deltaY)}
        onTouchMove={() => onPause(true)}
      >
        <div className="log-inner" role="presentation" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, key }) => {
            const line = lines[index];
            return (
              line && (
                <LogRow
                  key={key}
                  ref={rows.measureElement}
                  line={line}
                  index={index}
                  count={lines.length}
                  start={start}
                  search={search}
                  isSelected={line.id === selected}
                  onSelect={() => choose(index)}
                />
              )
            );
          })}
        </div>
      </div>
      <PausedBar isPaused={isPaused} waiting={log.waiting} onResume={() => onPause(false)} />
    </div>
  );
}

function targetOf(key: string, here: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: here + 1,
    ArrowUp: here - 1,
    PageDown: here + 20,
    PageUp: here - 20,
    Home: 0,
    End: count - 1,
  };
  return steps[key];
}

function PausedBar({ isPaused, waiting, onResume }: { isPaused: boolean; waiting: number; onResume(): void }) {
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
