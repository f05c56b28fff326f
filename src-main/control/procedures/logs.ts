import { Type } from 'typebox';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const level = Type.Union([Type.Literal('error'), Type.Literal('warn'), Type.Literal('info'), Type.Literal('debug')]);
const MOST_LINES = 5000;

/** The newest lines of the log, filtered; a console that follows asks for what came after the last line it saw. */
export const logProcedures = (host: ServerHost) =>
  procedures({
    'logs.read': {
      input: Type.Object(
        {
          after: Type.Integer({ minimum: 0 }),
          levels: Type.Optional(Type.Array(level, { maxItems: 4 })),
          part: Type.Optional(Type.String({ maxLength: 64 })),
          text: Type.Optional(Type.String({ maxLength: 256 })),
          limit: Type.Integer({ minimum: 1, maximum: MOST_LINES }),
        },
        { additionalProperties: false },
      ),
      run: async (query) => host.readLogs(query),
    },
  });
