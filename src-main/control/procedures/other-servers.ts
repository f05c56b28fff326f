import { Type } from 'typebox';
import { systemClock } from '../../base/clock.js';
import type { RoomId } from '../../spec/ids.js';
import { isServerName } from '../../spec/server-name.js';
import { DiagnosisRuns } from '../diagnosis-runs.js';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';
import { eventIdIn } from '../servers/message-way.js';

const closed = { additionalProperties: false } as const;
const serverName = Type.String({ minLength: 1, maxLength: 255 });
const allowedNames = Type.Array(serverName, { maxItems: 1000, uniqueItems: true });
const serverNames = Type.Array(serverName, { minItems: 1, maxItems: 200, uniqueItems: true });

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
    'servers.tryAll': {
      input: Type.Undefined(),
      async run(_nothing, { log }) {
        const servers = host.otherServers().tryAll();
        log.info('all servers that something waits for are tried', { servers });
        return { servers };
      },
    },
    'servers.more': {
      input: Type.Object({ serverName }, closed),
      run: ({ serverName: name }) => host.otherServers().more(name),
    },
    'servers.forgetWay': {
      input: Type.Object({ serverName }, closed),
      async run({ serverName: name }) {
        host.otherServers().forgetWay(name);
      },
    },
    'servers.blocked': { input: Type.Undefined(), run: async () => host.otherServers().blocked() },
    'servers.block': {
      input: Type.Object({ name: serverName }, closed),
      async run({ name: given }, { announce, log }) {
        const name = given.trim().toLowerCase();
        if (!isServerName(name.replace(/^\*\./, ''))) throw new ControlError('BAD_INPUT', 'that is no server name');
        const servers = host.otherServers();
        const { names } = servers.blocked();
        if (!names.includes(name)) servers.setBlocked([...names, name]);
        log.info('a server is blocked from the console', { server: name });
        announce('servers.changed');
      },
    },
    'servers.unblock': {
      input: Type.Object({ name: serverName }, closed),
      async run({ name }, { announce, log }) {
        const servers = host.otherServers();
        servers.setBlocked(servers.blocked().names.filter((each) => each !== name));
        log.info('a server is not blocked any more', { server: name });
        announce('servers.changed');
      },
    },
    'servers.allowPreview': {
      input: Type.Object({ names: allowedNames }, closed),
      run: ({ names }) => host.otherServers().allowPreview(names),
    },
    'servers.allow': {
      input: Type.Object({ names: Type.Union([allowedNames, Type.Null()]) }, closed),
      async run({ names }, { announce, log }) {
        const wrong = names?.find((name) => !isServerName(name));
        if (wrong !== undefined) throw new ControlError('BAD_INPUT', `${wrong} is no server name`);
        host.otherServers().setAllowed(names ?? undefined);
        log.info('which servers are talked to was changed from the console', { servers: names?.length });
        announce('servers.changed');
      },
    },
    'servers.traffic': {
      input: Type.Object({ span: Type.Enum(['day', 'week', 'month']) }, closed),
      run: ({ span }) => host.otherServers().traffic(span),
    },
    'servers.gone': { input: Type.Undefined(), run: () => host.otherServers().gone() },
    'servers.tidyPreview': {
      input: Type.Object({ names: serverNames }, closed),
      run: ({ names }) => host.otherServers().tidyPreview(names),
    },
    'servers.tidy': {
      input: Type.Object({ names: serverNames, copies: Type.Boolean(), rooms: Type.Boolean() }, closed),
      async run(request, { announce, log }) {
        const done = await host.otherServers().tidy(request);
        log.info('tidied up after servers from the console', { servers: request.names.length, rooms: done.rooms });
        for (const event of ['servers.changed', 'rooms.changed', 'storage.changed'] as const) announce(event);
        return done;
      },
    },
    'servers.late': {
      input: Type.Object({ message: Type.String({ minLength: 1, maxLength: 2000 }) }, closed),
      async run({ message }) {
        const eventId = eventIdIn(message);
        if (eventId === undefined) throw new ControlError('BAD_INPUT', 'that names no message');
        const way = await host.otherServers().wayOf(eventId);
        if (!way) throw new ControlError('M_NOT_FOUND', 'this server does not have that message');
        return way;
      },
    },
    'joins.list': { input: Type.Undefined(), run: async () => host.otherServers().joins() },
    'joins.cancel': {
      input: Type.Object({ roomId: Type.String({ minLength: 1, maxLength: 255 }) }, closed),
      async run({ roomId }, { announce, log }) {
        if (!host.otherServers().cancelJoin(roomId as RoomId)) {
          throw new ControlError('M_NOT_FOUND', 'nobody is joining that room');
        }
        log.info('a join was cancelled from the console', { roomId });
        announce('servers.changed');
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
