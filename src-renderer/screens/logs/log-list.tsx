import { ScrollText } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { LogLine } from '../../../src-main/control/contract.js';
import { Empty } from '../../components/states.js';
import { useText } from '../../text/use-text.js';
import { LogRow } from './log-row.js';
import { useLineWindow } from './use-line-window.js';

export type LogSize = 'small' | 'usual' | 'large';

/** Height of a line, in text sizes. */
const ROWS: Readonly<Record<LogSize, number>> = { small: 1.5, usual: 1.75, large: 2.25 };
/** This close to the end counts as being at the end. */
const AT_END = 4;
/** This close to the beginning, older lines are asked for. */
const NEAR_START = 1500;

/** Lines from one to another, both included, by their ids: lines come and go before them. */
export interface Selection {
  readonly anchor: number;
  readonly focus: number;
}

/**
 * The lines, of which only those in sight are in the page. It follows the newest until somebody scrolls up or chooses a
 * line; screen readers hear how many lines there are, never each line.
 */
export function LogList({
  lines,
  isPaused,
  onPause,
  isWrapped,
  isShort,
  size,
  selection,
  onSelect,
  onOlder,
  startsAtEnd = false,
}: {
  lines: readonly LogLine[];
  isPaused: boolean;
  onPause(isPaused: boolean): void;
  isWrapped: boolean;
  /** leaves room for something below */
  isShort: boolean;
  size: LogSize;
  selection: Selection | undefined;
  onSelect(selection: Selection): void;
  /** Older lines are wanted. */
  onOlder(): void;
  /** for lines that do not follow: the newest are shown first all the same */
  startsAtEnd?: boolean;
}) {
  const text = useText();
  const frame = useRef<HTMLDivElement>(null);
  const row = Math.round(ROWS[size] * rootSize());
  const { placed, height, measure, show } = useLineWindow(frame, lines.length, row, isWrapped, lines.length > 0);
  useLayoutEffect(() => {
    if (!isPaused && lines.length > 0) show(lines.length - 1, 'end');
    // what `show` does changes with each line; when it is to be done does not
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isPaused, lines, row, isWrapped]);
  useStillWhileOlderCome(frame, lines, row);
  const isFilled = lines.length > 0;
  useLayoutEffect(() => {
    if (startsAtEnd && isFilled) show(lines.length - 1, 'end');
    // once, when the first lines are there
    // oxlint-disable-next-line react/exhaustive-deps
  }, [startsAtEnd, isFilled]);
  const chosen = useMemo(() => indicesOf(lines, selection), [lines, selection]);
  const focusId = selection?.focus;
  useEffect(() => {
    if (chosen) show(chosen.focus);
    // only when another line is chosen, not when it moves
    // oxlint-disable-next-line react/exhaustive-deps
  }, [focusId]);

  const onChoose = useCallback(
    (index: number, isRange: boolean) => {
      const line = lines[index];
      if (!line) return;
      onPause(true);
      onSelect({ anchor: isRange && selection ? selection.anchor : line.id, focus: line.id });
    },
    [lines, onPause, onSelect, selection],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const target = targetOf(event.key, chosen?.focus ?? lines.length, lines.length);
    if (target === undefined || lines.length === 0) return;
    event.preventDefault();
    onChoose(Math.max(0, Math.min(lines.length - 1, target)), event.shiftKey);
  };
  const onScroll = () => {
    const box = frame.current;
    if (!box) return;
    if (box.scrollTop < NEAR_START && isPaused) onOlder();
  };
  const onWheel = (deltaY: number) => {
    const box = frame.current;
    if (deltaY < 0 && box && box.scrollHeight > box.clientHeight + AT_END) onPause(true);
  };

  if (lines.length === 0) return <Empty icon={ScrollText} title={text('logs.nothing')} />;
  const [from, to] = rangeOf(chosen);
  return (
    <div className="log-frame">
      <div
        ref={frame}
        className={['log', `log-size-${size}`, isWrapped && 'log-wrapped', isShort && 'log-short']
          .filter(Boolean)
          .join(' ')}
        role="listbox"
        tabIndex={0}
        aria-label={text('logs.title')}
        aria-multiselectable="true"
        aria-activedescendant={chosen && `line-${focusId}`}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        onWheel={(event) => onWheel(event.deltaY)}
        onTouchMove={() => onPause(true)}
        onPointerDown={(event) => event.target === event.currentTarget && onPause(true)}
      >
        <div className="log-inner" role="presentation" style={{ height }}>
          {placed.map(({ index, start }) => {
            const line = lines[index];
            return (
              line && (
                <LogRow
                  key={line.id}
                  measure={measure}
                  line={line}
                  index={index}
                  count={lines.length}
                  start={start}
                  isSelected={index >= from && index <= to}
                  onSelect={onChoose}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Where the selection is among `lines`; undefined when it is not there any more. */
export function indicesOf(lines: readonly LogLine[], selection: Selection | undefined): Selection | undefined {
  if (!selection) return undefined;
  const find = (wanted: number) => lines.findIndex(({ id }) => id === wanted);
  const focus = find(selection.focus);
  if (focus < 0) return undefined;
  const anchor = find(selection.anchor);
  return { anchor: anchor < 0 ? focus : anchor, focus };
}

/** First and last of what is selected. */
export const rangeOf = (indices: Selection | undefined): readonly [number, number] =>
  indices
    ? [Math.min(indices.anchor, indices.focus), Math.max(indices.anchor, indices.focus)]
    : [Number.POSITIVE_INFINITY, -1];

const rootSize = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

/** When lines are put before those in sight, what is in sight stays where it is. */
function useStillWhileOlderCome(
  frame: { readonly current: HTMLElement | null },
  lines: readonly LogLine[],
  row: number,
): void {
  const before = useRef<LogLine>(undefined);
  useLayoutEffect(() => {
    const was = before.current;
    [before.current] = lines;
    const box = frame.current;
    if (!was || !box || lines[0] === was) return;
    const added = lines.indexOf(was);
    if (added > 0) box.scrollBy(0, added * row);
  }, [frame, lines, row]);
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
