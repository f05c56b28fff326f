import { Download } from 'lucide-react';
import { type ClipboardEvent, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { LogLine, LogSubject } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useControl } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { DebugParts } from './debug-parts.js';
import { ExportDialog } from './export-dialog.js';
import { LogDetail } from './log-detail.js';
import { LogFeed } from './log-feed.js';
import { firstChoices, LEVELS, useChoices, wireFilter } from './log-filter.js';
import { asText } from './log-lines.js';
import { indicesOf, LogList, rangeOf, type Selection } from './log-list.js';
import { type Finds, LogFilters, type LogLooks, LogSearch, LogView } from './log-toolbar.js';

const FIRST_LOOKS: LogLooks = { isWrapped: false, size: 'usual' };

/** The newest lines, as they are written. */
export function LiveLog({ about }: { about?: LogSubject }) {
  const text = useText();
  const { choices, change } = useChoices(about);
  const [isPaused, setPaused] = useState(false);
  const [looks, setLooks] = useState(FIRST_LOOKS);
  const [selection, setSelection] = useState<Selection>();
  const [isExporting, setExporting] = useState(false);
  const { feed, log } = useFeed(isPaused, useSettled(choices));
  const selected = useMemo(() => linesIn(log.lines, selection), [log.lines, selection]);
  const finds = useFinds(log.lines, selection, (line) => {
    setPaused(true);
    setSelection({ anchor: line.id, focus: line.id });
  });
  const onOlder = useCallback(() => void feed.loadOlder(), [feed]);
  return (
    <section className="stack" aria-label={text('logs.view-live')} onCopy={(event) => copyLines(event, selected)}>
      <LogFilters choices={choices} change={change} counts={log.counts} parts={log.parts} />
      <LogSearch choices={choices} change={change} finds={choices.text === '' ? undefined : finds} />
      <LogView looks={looks} onLooks={setLooks} isPaused={isPaused} onPause={setPaused} waiting={log.waiting}>
        <DebugParts debugged={log.debugged} part={choices.part} />
        <Button icon={Download} onClick={() => setExporting(true)}>
          {text('logs.export')}
        </Button>
      </LogView>
      {log.state === 'loading' && <Loading lines={8} />}
      {log.error && <Failure error={log.error} onRetry={() => feed.reload()} />}
      {log.state === 'ready' && (
        <LogList
          lines={log.lines}
          isPaused={isPaused}
          onPause={setPaused}
          isWrapped={looks.isWrapped}
          size={looks.size}
          isShort={selected.length > 0}
          selection={selection}
          onSelect={setSelection}
          onOlder={onOlder}
        />
      )}
      {selected.length > 0 && (
        <LogDetail
          lines={selected}
          onClose={() => setSelection(undefined)}
          onAbout={(subject) => {
            setSelection(undefined);
            setPaused(false);
            change({ ...firstChoices(subject), levels: LEVELS });
          }}
        />
      )}
      <ExportDialog isOpen={isExporting} onClose={() => setExporting(false)} filter={wireFilter(choices)} />
    </section>
  );
}

function useFeed(isPaused: boolean, choices: Parameters<typeof wireFilter>[0]) {
  const control = useControl();
  const [feed] = useState(() => new LogFeed(control));
  const log = useSyncExternalStore(feed.subscribe, feed.view);
  useEffect(() => feed.follow(), [feed]);
  useEffect(() => feed.setFilter(wireFilter(choices)), [feed, choices]);
  useEffect(() => feed.setPaused(isPaused), [feed, isPaused]);
  return { feed, log };
}

/** The lines that are selected, oldest first. */
export function linesIn(lines: readonly LogLine[], selection: Selection | undefined): readonly LogLine[] {
  const [from, to] = rangeOf(indicesOf(lines, selection));
  return to < 0 ? [] : lines.slice(from, to + 1);
}

/** Copying takes the chosen lines, unless there is text marked with the pointer. */
export function copyLines(event: ClipboardEvent, lines: readonly LogLine[]): void {
  const isInField = event.target instanceof HTMLInputElement;
  if (isInField || lines.length === 0 || String(getSelection()) !== '') return;
  event.clipboardData.setData('text/plain', lines.map(asText).join('\n'));
  event.preventDefault();
}

/** The lines in which something was found, and the way from one to the next. */
export function useFinds(
  lines: readonly LogLine[],
  selection: Selection | undefined,
  choose: (line: LogLine) => void,
): Finds {
  const found = useMemo(() => lines.filter(({ marks }) => marks !== undefined), [lines]);
  const here = found.findIndex(({ id }) => id === selection?.focus);
  return {
    count: found.length,
    at: here + 1,
    go(step) {
      const next = here < 0 ? (step > 0 ? 0 : found.length - 1) : (here + step + found.length) % found.length;
      const line = found[next];
      if (line) choose(line);
    },
  };
}
