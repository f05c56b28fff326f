import { createContext, useCallback, useContext, useEffect, useRef, useState } from 'react';
import type {
  ControlEvent,
  ControlFailure,
  ControlResult,
  InputOf,
  OutputOf,
  ProcedureName,
} from '../../src-main/control/contract.js';
import type { ControlClient } from './control-client.js';

export const ControlContext = createContext<ControlClient | undefined>(undefined);

/** The way to the server. */
export function useControl(): ControlClient {
  const client = useContext(ControlContext);
  if (!client) throw new Error('no control client around this component');
  return client;
}

/** What a query knows: nothing yet, why it failed, or a value, with the failure of the last refresh when that failed. */
export type Query<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: ControlFailure; reload(): void }
  | { readonly state: 'ready'; readonly value: T; readonly stale: ControlFailure | undefined; reload(): void };

type Known<T> = { value?: { of: T }; error?: ControlFailure; key: string };

/**
 * Asks the server, and asks again when one of `refreshOn` is announced, when `input` changes, and every `every` ms.
 * A value once seen stays while a refresh is under way or fails.
 */
export function useQuery<N extends ProcedureName>(
  name: N,
  input: InputOf<N>,
  refreshOn: readonly ControlEvent[] = [],
  every?: number,
): Query<OutputOf<N>> {
  const control = useControl();
  const key = JSON.stringify([name, input]);
  const [known, setKnown] = useState<Known<OutputOf<N>>>({ key });
  const latest = useRef(0);

  const load = useCallback(async () => {
    const turn = ++latest.current;
    const [, asked] = JSON.parse(key) as [N, InputOf<N> | null];
    const result = await control.call(name, (asked ?? undefined) as InputOf<N>);
    if (turn !== latest.current) return;
    setKnown((before) => next(before, key, result));
  }, [control, key, name]);

  useEffect(() => {
    void load();
    const leave = control.subscribe((event) => {
      if (refreshOn.includes(event) || event === 'connection.changed') void load();
    });
    const timer = every === undefined ? undefined : setInterval(() => void load(), every);
    return () => {
      latest.current += 1;
      leave();
      clearInterval(timer);
    };
    // refreshOn is a list of fixed words at each call
    // oxlint-disable-next-line react/exhaustive-deps
  }, [load, control, every]);

  const reload = () => void load();
  if (known.key === key && known.value) return { state: 'ready', value: known.value.of, stale: known.error, reload };
  if (known.key === key && known.error) return { state: 'failed', error: known.error, reload };
  return { state: 'loading' };
}

function next<T>(before: Known<T>, key: string, result: ControlResult<T>): Known<T> {
  if (result.ok) return { key, value: { of: result.value } };
  return before.key === key ? { ...before, error: result.error } : { key, error: result.error };
}

/** A call that a person makes: whether it is under way, and why it failed. */
export interface Action<N extends ProcedureName> {
  readonly isBusy: boolean;
  readonly error: ControlFailure | undefined;
  /** Resolves with the answer, or undefined when it failed: then `error` says why. */
  run(input: InputOf<N>): Promise<{ readonly value: OutputOf<N> } | undefined>;
  forget(): void;
}

/** Calls go out one after another: what was asked for last is done last, however slow the way is. */
export function useAction<N extends ProcedureName>(name: N): Action<N> {
  const control = useControl();
  const latest = useRef<Promise<unknown>>(Promise.resolve());
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ControlFailure>();
  const run = useCallback(
    async (input: InputOf<N>) => {
      setBusy(true);
      setError(undefined);
      const call = latest.current.then(() => control.call(name, input));
      latest.current = call;
      const result = await call;
      if (latest.current === call) setBusy(false);
      if (result.ok) return { value: result.value };
      setError(result.error);
      return undefined;
    },
    [control, name],
  );
  const forget = useCallback(() => setError(undefined), []);
  return { isBusy, error, run, forget };
}
