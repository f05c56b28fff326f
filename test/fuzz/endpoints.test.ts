import type { TSchema } from 'typebox';
import { expect, it } from 'vitest';
import type { Logger } from '../../src-main/base/logger.js';
import { silentLogger } from '../../src-main/base/logger.js';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { pathsOf } from '../../src-main/http/routes.js';
import { describeEachDatabase, type TestDatabases } from '../support/databases.js';
import { startHomeserver, type TestHomeserver } from '../support/homeserver.js';
import type { RequestOptions, TestUser } from '../support/test-client.js';
import { Nonsense } from './nonsense.js';
import { Random } from './random.js';

const SEED = Number(process.env['HEARTH_FUZZ_SEED'] ?? 1);
/** Requests of each endpoint; by hand a thousand times as many. */
const ROUNDS = Number(process.env['HEARTH_FUZZ_ROUNDS'] ?? 12);

describeEachDatabase('fuzzing', (databases) => {
  it('finds no request that makes the server fail', () => fuzz(databases), 600_000);
});

async function fuzz(databases: TestDatabases): Promise<void> {
  const failures: unknown[] = [];
  const database = await databases.create();
  await using server = await startHomeserver({ database, log: rememberingErrors(failures) });
  const world = await createWorld(server);
  const random = new Random(SEED);
  const nonsense = new Nonsense(random, world.ids);
  /** one for each endpoint */
  const wrong = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const endpoint of server.endpoints) {
      const { method, path, options } = requestFor(endpoint, random, nonsense);
      const said = `seed ${SEED} round ${round}: ${method} ${path} ${JSON.stringify(options)?.slice(0, 1500)}`;
      try {
        const client = random.chance(0.05) ? server.stranger : await world.user();
        const { status, body } = await client.request(method, path, options);
        if (status >= 500) wrong.set(endpoint.path, `${said}\n  ${status} ${JSON.stringify(body)}`);
      } catch (error) {
        wrong.set(endpoint.path, `${said}\n  ${String(error)}`);
      }
    }
  }
  expect([...wrong.values()]).toEqual([]);
  expect(failures).toEqual([]);
}

interface World {
  readonly ids: readonly string[];
  /** somebody whose token works still: some requests log out or deactivate */
  user(): Promise<TestUser>;
}

async function createWorld(server: TestHomeserver): Promise<World> {
  let alice = await server.register('alice');
  const bob = await server.register('bob');
  let people = 0;
  const roomId = await alice.createRoom({ preset: 'public_chat', room_alias_name: 'room' });
  await bob.join(roomId);
  const eventId = await alice.say(roomId, 'hello');
  return {
    ids: [
      alice.userId,
      bob.userId,
      alice.deviceId,
      roomId,
      `#room:${server.serverName}`,
      eventId,
      'm.room.message',
      'm.room.member',
      'm.room.power_levels',
      'm.room.topic',
      'm.read',
      'join',
      'b',
      'f',
      server.serverName,
      'm.login.dummy',
      'm.login.password',
      'm.id.user',
      's1',
      '1',
    ],
    async user() {
      if ((await alice.get('/account/whoami')).status === 200) return alice;
      people += 1;
      alice = await server.register(`alice${people}`);
      await alice.join(roomId);
      return alice;
    },
  };
}

function requestFor(endpoint: Endpoint, random: Random, nonsense: Nonsense) {
  const template = random.pick(pathsOf(endpoint));
  const path = template.replaceAll(/:[A-Za-z]+/g, () => segment(nonsense.string()));
  const query: Record<string, string> = {};
  for (const name of Object.keys(endpoint.query ?? {})) {
    // A number here would be waited for.
    if (name !== 'timeout' && random.chance(0.4)) query[name] = nonsense.string();
  }
  const options: RequestOptions = { query, ...bodyFor(endpoint.body, random, nonsense) };
  return { method: endpoint.method, path, options };
}

/** An empty one is another path, and clients resolve dots before they send. */
const segment = (text: string) => (text === '' || text === '..' ? 'x' : encodeURIComponent(text));

function bodyFor(shape: TSchema | undefined, random: Random, nonsense: Nonsense): Pick<RequestOptions, 'body'> {
  if (!shape) return random.chance(0.9) ? {} : { body: nonsense.string() };
  if (random.chance(0.05)) return { body: nonsense.string() };
  return { body: random.chance(0.9) ? nonsense.like(shape) : nonsense.any() };
}

function rememberingErrors(failures: unknown[]): Logger {
  const log: Logger = {
    ...silentLogger,
    error: (message, fields) => failures.push({ message, ...fields, error: String(fields?.['error']) }),
    child: () => log,
  };
  return log;
}
