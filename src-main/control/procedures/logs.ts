import { Type } from 'typebox';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const level = Type.Union([Type.Literal('error'), Type.Literal('warn'), Type.Literal('info'), Type.Literal('debug')]);
const time = Type.Integer({ minimum: 0, maximum: 8.64e15 });
const MOST_LINES = 5000;

const filter = {
  levels: Type.Optional(Type.Array(level, { maxItems: 4 })),
  part: Type.Optional(Type.String({ maxLength: 64 })),
  text: Type.Optional(Type.String({ maxLength: 256 })),
  isPattern: Type.Optional(Type.Boolean()),
  keepsOthers: Type.Optional(Type.Boolean()),
  about: Type.Optional(
    Type.Object(
      {
        kind: Type.Union([
          Type.Literal('request'),
          Type.Literal('server'),
          Type.Literal('room'),
          Type.Literal('person'),
        ]),
        value: Type.String({ minLength: 1, maxLength: 512 }),
      },
      closed,
    ),
  ),
  from: Type.Optional(time),
  until: Type.Optional(time),
};
const limit = Type.Integer({ minimum: 1, maximum: MOST_LINES });
const custom = Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: 50 }));
const exportWish = Type.Object(
  {
    filter: Type.Optional(Type.Object(filter, closed)),
    source: Type.Union([Type.Literal('memory'), Type.Literal('files')]),
    realNames: Type.Boolean(),
    custom,
  },
  closed,
);

/** The log: the newest lines, what is in files, and files to hand on; a console that follows asks for what came after. */
export const logProcedures = (host: ServerHost) =>
  procedures({
    'logs.read': {
      input: Type.Object(
        {
          ...filter,
          after: Type.Integer({ minimum: 0 }),
          before: Type.Optional(Type.Integer({ minimum: 0 })),
          limit,
        },
        closed,
      ),
      run: (query) => host.logs().read(query),
    },
    'logs.history': {
      input: Type.Object({ ...filter, after: Type.Optional(Type.String({ maxLength: 64 })), limit }, closed),
      run: (query) => host.logs().history(query),
    },
    'logs.condensed': {
      input: Type.Object(filter, closed),
      run: (query) => host.logs().condensed(query),
    },
    'logs.debug': {
      input: Type.Object({ part: Type.String({ minLength: 1, maxLength: 64 }), on: Type.Boolean() }, closed),
      async run({ part, on }, { announce, log }) {
        host.logs().debug(part, on);
        log.info(on ? 'a part tells every detail for 15 minutes' : 'a part tells every detail no more', { of: part });
        announce('logs.changed');
      },
    },
    'logs.previewExport': { input: exportWish, run: (wish) => host.logs().previewExport(wish) },
    'logs.export': {
      input: exportWish,
      async run(wish, { log }) {
        const saved = await host.logs().export(wish);
        log.info('log exported from the console', { lines: saved.lines, realNames: wish.realNames });
        return saved;
      },
    },
    'logs.report': {
      input: Type.Object({ realNames: Type.Boolean(), custom }, closed),
      async run(wish, { log }) {
        const saved = await host.logs().report(wish);
        log.info('problem report made from the console', { realNames: wish.realNames });
        return saved;
      },
    },
    'logs.piece': {
      input: Type.Object({ name: Type.String({ maxLength: 128 }), offset: Type.Integer({ minimum: 0 }) }, closed),
      run: ({ name, offset }) => host.logs().piece(name, offset),
    },
  });
