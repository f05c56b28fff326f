import { ipcMain, type IpcMainInvokeEvent, type WebContents } from 'electron';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ControlCode, ControlResult } from '../../control/contract.js';
import type { Control } from '../../control/procedure.js';
import { isConsole } from './security.js';

/** Every channel there is between the window and this process. */
export const CHANNELS = { call: 'control', event: 'control-event' } as const;

const callShape = Type.Tuple([Type.String({ pattern: '^[a-z]+\\.[a-zA-Z]+$', maxLength: 64 }), Type.Unknown()]);
/** Calls under way at once: more is a page gone wild. */
const MOST_CALLS = 64;
const MOST_CHARACTERS = 256 * 1024;

const refusal = (code: ControlCode, message: string): ControlResult => ({ ok: false, error: { code, message } });

/**
 * Lets the console's page call `control` and hear its events.
 *
 * @returns how to end it
 */
export function bridgeControl(control: Control, contents: WebContents): () => void {
  handle(CHANNELS.call, contents, callShape, ([name, input]) => control.call(name, input));
  const leave = control.subscribe((event) => {
    if (!contents.isDestroyed()) contents.send(CHANNELS.event, event);
  });
  return () => {
    leave();
    ipcMain.removeHandler(CHANNELS.call);
  };
}

/**
 * The one way to listen to the window: asked by the top frame of our own page only, with arguments of the right shape
 * and size, and not too many at once.
 */
function handle<S extends TSchema>(
  channel: string,
  contents: WebContents,
  schema: S,
  run: (args: Static<S>) => Promise<ControlResult>,
): void {
  const shape = Compile(schema);
  let underWay = 0;
  ipcMain.handle(channel, async (event, ...args: unknown[]) => {
    if (!isOurPage(event, contents)) return refusal('FORBIDDEN', 'not asked by the console');
    if (underWay >= MOST_CALLS) return refusal('TOO_MANY_CALLS', `more than ${MOST_CALLS} calls at once`);
    if (!shape.Check(args) || sizeOf(args) > MOST_CHARACTERS)
      return refusal('BAD_INPUT', 'the call has the wrong shape');
    underWay += 1;
    try {
      return await run(args);
    } finally {
      underWay -= 1;
    }
  });
}

function isOurPage({ sender, senderFrame }: IpcMainInvokeEvent, contents: WebContents): boolean {
  return (
    sender.id === contents.id &&
    senderFrame !== null &&
    senderFrame === contents.mainFrame &&
    isConsole(senderFrame.url)
  );
}

/** As text; what is no JSON, such as a BigInt, is too large for us. */
function sizeOf(args: unknown): number {
  try {
    return JSON.stringify(args).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
