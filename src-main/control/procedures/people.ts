import { Type } from 'typebox';
import { randomPassphrase } from '../one-time-password.js';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const userId = Type.Unsafe<`@${string}:${string}`>(Type.String({ pattern: '^@[^:]+:.+$', maxLength: 255 }));
const limit = Type.Object(
  { perSecond: Type.Integer({ minimum: 0, maximum: 1000 }), burst: Type.Integer({ minimum: 0, maximum: 100_000 }) },
  closed,
);

/** People of this server: who they are, and what an administrator may do for them. */
export const peopleProcedures = (host: ServerHost) =>
  procedures({
    'people.list': {
      input: Type.Object(
        {
          search: Type.Optional(Type.String({ maxLength: 255 })),
          after: Type.Optional(Type.String({ maxLength: 512 })),
          deactivated: Type.Optional(Type.Boolean()),
          role: Type.Optional(Type.Union([Type.Literal('admins'), Type.Literal('restricted')])),
          order: Type.Optional(Type.Union([Type.Literal('name'), Type.Literal('created'), Type.Literal('seen')])),
          ascending: Type.Optional(Type.Boolean()),
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
    'people.passwordLink': {
      input: Type.Object({ userId, signOut: Type.Boolean() }, closed),
      async run({ userId, signOut }, { announce, log }) {
        const made = await host.office().passwordLink(userId, signOut);
        log.info('link for a new password made from the console', { userId, signOut });
        announce('people.changed');
        return made;
      },
    },
    'people.detail': {
      input: Type.Object({ userId }, closed),
      async run({ userId }) {
        const person = await host.office().person(userId);
        if (!person) throw new ControlError('M_NOT_FOUND', 'there is no such account');
        return person;
      },
    },
    'people.rename': {
      input: Type.Object({ userId, displayName: Type.String({ maxLength: 255 }) }, closed),
      async run({ userId, displayName }, { announce, log }) {
        await host.office().rename(userId, displayName.trim());
        log.info('person renamed from the console', { userId });
        announce('people.changed');
      },
    },
    'people.restrict': {
      input: Type.Object(
        { userId, restriction: Type.Union([Type.Literal('locked'), Type.Literal('suspended')]), on: Type.Boolean() },
        closed,
      ),
      async run({ userId, restriction, on }, { announce, log }) {
        await host.office().restrict(userId, restriction, on);
        log.info('account restricted from the console', { userId, restriction, on });
        announce('people.changed');
      },
    },
    'people.signOut': {
      input: Type.Object({ userId, deviceId: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })) }, closed),
      async run({ userId, deviceId }, { announce, log }) {
        await host.office().signOut(userId, deviceId);
        log.info('signed out from the console', { userId, everywhere: deviceId === undefined });
        announce('people.changed');
      },
    },
    'people.addEmail': {
      input: Type.Object({ userId, address: Type.String({ minLength: 3, maxLength: 500 }) }, closed),
      async run({ userId, address }, { announce }) {
        await host.office().addEmail(userId, address);
        announce('people.changed');
      },
    },
    'people.removeAddress': {
      input: Type.Object(
        {
          userId,
          medium: Type.Union([Type.Literal('email'), Type.Literal('msisdn')]),
          address: Type.String({ minLength: 1, maxLength: 500 }),
        },
        closed,
      ),
      async run({ userId, medium, address }, { announce }) {
        await host.office().removeAddress(userId, medium, address);
        announce('people.changed');
      },
    },
    'people.notify': {
      input: Type.Object({ userId, text: Type.String({ minLength: 1, maxLength: 4000 }) }, closed),
      async run({ userId, text }, { announce, log }) {
        await host.office().notify(userId, text);
        log.info('notice sent from the console', { userId });
        announce('people.changed');
      },
    },
    'people.limit': {
      input: Type.Object({ userId, limit: Type.Union([limit, Type.Null()]) }, closed),
      async run({ userId, limit }, { announce, log }) {
        await host.office().limit(userId, limit ?? undefined);
        log.info('limit of a person changed from the console', { userId, limit });
        announce('people.changed');
      },
    },
    'people.quota': {
      input: Type.Object(
        { userId, bytes: Type.Union([Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()]) },
        closed,
      ),
      async run({ userId, bytes }, { announce, log }) {
        await host.office().quota(userId, bytes ?? undefined);
        log.info('what a person may keep changed from the console', { userId, bytes });
        announce('people.changed');
      },
    },
    'people.activity': {
      input: Type.Object({ userId }, closed),
      run: ({ userId }) => host.office().activity(userId),
    },
    'people.deactivate': {
      input: Type.Object({ userId, erase: Type.Optional(Type.Boolean()) }, closed),
      async run({ userId, erase = false }, { announce, log }) {
        await host.office().deactivate(userId, erase);
        log.info('account deactivated from the console', { userId, erase });
        announce('people.changed');
      },
    },
    'people.erasePreview': {
      input: Type.Object({ userId }, closed),
      run: ({ userId }) => host.office().erasePreview(userId),
    },
    'people.erase': {
      input: Type.Object({ userId }, closed),
      async run({ userId }, { announce, log }) {
        const begun = await host.office().erase(userId);
        log.info('a person is being erased from the console', { userId });
        announce('people.changed');
        return begun;
      },
    },
    'people.erasures': {
      input: Type.Object({ userId: Type.Optional(userId) }, closed),
      run: ({ userId }) => host.office().erasures(userId),
    },
    'people.cancelErasure': {
      input: Type.Object({ id: Type.String({ maxLength: 64 }) }, closed),
      async run({ id }, { announce, log }) {
        const isStopped = await host.office().cancelErasure(id);
        log.info('the erasure of a person was stopped from the console', { id, isStopped });
        announce('people.changed');
        return isStopped;
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
