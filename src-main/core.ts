import { serveCore } from './shell/core-service.js';
import type { CorePort } from './shell/core-protocol.js';

/** Entry of the desktop app's second process: the server itself, and no Electron. `argv[2]` is the app's own folder. */
const { parentPort } = process as unknown as { parentPort?: CorePort };
const home = process.argv[2];
if (!parentPort || home === undefined)
  throw new Error('this program is started by the desktop app; the other one is `hearth`');

await serveCore(parentPort, { home }, () => process.exit(0));
