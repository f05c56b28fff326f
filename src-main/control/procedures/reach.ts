import { Type } from 'typebox';
import { REACH_STEPS } from '../../matrix/diagnostics/index.js';
import { isServerName } from '../../spec/server-name.js';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const step = Type.Union(REACH_STEPS.map((name) => Type.Literal(name)));

/** Whether others can reach this server: how it stands, and another look. */
export const reachProcedures = (host: ServerHost) =>
  procedures({
    'reach.state': { input: Type.Undefined(), run: async () => host.reach().state() },
    'reach.check': {
      input: Type.Object(
        {
          steps: Type.Optional(Type.Array(step, { minItems: 1, maxItems: REACH_STEPS.length })),
          through: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
        },
        closed,
      ),
      async run({ steps, through }, { announce, log }) {
        if (through !== undefined && !isServerName(through)) {
          throw new ControlError('BAD_INPUT', 'that is no server name');
        }
        const desk = host.reach();
        if (desk.state().running.length === 0) {
          const looking = desk.check({ steps, through });
          // What it finds is told step by step; that it failed is for the log.
          void looking
            .catch((error: unknown) => log.error('the way to this server could not be looked at', { error }))
            .finally(() => announce('reach.changed'));
        }
        return desk.state();
      },
    },
  });
