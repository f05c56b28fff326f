import type { ControlEvent, ControlResult, InputOf, OutputOf, ProcedureName } from '../../src-main/control/contract.js';

/** The console's one way to the server, over IPC in the desktop app and over HTTP in a browser. */
export interface ControlClient {
  /** in the desktop app there are `app.*` procedures too */
  readonly isDesktop: boolean;
  /** Never rejects: a failure is a result; UNREACHABLE when the server's process cannot be asked. */
  call<N extends ProcedureName>(name: N, input: InputOf<N>): Promise<ControlResult<OutputOf<N>>>;
  /** Ends the session of this browser; the desktop app has none. */
  readonly leave?: () => Promise<void>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: ControlEvent) => void): () => void;
}
