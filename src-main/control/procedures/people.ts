import { Type } from 'typebox';
import { randomPassphrase } from '../one-time-password.js';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const userId = Type.Unsafe<`@${string}:${string}`>(Type.String({ pattern: '^@[^:]+:.+$', maxLength: 255 }));

/** People of this server: who they are, and what an administrator may do for them. */
export const peopleProcedures = (host: ServerHost) =>
  procedures({
    'people.list': {
      input: Type.Object(
        {
          search: Type.Optional(Type.String({ maxLength: 255 })),
          after: Type.Optional(Type.String({ maxLength: 512 })),
          deactivated: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
      run: (query) => host.office().people(query),
    },
    'people.create': {
      input: Type.Object(
        {
          localpart: Type.String({ minLength: 1, maxLength: 255 }),
          displayName: Type.Optional(Type.String({ maxLength: 255 })),
          password: Type.Optional(Type.String({ minLength: 8, maxLength: 512 })),
          isAdmin: Type.Boolean(),
        },
        closed,
      ),
      async run({ localpart, displayName, isAdmin, password = randomPassphrase() }, { announce, log }) {
        const created = await host.office().createPerson({ localpart, displayName, password, isAdmin });
        log.info('account created from the console', { userId: created, isAdmin });
        announce('people.changed');
        return { userId: created, password };
      },
    },
    'people.resetPassword': {
      input: Type.Object({ userId, signOut: Type.Boolean() }, closed),
      async run({ userId, signOut }, { announce, log }) {
        const password = randomPassphrase();
        await host.office().setPassword(userId, password, signOut);
        log.info('password reset from the console', { userId, signOut });
        announce('people.changed');
        return { userId, password };
      },
    },
    'people.deactivate': {
      input: Type.Object({ userId }, closed),
      async run({ userId }, { announce, log }) {
        await host.office().deactivate(userId);
        log.info('account deactivated from the console', { userId });
        announce('people.changed');
      },
    },
    'people.setAdmin': {
      input: Type.Object({ userId, isAdmin: Type.Boolean() }, closed),
      async run({ userId, isAdmin }, { announce, log }) {
        await host.office().setAdmin(userId, isAdmin);
        log.info('administrator rights changed from the console', { userId, isAdmin });
        announce('people.changed');
      },
    },
  });
