import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, serve } from './serve.js';

let served: Served;
beforeAll(async () => {
  served = await serve({ bodyTimeout: 200 });
});
afterAll(() => served.close());

const ECHO = '/_matrix/client/v3/echo/x';
const nested = (depth: number) => `{"name":"a","deep":${'['.repeat(depth)}${']'.repeat(depth)}}`;

it.each([
  ['an unknown path', 'GET', '/_matrix/client/v3/nothing', 404, 'M_UNRECOGNIZED'],
  ['a path outside of Matrix', 'GET', '/favicon.ico', 404, 'M_UNRECOGNIZED'],
  ['the root', 'GET', '/', 404, 'M_UNRECOGNIZED'],
  ['a trailing slash', 'POST', `${ECHO}/`, 404, 'M_UNRECOGNIZED'],
  ['an empty path parameter', 'POST', '/_matrix/client/v3/echo/', 404, 'M_UNRECOGNIZED'],
  ['another method', 'GET', ECHO, 405, 'M_UNRECOGNIZED'],
  ['a method that nobody knows', 'REPORT', ECHO, 405, 'M_UNRECOGNIZED'],
  ['another method of an unknown path', 'PUT', '/_matrix/client/v3/nothing', 404, 'M_UNRECOGNIZED'],
  ['the unstable spelling where there is none', 'POST', '/_matrix/client/unstable/echo/x', 404, 'M_UNRECOGNIZED'],
  ['percent-encoding that is no hexadecimal', 'POST', '/_matrix/client/v3/echo/%zz', 400, 'M_UNKNOWN'],
  ['percent-encoding cut short', 'POST', '/_matrix/client/v3/echo/%4', 400, 'M_UNKNOWN'],
  ['percent-encoding that is not UTF-8', 'POST', '/_matrix/client/v3/echo/%ff', 400, 'M_UNKNOWN'],
  ['a path parameter that is too long', 'POST', `/_matrix/client/v3/echo/${'x'.repeat(256)}`, 400, 'M_INVALID_PARAM'],
])('refuses %s', async (_case, method, path, status, errcode) => {
  const reply = await served.call(method, path, { body: '{"name":"a"}' });
  expect(reply).toMatchObject({ status, body: { errcode, error: expect.any(String) } });
});

it.each([
  ['no body', '', 400, 'M_NOT_JSON'],
  ['half an object', '{"name":', 400, 'M_NOT_JSON'],
  ['a form', 'name=a', 400, 'M_NOT_JSON'],
  ['a byte order mark', '\ufeff{"name":"a"}', 400, 'M_NOT_JSON'],
  ['invalid UTF-8', Buffer.from('7b226e616d65223a22ff227d', 'hex'), 400, 'M_NOT_JSON'],
  ['NaN', '{"name":"a","age":NaN}', 400, 'M_NOT_JSON'],
  ['a list', '[]', 400, 'M_BAD_JSON'],
  ['null', 'null', 400, 'M_BAD_JSON'],
  ['a string', '"name"', 400, 'M_BAD_JSON'],
  ['deep nesting', nested(1000), 400, 'M_BAD_JSON'],
  ['half a surrogate pair', '{"name":"\\ud800"}', 400, 'M_BAD_JSON'],
  ['a missing key', '{}', 400, 'M_MISSING_PARAM'],
  ['a key of the wrong type', '{"name":1}', 400, 'M_BAD_JSON'],
  ['null for a string', '{"name":null}', 400, 'M_BAD_JSON'],
  ['an empty name', '{"name":""}', 400, 'M_BAD_JSON'],
  ['a fraction for an integer', '{"name":"a","age":1.5}', 400, 'M_BAD_JSON'],
  ['a value that is none of the choices', '{"name":"a","kind":"cow"}', 400, 'M_BAD_JSON'],
  ['a wrong type deep inside', '{"name":"a","nested":{"list":[1]}}', 400, 'M_BAD_JSON'],
  ['a body that is too large', `{"name":"${'a'.repeat(10_000)}"}`, 413, 'M_TOO_LARGE'],
])('refuses a body that is %s', async (_case, body, status, errcode) => {
  const reply = await served.call('POST', ECHO, { body });
  expect(reply).toMatchObject({ status, body: { errcode, error: expect.any(String) } });
});

it.each([
  ['a missing key', '{}', "the body's key name is missing"],
  ['a wrong type', '{"name":1}', "the body's key name must be a string"],
  ['a wrong item', '{"name":"a","nested":{"list":[1]}}', "the body's key nested.list.0 must be a string"],
  ['a missing key inside', '{"name":"a","nested":{}}', "the body's key nested.list is missing"],
  ['none of the choices', '{"name":"a","kind":"cow"}', "the body's key kind must be cat or dog"],
  ['another kind of value', '[]', 'the body must be an object'],
])('names what is wrong: %s', async (_case, body, error) => {
  expect((await served.call('POST', ECHO, { body })).body.error).toBe(error);
});

it('refuses a body that is too large although no length was announced', async () => {
  const reply = await served.call('POST', ECHO, {
    headers: { 'transfer-encoding': 'chunked' },
    body: `{"name":"${'a'.repeat(100_000)}"}`,
  });
  expect(reply).toMatchObject({ status: 413, body: { errcode: 'M_TOO_LARGE' } });
});

it('refuses a body that is announced as too large before it is sent, and cuts the connection soon', async () => {
  const socket = connect(served.port, '127.0.0.1');
  socket.write(`POST ${ECHO} HTTP/1.1\r\nhost: a\r\ncontent-length: 100000000\r\n\r\n`);
  expect(await allOf(socket)).toContain('HTTP/1.1 413');
});

it('gives up on a body that does not arrive, and on its connection', async () => {
  const socket = connect(served.port, '127.0.0.1');
  socket.write(`POST ${ECHO} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{`);
  expect(await allOf(socket)).toContain('HTTP/1.1 408');
});

it.each([
  ['a word for a number', 'limit=many', 'the query parameter limit must be an integer'],
  ['a fraction', 'limit=1.5', 'the query parameter limit must be an integer'],
  ['a number that is too small', 'limit=0', 'the query parameter limit must be >= 1'],
  ['a word for a boolean', 'full=yes', 'the query parameter full must be "true" or "false"'],
])('refuses %s in the query', async (_case, query, error) => {
  const reply = await served.call('POST', `${ECHO}?${query}`, { body: '{"name":"a"}' });
  expect(reply).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM', error } });
});

it.each([
  ['', 'M_MISSING_PARAM'],
  ['?term=', 'M_INVALID_PARAM'],
  ['?term=a&dir=x', 'M_INVALID_PARAM'],
])('answers the search "%s" with %s', async (query, errcode) => {
  const reply = await served.call('GET', `/_matrix/client/v3/search${query}`);
  expect(reply).toMatchObject({ status: 400, body: { errcode } });
});

it('uses the errcode that an endpoint has for bad bodies', async () => {
  const reply = await served.call('POST', '/_matrix/client/v3/optional', { body: '[]' });
  expect(reply).toMatchObject({ status: 400, body: { errcode: 'M_INVALID_PARAM' } });
});

it.each([
  ['no token', {}, 401, 'M_MISSING_TOKEN'],
  ['an unknown token', { authorization: 'Bearer stolen' }, 401, 'M_UNKNOWN_TOKEN'],
  ['an empty token', { authorization: 'Bearer ' }, 401, 'M_MISSING_TOKEN'],
  ['another scheme', { authorization: 'Basic alice' }, 401, 'M_MISSING_TOKEN'],
  ['two words', { authorization: 'Bearer alice alice' }, 401, 'M_MISSING_TOKEN'],
  ['a guest', { authorization: 'Bearer guest' }, 403, 'M_GUEST_ACCESS_FORBIDDEN'],
])('refuses %s where users are expected', async (_case, headers, status, errcode) => {
  const reply = await served.call('GET', '/_matrix/client/v3/for/user', { headers });
  expect(reply).toMatchObject({ status, body: { errcode } });
});

it('refuses a token in the header and one in the query together', async () => {
  const reply = await served.call('GET', '/_matrix/client/v3/for/user?access_token=alice', {
    headers: { authorization: 'Bearer alice' },
  });
  expect(reply).toMatchObject({ status: 401, body: { errcode: 'M_MISSING_TOKEN' } });
});

it.each([
  ['user', 'alice', 200, '@alice:hearth.test'],
  ['guest', 'guest', 200, '@guest:hearth.test'],
  ['optional', 'guest', 200, '@guest:hearth.test'],
  ['optional', '', 200, null],
  ['admin', 'root', 200, '@root:hearth.test'],
  ['admin', 'alice', 403, undefined],
  ['admin', 'guest', 403, undefined],
  ['optional', 'stolen', 401, undefined],
])('lets an endpoint for %s be called by "%s" with %i', async (auth, token, status, user) => {
  const reply = await served.call('GET', `/_matrix/client/v3/for/${auth}${token ? `?access_token=${token}` : ''}`);
  expect(reply.status).toBe(status);
  expect(reply.body.user).toBe(user);
});

function allOf(socket: ReturnType<typeof connect>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
