import { Type } from 'typebox';
import { delegationFiles, snippetFor } from '../connection/snippets.js';
import { procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';
import { certificateFiles, hostName, path, setupMode } from './shapes.js';

const closed = { additionalProperties: false } as const;
const nothing = Type.Undefined();
const address = Type.String({ maxLength: 64, pattern: '^[0-9A-Fa-f:.]*$' });
const webServer = Type.Union(
  (['caddy', 'nginx', 'apache', 'haproxy', 'traefik'] as const).map((server) => Type.Literal(server)),
);
/** It goes into another program's configuration: nothing but names, addresses and a port may stand there. */
const upstream = Type.String({ maxLength: 80, pattern: '^(?:[0-9A-Za-z.-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$' });
const choice = Type.Object(
  { mode: setupMode, host: Type.Optional(hostName), frontAddress: Type.Optional(address) },
  closed,
);

/** The server's name, and the ways that lead to it. */
export const connectionProcedures = (host: ServerHost) =>
  procedures({
    'connection.state': { input: nothing, run: async () => host.connection().state() },
    'connection.surroundings': { input: nothing, run: () => host.connection().surroundings() },
    'connection.records': {
      input: Type.Object({ serverName: hostName, host: hostName, publicAddress: Type.Optional(address) }, closed),
      run: (query) => host.connection().records(query),
    },
    'connection.delegation': { input: nothing, run: () => host.connection().delegation() },
    'connection.snippet': {
      input: Type.Object({ server: webServer, serverName: hostName, host: hostName, upstream }, closed),
      async run({ server, ...facts }) {
        const delegation = facts.serverName === facts.host ? [] : delegationFiles(facts);
        return { ...snippetFor(server, facts), delegation };
      },
    },
    'connection.checkCertificate': {
      input: Type.Object({ ...certificateFiles, host: hostName }, closed),
      run: async (query) => host.connection().judge(query),
    },
    'connection.useCertificate': {
      input: Type.Object({ certificatePath: path, privateKeyPath: path }, closed),
      async run(files, { announce, log }) {
        const used = host.connection().useCertificate(files);
        log.info('another certificate is served, as the console said', { path: files.certificatePath });
        announce('address.changed');
        return used;
      },
    },
    'connection.plan': { input: choice, run: async (wanted) => host.connection().plan(wanted) },
    'connection.apply': {
      input: choice,
      async run(wanted, { announce, log }) {
        host.connection().apply(wanted);
        log.info('who should reach the server was changed from the console', { mode: wanted.mode, host: wanted.host });
        announce('address.changed');
      },
    },
    'connection.setCalls': {
      input: Type.Object(
        {
          turnUris: Type.Array(Type.String({ maxLength: 300, pattern: '^(?:turns?|stuns?):' }), { maxItems: 10 }),
          turnSecret: Type.Optional(Type.String({ maxLength: 512 })),
        },
        closed,
      ),
      async run(settings, { announce, log }) {
        host.connection().setCalls(settings);
        log.info('the servers for calls were changed from the console', { uris: settings.turnUris.length });
        announce('address.changed');
      },
    },
    'kit.state': { input: nothing, run: async () => host.connection().kit() },
    'kit.make': {
      input: nothing,
      async run(_input, { log }) {
        log.info('a recovery kit was made');
        return host.connection().makeKit();
      },
    },
    'kit.confirm': {
      input: Type.Object({ ending: Type.String({ maxLength: 64 }) }, closed),
      async run({ ending }, { announce, log }) {
        host.connection().confirmKit(ending);
        log.info('a recovery kit is saved');
        announce('address.changed');
      },
    },
  });
