import type { TSchema } from 'typebox';
import { expect, it } from 'vitest';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { pathsOf } from '../../src-main/http/routes.js';
import { describeEachDatabase, type TestDatabases } from '../support/databases.js';
import { emailConfig } from '../support/email.js';
import { PNG } from '../support/fixtures.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../support/homeserver.js';
import { startSmtpServer } from '../support/smtp-server.js';
import type { RequestOptions, TestUser } from '../support/test-client.js';
import { TestDns } from '../support/test-dns.js';
import { isFailure, rememberingErrors } from './failures.js';
import { Nonsense, type Sense } from './nonsense.js';
import { Random } from './random.js';

const SEED = Number(process.env['HEARTH_FUZZ_SEED'] ?? 1);
/** Requests of each endpoint; by hand a thousand times as many. */
const ROUNDS = Number(process.env['HEARTH_FUZZ_ROUNDS'] ?? 12);

describeEachDatabase('fuzzing', (databases) => {
  it('finds no request that makes the server fail', () => fuzz(databases), 600_000);
});

const { urlPreviews, rooms, registration, thirdParty } = testConfig('/nowhere');
/** What is off unless it is switched on. */
const everything = {
  urlPreviews: { ...urlPreviews, enabled: true },
  rooms: { ...rooms, longestEventDelay: 1000 },
  registration: { ...registration, guests: true },
  thirdParty: { ...thirdParty, phoneDelegate: 'https://phones.test/' },
};

async function fuzz(databases: TestDatabases): Promise<void> {
  const failures: unknown[] = [];
  const database = await databases.create();
  const log = rememberingErrors(failures);
  await using post = await startSmtpServer();
  const config = { ...everything, email: emailConfig(post.port) };
  // Nobody is asked for: no name leads anywhere.
  await using server = await startHomeserver({ database, log, config, dns: new TestDns() });
  const random = new Random(SEED);
  /** one for each endpoint */
  const wrong = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const scene = await createScene(server, round);
    const nonsense = new Nonsense(random, scene.sense);
    for (const endpoint of server.endpoints) {
      if (ENDS_SESSIONS.test(endpoint.path) && !random.chance(0.1)) continue;
      const { method, path, options } = requestFor(endpoint, random, nonsense);
      const said = `seed ${SEED} round ${round}: ${method} ${path} ${JSON.stringify(options)?.slice(0, 1500)}`;
      try {
        const client = random.chance(0.05) ? server.stranger : random.pick(scene.people);
        const { status, body } = await client.request(method, path, options);
        if (isFailure(status)) wrong.set(endpoint.path, `${said}\n  ${status} ${JSON.stringify(body)}`);
      } catch (error) {
        wrong.set(endpoint.path, `${said}\n  ${String(error)}`);
      }
    }
  }
  expect([...wrong.values()]).toEqual([]);
  expect(failures).toEqual([]);
}

/** After these nothing else of the round is allowed. */
const ENDS_SESSIONS = /\/logout|\/deactivate$|\/delete_devices$|\/account\/password$/;

interface Scene {
  readonly people: readonly TestUser[];
  readonly sense: Sense;
}

/** Three people, one of them an administrator, and a room with some history: new ones for each round. */
async function createScene(server: TestHomeserver, round: number): Promise<Scene> {
  const alice = await server.register(`alice${round}`);
  const bob = await server.register(`bob${round}`);
  const root = await server.registerAdmin(`root${round}`);
  const alias = `#room${round}:${server.serverName}`;
  const roomId = await alice.createRoom({ preset: 'public_chat', room_alias_name: `room${round}` });
  await bob.join(roomId);
  const hello = await alice.say(roomId, 'hello');
  const answer = await bob.send(roomId, 'm.room.message', {
    msgtype: 'm.text',
    body: 'hi',
    'm.relates_to': { rel_type: 'm.thread', event_id: hello },
  });
  const media = await alice.uploadMedia(PNG, 'image/png');
  const { next_batch: token } = await alice.sync();
  const users = [alice.userId, bob.userId, root.userId];
  const types = ['m.room.message', 'm.room.member', 'm.room.topic', 'm.room.power_levels', 'm.reaction', 'm.room.name'];
  const passwords = { password: [alice.password, bob.password], newpassword: ['a new password'] };
  return {
    people: [alice, bob, root],
    sense: {
      userid: users,
      user: users,
      roomid: [roomId],
      roomidoralias: [roomId, alias],
      roomalias: [alias, `#new${round}:${server.serverName}`],
      eventid: [hello, answer],
      deviceid: [alice.deviceId, bob.deviceId],
      eventtype: types,
      type: ['m.login.password', 'm.login.dummy', 'm.id.user', ...types],
      statekey: ['', alice.userId],
      reltype: ['m.thread', 'm.annotation'],
      receipttype: ['m.read', 'm.read.private', 'm.fully_read'],
      version: ['1', '2'],
      since: [token],
      from: [token],
      to: [token],
      dir: ['b', 'f'],
      limit: ['1', '10'],
      membership: ['join', 'leave'],
      kind: ['override', 'underride', 'sender', 'room', 'content'],
      ruleid: ['.m.rule.master', 'mine', roomId],
      keyname: ['displayname', 'avatar_url', 'm.tz'],
      filter: ['{"room":{"timeline":{"limit":1}}}', '0'],
      filterid: ['0', '1'],
      servername: [server.serverName],
      mediaid: [media.split('/').at(-1) ?? ''],
      width: ['32'],
      height: ['32'],
      method: ['crop', 'scale'],
      visibility: ['public', 'private'],
      preset: ['public_chat', 'private_chat'],
      algorithm: ['m.megolm_backup.v1.curve25519-aes-sha2'],
      username: [`eve${round}`, 'alice0'],
      presence: ['online', 'offline'],
      email: [`eve${round}@people.test`],
      address: [`eve${round}@people.test`],
      medium: ['email', 'msisdn'],
      clientsecret: ['a.secret'],
      country: ['GB'],
      phonenumber: ['07700900001'],
      nextlink: ['https://app.test/'],
      idserver: ['identity.test'],
      ...passwords,
    },
  };
}

function requestFor(endpoint: Endpoint, random: Random, nonsense: Nonsense) {
  const template = random.pick(pathsOf(endpoint));
  const path = template.replaceAll(/:([A-Za-z]+)/g, (_whole, name: string) => segment(nonsense.string(name)));
  const query: Record<string, string> = {};
  for (const name of Object.keys(endpoint.query ?? {})) {
    if (name === 'timeout')
      query[name] = '0'; // any other would be waited for
    else if (random.chance(0.5)) query[name] = nonsense.string(name);
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
