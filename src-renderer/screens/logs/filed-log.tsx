import { FileSearch } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ControlFailure, LogHistoryPage, LogLine, LogSubject } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useControl, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { LogDetail } from './log-detail.js';
import { type Choices, firstChoices, useChoices, wireFilter } from './log-filter.js';
import { LogList, type Selection } from './log-list.js';
import { LogFilters, type LogLooks, LogSearch, LogView } from './log-toolbar.js';
import { copyLines, linesIn, useFinds } from './live-log.js';

const PAGE = 1000;
const MOST_LINES = 100_000;

/** What is in the files, of earlier runs too. The newest are looked through first; one goes on as far as one likes. */
export function FiledLog() {
  const text = useText();
  const { choices, change } = useChoices();
  const [looks, setLooks] = useState<LogLooks>({ isWrapped: false, size: 'usual' });
  const [selection, setSelection] = useState<Selection>();
  const known = useQuery('logs.read', { after: 0, limit: 1 });
  const found = useFiled(useSettled(choices));
  const selected = useMemo(() => linesIn(found.lines, selection), [found.lines, selection]);
  const finds = useFinds(found.lines, selection, ({ id }) => setSelection({ anchor: id, focus: id }));
  const onAbout = (about: LogSubject) => {
    setSelection(undefined);
    change(firstChoices(about));
  };
  return (
    <section className="stack" aria-label={text('logs.view-files')} onCopy={(event) => copyLines(event, selected)}>
      <LogFilters
        choices={choices}
        change={change}
        counts={undefined}
        parts={known.state === 'ready' ? known.value.parts : []}
      />
      <LogSearch choices={choices} change={change} finds={choices.text === '' ? undefined : finds} />
      <LogView looks={looks} onLooks={setLooks}>
        <Reach found={found} />
      </LogView>
      {found.error && <Failure error={found.error} onRetry={found.more} />}
      {!found.page && found.isBusy && <Loading lines={8} />}
      {found.page && (
        <LogList
          lines={found.lines}
          isPaused
          onPause={ignore}
          isWrapped={looks.isWrapped}
          size={looks.size}
          isShort={selected.length > 0}
          selection={selection}
          onSelect={setSelection}
          onOlder={found.more}
          startsAtEnd
        />
      )}
      {selected.length > 0 && <LogDetail lines={selected} onClose={() => setSelection(undefined)} onAbout={onAbout} />}
    </section>
  );
}

/** Lines of files do not move: there is nothing to pause. */
const ignore = () => undefined;

function Reach({ found }: { found: Filed }) {
  const text = useText();
  const { page, isBusy, more } = found;
  if (!page) return null;
  return (
    <>
      <span className="small soft" role="status">
        {page.reached === undefined
          ? text('logs.files', { count: page.files.count, size: text.bytes(page.files.bytes) })
          : text('logs.reached', { when: text.dateTime(page.reached), size: text.bytes(page.files.bytes) })}
      </span>
      {page.next !== undefined && (
        <Button icon={FileSearch} isBusy={isBusy} onClick={more}>
          {text('logs.further')}
        </Button>
      )}
    </>
  );
}

interface Filed {
  readonly lines: readonly LogLine[];
  /** the last page that came */
  readonly page: LogHistoryPage | undefined;
  readonly error: ControlFailure | undefined;
  readonly isBusy: boolean;
  more(): void;
}

interface Known {
  /** what was asked for */
  readonly of: Choices;
  readonly lines: readonly LogLine[];
  readonly page?: LogHistoryPage;
  readonly error?: ControlFailure;
}

/** Reads files backwards, page by page; begins anew when the choices change. */
function useFiled(choices: Choices): Filed {
  const control = useControl();
  const [known, setKnown] = useState<Known>();
  const [isGoingOn, setGoingOn] = useState(false);
  const turn = useRef(0);
  const ask = useCallback(
    async (before: Known) => {
      const mine = ++turn.current;
      const after = before.page?.next;
      const result = await control.call('logs.history', {
        ...wireFilter(choices),
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      });
      if (mine !== turn.current) return;
      setGoingOn(false);
      if (!result.ok) return setKnown({ ...before, error: result.error });
      const fresh = result.value.lines.map((line, index) => ({ ...line, id: -1 - before.lines.length - index }));
      const lines = [...fresh.toReversed(), ...before.lines].slice(-MOST_LINES);
      return setKnown({ of: choices, lines, page: result.value });
    },
    [control, choices],
  );
  useEffect(() => {
    const soon = setTimeout(() => void ask({ of: choices, lines: [] }));
    return () => clearTimeout(soon);
  }, [ask, choices]);
  const here = known?.of === choices ? known : undefined;
  const isBusy = isGoingOn || !here;
  const more = useCallback(() => {
    if (!here || isBusy || here.lines.length >= MOST_LINES) return;
    if (!here.error && here.page?.next === undefined) return;
    setGoingOn(true);
    void ask(here);
  }, [ask, isBusy, here]);
  return { lines: here?.lines ?? [], page: here?.page, error: here?.error, isBusy, more };
}
