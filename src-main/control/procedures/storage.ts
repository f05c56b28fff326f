import { Type } from 'typebox';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const MOST_BYTES = 2 ** 50;
const server = Type.Optional(Type.String({ minLength: 1, maxLength: 255 }));
const mediaId = Type.String({ minLength: 1, maxLength: 255 });
const choice = Type.Object(
  { kind: Type.Enum(['copies', 'own', 'previews']), days: Type.Integer({ minimum: 1, maximum: 36_500 }) },
  closed,
);

/** What lies on the disk, what can be cleared away, and how much it may become. */
export const storageProcedures = (host: ServerHost) =>
  procedures({
    ...mediaProcedures(host),
    'storage.overview': { input: Type.Undefined(), run: () => host.storage().overview() },
    'storage.cleanUpPreview': { input: choice, run: (given) => host.storage().cleanUpAmount(given) },
    'storage.cleanUps': { input: Type.Undefined(), run: () => host.storage().cleanUps() },
    'storage.cleanUp': {
      input: choice,
      async run(given, { announce, log }) {
        const begun = await host.storage().cleanUp(given);
        log.info('a clean-up was begun from the console', { kind: given.kind, days: given.days });
        announce('storage.changed');
        return begun;
      },
    },
    'storage.cancelCleanUp': {
      input: Type.Undefined(),
      async run(_input, { announce }) {
        await host.storage().cancelCleanUp();
        announce('storage.changed');
      },
    },
    'storage.database': { input: Type.Undefined(), run: () => host.storage().database() },
    'storage.shrink': {
      input: Type.Undefined(),
      async run(_input, { announce, log }) {
        const begun = await host.storage().shrink();
        log.info('the database is written anew, begun from the console', { before: begun.before });
        announce('storage.changed');
        return begun;
      },
    },
    'storage.cancelShrink': {
      input: Type.Undefined(),
      async run(_input, { announce }) {
        await host.storage().cancelShrink();
        announce('storage.changed');
      },
    },
    'storage.setLimit': {
      input: Type.Object(
        { limit: Type.Union([Type.Null(), Type.Integer({ minimum: 1_000_000, maximum: MOST_BYTES })]) },
        closed,
      ),
      async run({ limit }, { announce, log }) {
        await host.storage().setLimit(limit ?? undefined);
        log.info('the limit of media was changed from the console', { limit });
        announce('storage.changed');
      },
    },
    'storage.setLifetime': {
      input: Type.Object({ days: Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: 36_500 })]) }, closed),
      async run({ days }, { announce, log }) {
        await host.storage().setLifetime(days ?? undefined);
        log.info('how long copies stay was changed from the console', { days });
        announce('storage.changed');
      },
    },
  });

const mediaProcedures = (host: ServerHost) =>
  procedures({
    'media.list': {
      input: Type.Object(
        {
          kind: Type.Enum(['own', 'copies']),
          search: Type.Optional(Type.String({ maxLength: 255 })),
          order: Type.Optional(Type.Enum(['size', 'created', 'used'])),
          descending: Type.Optional(Type.Boolean()),
          after: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
        },
        closed,
      ),
      run: (query) => host.storage().media(query),
    },
    'media.quarantine': {
      input: Type.Object({ server, mediaId, on: Type.Boolean() }, closed),
      async run({ on, ...place }, { announce, log }) {
        await host.storage().quarantine(place, on);
        log.info('a file was taken out of sight or shown again from the console', { ...place, on });
        announce('storage.changed');
      },
    },
    'media.protect': {
      input: Type.Object({ mediaId, on: Type.Boolean() }, closed),
      async run({ mediaId: id, on }, { announce, log }) {
        await host.storage().protect(id, on);
        log.info('a file was protected, or is no longer, from the console', { mediaId: id, on });
        announce('storage.changed');
      },
    },
    'media.remove': {
      input: Type.Object({ server, mediaId }, closed),
      async run(place, { announce, log }) {
        await host.storage().remove(place);
        log.info('a file was deleted from the console', { ...place });
        announce('storage.changed');
      },
    },
  });
