import { useEffect, useState, useSyncExternalStore } from 'react';
import { Page } from '../../components/page.js';
import { Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useControl } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { LogDetail } from './log-detail.js';
import { LogFeed, type LogFilter } from './log-feed.js';
import { LogList } from './log-list.js';
import { LogToolbar } from './log-toolbar.js';

const FIRST_FILTER: LogFilter = { levels: ['error', 'warn', 'info'], part: '', text: '' };

/** What the server is doing, as it does it. */
export function LogsScreen() {
  const text = useText();
  const [filter, setFilter] = useState(FIRST_FILTER);
  const [isPaused, setPaused] = useState(false);
  const [isWrapped, setWrapped] = useState(false);
  const [selected, setSelected] = useState<number>();
  const control = useControl();
  const settled = useSettled(filter);
  const [feed] = useState(() => new LogFeed(control));
  const log = useSyncExternalStore(feed.subscribe, feed.view);
  useEffect(() => feed.follow(), [feed]);
  useEffect(() => feed.setFilter(settled), [feed, settled]);
  useEffect(() => feed.setPaused(isPaused), [feed, isPaused]);
  const line = log.lines.find(({ id }) => id === selected);
  return (
    <Page title={text('logs.title')} lead={text('logs.lead')} wide>
      <LogToolbar
        filter={filter}
        onFilter={setFilter}
        counts={log.counts}
        parts={log.parts}
        isPaused={isPaused}
        onPause={setPaused}
        isWrapped={isWrapped}
        onWrap={setWrapped}
      />
      {log.state === 'loading' && <Loading lines={8} />}
      {log.error && <Failure error={log.error} onRetry={() => feed.reload()} />}
      {log.state === 'ready' && (
        <LogList
          log={log}
          search={filter.text}
          isPaused={isPaused}
          onPause={setPaused}
          isWrapped={isWrapped}
          isShort={line !== undefined}
          selected={selected}
          onSelect={setSelected}
        />
      )}
      {line && <LogDetail line={line} onClose={() => setSelected(undefined)} />}
    </Page>
  );
}
