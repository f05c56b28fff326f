import type { ControlEvent, ControlResult, InputOf, OutputOf, ProcedureName } from '../../src-main/control/contract.js';
import type { ControlClient } from './control-client.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const KEY = /^#key=([\w-]+)$/;

const unreachable = (message: string) => ({ ok: false, error: { code: 'UNREACHABLE', message } }) as const;

/** Speaks to the console's own listener, which served these pages. */
export function createHttpClient(): ControlClient {
  const listeners = new Set<(event: ControlEvent) => void>();
  let source: EventSource | undefined;
  let isLocked = false;
  const tell = (event: ControlEvent) => {
    for (const listener of listeners) listener(event);
  };
  const open = () => {
    source = new EventSource('control/events');
    source.addEventListener('message', (message: MessageEvent<string>) =>
      tell(JSON.parse(message.data) as ControlEvent),
    );
    source.addEventListener('open', () => tell('connection.changed'));
    source.addEventListener('error', () => tell('connection.changed'));
  };
  return {
    isDesktop: false,
    async leave() {
      await fetch('session/end', { method: 'POST', headers: JSON_TYPE }).catch(() => undefined);
      location.reload();
    },
    async call<N extends ProcedureName>(name: N, input: InputOf<N>): Promise<ControlResult<OutputOf<N>>> {
      try {
        const response = await fetch(`control/${name}`, {
          method: 'POST',
          headers: JSON_TYPE,
          body: JSON.stringify(input) ?? '',
        });
        const wasLocked = isLocked;
        isLocked = response.status === 401;
        // the session is over: what decides between the door and the rooms asks anew
        if (isLocked && !wasLocked) tell('setup.changed');
        return (await response.json()) as ControlResult<OutputOf<N>>;
      } catch (error) {
        return unreachable(String(error));
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      if (!source) open();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        source?.close();
        source = undefined;
      };
    },
  };
}

/** A link opened in a tab that shows the console changes only what is behind the `#`: the page begins anew with it. */
export function openSessionsByLink(): void {
  addEventListener('hashchange', () => {
    if (KEY.test(location.hash)) void openSessionFromAddress().then(() => location.reload());
  });
}

/**
 * Trades the key in the address (`#key=…`) for a session and takes it out of the address, so that neither the history
 * nor a shoulder keeps it. Does nothing without a key.
 */
export async function openSessionFromAddress(): Promise<void> {
  const key = KEY.exec(location.hash)?.[1];
  if (!key) return;
  history.replaceState(null, '', '#/');
  await fetch('session', {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ key }),
  }).catch(() => undefined);
}
