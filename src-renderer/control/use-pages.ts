import { useCallback, useEffect, useRef, useState } from 'react';
import type {
  ControlEvent,
  ControlFailure,
  ControlProcedures,
  ControlResult,
  InputOf,
  OutputOf,
  ProcedureName,
} from '../../src-main/control/contract.js';
import { useControl } from './use-control.js';

/** Lists that come a page at a time: each answer says where the next page begins. */
type PagedName = {
  [N in ProcedureName]: ControlProcedures[N] extends { output: { next: string | undefined } } ? N : never;
}[ProcedureName];

type PageOf<N extends PagedName> = OutputOf<N> & { readonly next: string | undefined };

/** Pages seen so far, or none yet, or why there are none. */
export type Pages<N extends PagedName> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: ControlFailure; reload(): void }
  | {
      readonly state: 'ready';
      readonly first: PageOf<N>;
      readonly pages: readonly PageOf<N>[];
      /** undefined: all are here */
      readonly further: { isBusy: boolean; error: ControlFailure | undefined; load(): void } | undefined;
      reload(): void;
    };

interface Known<N extends PagedName> {
  readonly key: string;
  readonly pages: readonly PageOf<N>[];
  readonly error?: ControlFailure;
  readonly moreError?: ControlFailure;
  readonly isMore?: boolean;
}

/** Pages that are asked for again when something changed; those after them stay as they were. */
const FRESH = 5;

/** Asks for a list page by page. What was seen is asked for again when one of `refreshOn` is announced. */
export function usePages<N extends PagedName>(
  name: N,
  input: InputOf<N>,
  refreshOn: readonly ControlEvent[] = [],
  every?: number,
): Pages<N> {
  const control = useControl();
  const key = JSON.stringify([name, input]);
  const [known, setKnown] = useState<Known<N>>({ key, pages: [] });
  const latest = useRef(0);
  const here = useRef(known);
  useEffect(() => {
    here.current = known;
  }, [known]);

  const ask = useCallback(
    (after: string | undefined): Promise<ControlResult<PageOf<N>>> => {
      const [, asked] = JSON.parse(key) as [N, object | null];
      const input = { ...asked, ...(after === undefined ? {} : { after }) } as InputOf<N>;
      return control.call(name, input) as Promise<ControlResult<PageOf<N>>>;
    },
    [control, key, name],
  );

  const refresh = useCallback(async () => {
    const turn = ++latest.current;
    const seen = here.current.key === key ? here.current.pages : [];
    const fresh: PageOf<N>[] = [];
    let after: string | undefined;
    do {
      // each page begins where the one before it ends
      // oxlint-disable-next-line no-await-in-loop
      const result = await ask(after);
      if (turn !== latest.current) return;
      if (!result.ok) {
        const { error } = result;
        return setKnown((before) => (before.key === key ? { ...before, error } : { key, pages: [], error }));
      }
      fresh.push(result.value);
      after = result.value.next;
    } while (after !== undefined && fresh.length < Math.min(seen.length, FRESH));
    setKnown({ key, pages: [...fresh, ...seen.slice(fresh.length)] });
  }, [ask, key]);

  const loadMore = useCallback(async () => {
    const { pages, isMore } = here.current;
    const after = pages.at(-1)?.next;
    if (after === undefined || isMore || here.current.key !== key) return;
    const turn = latest.current;
    setKnown((before) => ({ ...before, isMore: true }));
    const result = await ask(after);
    if (turn !== latest.current) return setKnown((before) => ({ ...before, isMore: false }));
    setKnown((before) =>
      result.ok
        ? { key, pages: [...before.pages, result.value] }
        : { ...before, isMore: false, moreError: result.error },
    );
  }, [ask, key]);

  useEffect(() => {
    void refresh();
    const leave = control.subscribe((event) => {
      if (refreshOn.includes(event) || event === 'connection.changed') void refresh();
    });
    const timer = every === undefined ? undefined : setInterval(() => void refresh(), every);
    return () => {
      latest.current += 1;
      leave();
      clearInterval(timer);
    };
    // refreshOn is a list of fixed words at each call
    // oxlint-disable-next-line react/exhaustive-deps
  }, [refresh, control, every]);

  const reload = () => void refresh();
  const [first] = known.pages;
  if (known.key !== key) return { state: 'loading' };
  if (!first) return known.error ? { state: 'failed', error: known.error, reload } : { state: 'loading' };
  const isEnd = known.pages.at(-1)?.next === undefined;
  const further = { isBusy: known.isMore === true, error: known.moreError, load: () => void loadMore() };
  return { state: 'ready', first, pages: known.pages, further: isEnd ? undefined : further, reload };
}
