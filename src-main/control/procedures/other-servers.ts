import { Type } from 'typebox';
import { systemClock } from '../../base/clock.js';
import { DiagnosisRuns } from '../diagnosis-runs.js';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';

const closed = { additionalProperties: false } as const;
const serverName = Type.String({ minLength: 1, maxLength: 255 });

/** Other servers: how they fare, what waits for them, and why they cannot be reached. */
export function otherServerProcedures(host: ServerHost) {
  const runs = new DiagnosisRuns(systemClock);
  return procedures({
    'servers.list': {
      input: Type.Object(
        {
          search: Type.Optional(Type.String({ maxLength: 255 })),
          after: Type.Optional(Type.String({ maxLength: 255 })),
          failing: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
      run: (query) => host.otherServers().list(query),
    },
    'servers.detail': {
      input: Type.Object({ serverName }, closed),
      async run({ serverName: name }) {
        const found = await host.otherServers().detail(name);
        if (!found) throw new ControlError('M_NOT_FOUND', 'this server was never asked for anything');
        return found;
      },
    },
    'servers.tryNow': {
      input: Type.Object({ serverName }, closed),
      async run({ serverName: name }, { announce, log }) {
        const tried = await host.otherServers().tryNow(name);
        log.info('a server was tried from the console', { server: name, answered: tried.answered, why: tried.why });
        announce('servers.changed');
        return tried;
      },
    },
    'servers.diagnose': {
      input: Type.Object({ serverName, run: Type.Optional(Type.String({ maxLength: 64 })) }, closed),
      async run({ serverName: name, run }, { announce }) {
        if (run !== undefined) return runs.read(run);
        return runs.start(host.otherServers(), name, () => announce('diagnosis.changed'));
      },
    },
  });
}
