import type { ControlEvent, ControlResult } from '../control/contract.js';
import type { PowerState } from '../health/index.js';

/** What the desktop app's main process tells the process of the server. */
export type ToCore =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'power'; readonly change: PowerChange }
  /** stop the server, then end */
  | { readonly kind: 'shutdown' };

/** What the system says of the computer's power. */
export type PowerChange =
  | { readonly kind: 'suspend' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'state'; readonly state: PowerState };

/** What it hears back. */
export type FromCore =
  /** listening to calls; the server itself may still be starting */
  | { readonly kind: 'ready' }
  | { readonly kind: 'reply'; readonly id: number; readonly result: ControlResult }
  | { readonly kind: 'event'; readonly event: ControlEvent };

/** What the two processes have in common of their port: Electron's, or a test's. */
export interface CorePort {
  postMessage(message: FromCore): void;
  on(event: 'message', listener: (message: { readonly data: ToCore }) => void): unknown;
}
