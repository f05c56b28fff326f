import { afterAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { isServerName } from '../../src-main/spec/server-name.js';
import { startFederation } from '../support/federation.js';
import { testConfig } from '../support/homeserver.js';
import type { Query, RequestOptions, TestReply } from '../support/test-client.js';

/** Every endpoint of the house, with requests that nobody should send; what is special to one of them is beside its tests. */
const { listeners } = testConfig('/');
const federation = await startFederation(['hearth.test'], { config: { listeners } });
const server = federation.server('hearth.test');
const neighbour = await federation.fakeServer('neighbour.test');
const alice = await server.register('alice');
const root = await server.registerAdmin('root');
const roomId = await alice.createRoom();
const eventId = await alice.say(roomId, 'hello');
afterAll(() => federation.stop());

const NESTED = `${'['.repeat(500)}${']'.repeat(500)}`;
const DEFAULT_MAX_BODY = 1024 * 1024;

/** What each path parameter can be; others are words. */
const GOOD: Readonly<Record<string, string>> = {
  userId: alice.userId,
  roomId,
  roomIdOrAlias: roomId,
  roomAlias: `#fire:${server.serverName}`,
  eventId,
  threadRoot: eventId,
  deviceId: alice.deviceId,
  serverName: server.serverName,
  receiptType: 'm.read',
  authType: 'm.login.dummy',
  kind: 'content',
  relType: 'm.thread',
  keyName: 'displayname',
};

/** Ids that are none, by the parameter that they are put in place of. */
const NO_IDS = [
  'nonsense',
  '@',
  '!',
  '$',
  '#',
  '@a',
  '#a',
  '@a:',
  '\0',
  `@${'a'.repeat(300)}:a`,
  `!${'a'.repeat(300)}`,
];
const ID_PARAMS = new Set(['userId', 'roomId', 'roomIdOrAlias', 'roomAlias', 'eventId', 'threadRoot', 'serverName']);
/** Encodings that no text has, and texts that no parameter expects; an empty one is another path. */
const STRANGE = ['%00', '%F0%9F%94%A5', '%2F', '%2E%2E%2F', `${'a'.repeat(2000)}`, '%20', '%22', "'%20OR%201%3D1"];

const paramsOf = ({ path }: Endpoint) => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
const pathFor = ({ path }: Endpoint, odd: Readonly<Record<string, string>> = {}) =>
  path.replaceAll(/:(\w+)/g, (_all, name: string) => odd[name] ?? encodeURIComponent(GOOD[name] ?? 'word'));

interface Asker {
  request(method: string, path: string, options?: RequestOptions): Promise<TestReply>;
}

/** Another server, whose requests are signed, whatever is in them. */
const signing: Asker = {
  request(method, path, { query, body } = {}) {
    const uri = `${path}${queryText(query)}`;
    const text =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const authorization = neighbour.authorization(server.serverName, method, uri, jsonIn(text));
    return server.stranger.request(method, uri, { body: text, headers: { authorization } });
  },
};

function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, String(one)]),
  );
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
}

/** What can be signed of a body. */
function jsonIn(text: string | Uint8Array | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(Buffer.from(text).toString());
  } catch {
    return undefined;
  }
}

const clientFor = ({ auth }: Endpoint): Asker => {
  if (auth === 'server') return signing;
  return auth === 'admin' ? root : alice;
};

/** What an endpoint must know of the query before it looks at anything else; and nothing is to be waited for. */
const queryFor = ({ query = {} }: Endpoint): Query =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, shape]): [string, string][] => {
      if (name === 'timeout') return [[name, '0']];
      return isOptional(shape as Facts) ? [] : [[name, '1']];
    }),
  );

interface Facts {
  readonly type?: string;
  readonly default?: unknown;
  readonly '~optional'?: true;
}
const isOptional = (shape: Facts) => shape['~optional'] === true || 'default' in shape;

type Row = readonly [name: string, endpoint: Endpoint];
const rows: Row[] = server.endpoints.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint]);
const withBody = rows.filter(([, endpoint]) => endpoint.body && !endpoint.rawBody);
const refusal = (status: number, errcode: string) => ({ status, body: { errcode, error: expect.any(String) } });

/** Endpoints that these may call. */
const isFor = (...auths: string[]) => rows.filter(([, endpoint]) => auths.includes(endpoint.auth));

const send = (endpoint: Endpoint, body: string | Buffer) =>
  clientFor(endpoint).request(endpoint.method, pathFor(endpoint), { query: queryFor(endpoint), body });

/** 502: another server was to be asked, which there is not. */
const isBorne = (status: number) => status < 500 || status === 502;

/** @param odd path parameters as they are to be sent */
const ask = (endpoint: Endpoint, odd: Record<string, string>): Promise<TestReply> =>
  clientFor(endpoint).request(endpoint.method, pathFor(endpoint, odd), {
    query: queryFor(endpoint),
    ...(endpoint.body && { body: {} }),
  });

describe('another method', () => {
  it.each(rows)('than %s is refused', async (_name, endpoint) => {
    expect(await alice.request('PATCH', pathFor(endpoint))).toMatchObject(refusal(405, 'M_UNRECOGNIZED'));
  });
});

describe('tokens', () => {
  it.each(isFor('user', 'guest', 'admin'))('%s wants one', async (_name, endpoint) => {
    const ask = (client: Asker) => client.request(endpoint.method, pathFor(endpoint));
    expect(await ask(server.stranger)).toMatchObject(refusal(401, 'M_MISSING_TOKEN'));
    expect(await ask(server.withToken('stolen'))).toMatchObject(refusal(401, 'M_UNKNOWN_TOKEN'));
  });

  it.each(isFor('optional'))('%s takes none or a good one', async (_name, endpoint) => {
    const reply = await server.withToken('stolen').request(endpoint.method, pathFor(endpoint));
    expect(reply).toMatchObject(refusal(401, 'M_UNKNOWN_TOKEN'));
  });

  it.each(isFor('server'))('%s wants a signature of another server', async (_name, endpoint) => {
    const { status, body } = await alice.request(endpoint.method, pathFor(endpoint), {
      query: queryFor(endpoint),
      ...(endpoint.body && { body: {} }),
    });
    expect([status, body.errcode]).toEqual([401, 'M_UNAUTHORIZED']);
  });

  it.each(isFor('admin'))('%s wants one of an administrator', async (_name, endpoint) => {
    expect(await alice.request(endpoint.method, pathFor(endpoint))).toMatchObject(refusal(403, 'M_FORBIDDEN'));
  });
});

describe('bodies', () => {
  it.each(withBody)('of %s must be JSON', async (_name, endpoint) => {
    for (const body of ['{"a":', 'a=b', '{"a":NaN}', '\ufeff{}', Buffer.from('7b2261223a22ff227d', 'hex')]) {
      expect(await send(endpoint, body), String(body)).toMatchObject(refusal(400, 'M_NOT_JSON'));
    }
  });

  it.each(withBody)('of %s must be an object, and not nested without end', async (_name, endpoint) => {
    const errcode = endpoint.badBody ?? 'M_BAD_JSON';
    for (const body of ['[]', 'null', '"text"', '1']) {
      expect(await send(endpoint, body), body).toMatchObject(refusal(400, errcode));
    }
    expect(await send(endpoint, `{"a":${NESTED}}`)).toMatchObject(refusal(400, 'M_BAD_JSON'));
  });

  it.each(withBody)('of %s have a bound', async (_name, endpoint) => {
    const bytes = (endpoint.maxBody ?? DEFAULT_MAX_BODY) + 1;
    const body = `{"a":"${'a'.repeat(bytes - 8)}"}`;
    expect(await send(endpoint, body)).toMatchObject(refusal(413, 'M_TOO_LARGE'));
  });
});

describe('paths', () => {
  const withParams = rows.filter(([, endpoint]) => paramsOf(endpoint).length > 0);
  const withIds = rows.filter(([, endpoint]) => paramsOf(endpoint).some((name) => ID_PARAMS.has(name)));
  it.each(withIds)('of %s hold ids', async (_name, endpoint) => {
    for (const name of paramsOf(endpoint).filter((param) => ID_PARAMS.has(param))) {
      for (const id of NO_IDS.filter((one) => name !== 'serverName' || !isServerName(one))) {
        const { status, body } = await ask(endpoint, { [name]: encodeURIComponent(id) });
        expect([400, 403, 404], `${name} = ${id}: ${status} ${JSON.stringify(body)}`).toContain(status);
      }
    }
  });

  it.each(withParams)('of %s bear whatever comes', async (_name, endpoint) => {
    for (const name of paramsOf(endpoint)) {
      for (const text of STRANGE) {
        const { status, body } = await ask(endpoint, { [name]: text });
        expect(isBorne(status), `${name} = ${text}: ${JSON.stringify(body)}`).toBe(true);
      }
    }
  });

  it.each(withParams)('of %s are percent-encoded UTF-8', async (_name, endpoint) => {
    for (const name of paramsOf(endpoint)) {
      for (const text of ['%zz', '%4', '%ff'])
        expect(await ask(endpoint, { [name]: text })).toMatchObject({ status: 400 });
    }
  });
});

describe('queries', () => {
  const withQuery = rows.filter(([, endpoint]) => endpoint.query);

  it.each(withQuery)('of %s bear whatever comes', async (_name, endpoint) => {
    for (const name of Object.keys(endpoint.query ?? {})) {
      if (name === 'timeout') continue; // would be waited for
      for (const value of ['', '-1', '1e400', '\0', 'nonsense', '{', '[]', 'a'.repeat(4000), ['1', '2']]) {
        const { status, body } = await clientFor(endpoint).request(endpoint.method, pathFor(endpoint), {
          query: { ...queryFor(endpoint), [name]: value },
          ...(endpoint.body && { body: {} }),
        });
        expect(isBorne(status), `${name} = ${String(value)}: ${JSON.stringify(body)}`).toBe(true);
      }
    }
  });

  it.each(withQuery)('of %s have numbers and booleans where they belong', async (_name, endpoint) => {
    for (const [name, shape] of Object.entries(endpoint.query ?? {})) {
      const { type } = shape as Facts;
      if (type !== 'integer' && type !== 'boolean') continue;
      const reply = await clientFor(endpoint).request(endpoint.method, pathFor(endpoint), {
        query: { [name]: 'maybe' },
        ...(endpoint.body && { body: {} }),
      });
      expect(reply, name).toMatchObject(refusal(400, 'M_INVALID_PARAM'));
    }
  });
});
