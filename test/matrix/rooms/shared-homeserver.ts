import { afterAll, beforeAll } from 'vitest';
import { type HomeserverOptions, startHomeserver, type TestHomeserver } from '../../support/homeserver.js';
import type { TestUser } from '../../support/test-client.js';

/** One server for all tests of a file, with new people for each. */
export interface SharedHomeserver {
  readonly server: TestHomeserver;
  /** Somebody new whose name begins with `name`. */
  person(name?: string): Promise<TestUser>;
}

export function sharedHomeserver(options: HomeserverOptions = {}): SharedHomeserver {
  let server: TestHomeserver | undefined;
  let people = 0;
  const running = (): TestHomeserver => {
    if (!server) throw new Error('the server is not running');
    return server;
  };
  beforeAll(async () => {
    server = await startHomeserver(options);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return {
    get server() {
      return running();
    },
    person(name = 'somebody') {
      people += 1;
      return running().register(`${name}${people}`);
    },
  };
}

/** A path segment. */
export const segment = encodeURIComponent;

/** `/rooms/…` below the client API. */
export const roomPath = (roomId: string, rest: string): string => `/rooms/${segment(roomId)}/${rest}`;

/** What a refused request answers. */
export const refusal = (status: number, errcode: string) => ({ status, body: { errcode } });
