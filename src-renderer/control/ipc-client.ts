import type { ControlEvent, ControlResult, InputOf, OutputOf, ProcedureName } from '../../src-main/control/contract.js';
import type { ControlClient } from './control-client.js';

/** What the preload script puts into the page: one function for each thing, nothing of Electron's own. */
export interface HearthBridge {
  call(name: string, input: unknown): Promise<ControlResult>;
  subscribe(listener: (event: string) => void): () => void;
}

declare global {
  interface Window {
    readonly hearth?: HearthBridge;
  }
}

/** Speaks to the desktop app's main process, which passes on what the server's own process is to do. */
export function createIpcClient(bridge: HearthBridge): ControlClient {
  return {
    isDesktop: true,
    async call<N extends ProcedureName>(name: N, input: InputOf<N>): Promise<ControlResult<OutputOf<N>>> {
      return (await bridge.call(name, input)) as ControlResult<OutputOf<N>>;
    },
    subscribe: (listener) => bridge.subscribe((event) => listener(event as ControlEvent)),
  };
}
