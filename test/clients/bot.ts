import Module, { createRequire } from 'node:module';
import type * as BotSdk from 'matrix-bot-sdk';
import type { TestHomeserver } from '../support/homeserver.js';

const require = createRequire(import.meta.url);
const CRYPTO = '@matrix-org/matrix-sdk-crypto-nodejs';

/** matrix-bot-sdk without the crypto package, whose binary would have to be downloaded. */
function loadBotSdk(): typeof BotSdk {
  const loader = Module as unknown as { _load(request: string, ...more: unknown[]): unknown };
  const load = loader._load;
  const nothing = new Proxy({}, { get: () => Object });
  loader._load = function (request, ...more) {
    return request === CRYPTO ? nothing : load.call(this, request, ...more);
  };
  try {
    return require('matrix-bot-sdk');
  } finally {
    loader._load = load;
  }
}

export const { AutojoinRoomsMixin, LogService, MatrixAuth, PowerLevelAction } = loadBotSdk();

const silent = () => undefined;
LogService.setLogger({ info: silent, warn: silent, error: silent, debug: silent, trace: silent });

/** Makes an account and logs a bot into it. */
export async function logInBot(server: TestHomeserver): Promise<{ bot: BotSdk.MatrixClient; userId: string }> {
  const { userId, password } = await server.register('robot');
  return { bot: await new MatrixAuth(server.url).passwordLogin('robot', password, 'Robot'), userId };
}
