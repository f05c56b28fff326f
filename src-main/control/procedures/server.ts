import { Type } from 'typebox';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

/** The server's life: how it is, start, stop, and what it is made of. */
export const serverProcedures = (host: ServerHost) =>
  procedures({
    'server.status': { input: Type.Undefined(), run: () => host.status() },
    'server.start': {
      input: Type.Undefined(),
      async run(_input, { log }) {
        log.info('start asked for by the console');
        await host.start();
      },
    },
    'server.stop': {
      input: Type.Undefined(),
      async run(_input, { log }) {
        log.info('stop asked for by the console');
        await host.stop();
      },
    },
    'server.restart': {
      input: Type.Undefined(),
      async run(_input, { log }) {
        log.info('restart asked for by the console');
        await host.stop();
        await host.start();
      },
    },
    'about.versions': { input: Type.Undefined(), run: async () => host.versions() },
  });
