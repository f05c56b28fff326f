import { expect, it } from 'vitest';
import { endpoint } from '../../src-main/http/endpoint.js';
import { ResponseCheck, type Seen } from '../support/openapi.js';

const handle = async () => ({});
const check = new ResponseCheck([
  endpoint({
    spec: 'client-server/whoami.yaml#getTokenOwner',
    method: 'GET',
    path: '/_matrix/client/v3/account/whoami',
    r0: true,
    auth: 'guest',
    handle,
  }),
  endpoint({
    spec: 'client-server/account_deactivation.yaml#deactivateAccount',
    method: 'POST',
    path: '/_matrix/client/v3/account/deactivate',
    auth: 'optional',
    handle,
  }),
  endpoint({ spec: '-', method: 'GET', path: '/_synapse/admin/v1/thing', auth: 'admin', handle }),
]);

const whoami = (more: Partial<Seen>): Seen => ({
  method: 'GET',
  url: '/_matrix/client/v3/account/whoami?x=1',
  status: 200,
  contentType: 'application/json',
  body: { user_id: '@alice:hearth.test', is_guest: false },
  ...more,
});
const deactivate = (status: number, body: unknown) =>
  whoami({ method: 'POST', url: '/_matrix/client/v3/account/deactivate', status, body });
const standardError = { errcode: 'M_FORBIDDEN', error: 'no' };

it.each([
  ['what the spec says', whoami({})],
  ['the r0 spelling', whoami({ url: '/_matrix/client/r0/account/whoami' })],
  ['keys that the spec does not know', whoami({ body: { user_id: '@alice:hearth.test', 'org.test': 1 } })],
  ['a standard error that the page does not name', whoami({ status: 413, body: standardError })],
  ['the user-interactive 401', deactivate(401, { session: 'a', flows: [{ stages: ['m.login.dummy'] }], params: {} })],
  ['the standard 401 where the page has another', deactivate(401, standardError)],
  ['anything that has no operation', whoami({ url: '/_synapse/admin/v1/thing', body: [] })],
])('accepts %s', (_case, seen) => {
  expect(() => check.check(seen)).not.toThrow();
});

it.each([
  ['a missing key', whoami({ body: {} }), "must have required property 'user_id'"],
  ['a wrong type', whoami({ body: { user_id: 1 } }), '/user_id must be string'],
  ['a wrong id', whoami({ body: { user_id: 'alice' } }), '/user_id must match'],
  ['a status that the page does not know', whoami({ status: 201 }), 'the spec knows no status 201 here'],
  ['another content type', whoami({ contentType: 'text/html' }), 'the content type is text/html'],
  ['an error without errcode', whoami({ status: 404, body: { error: 'no' } }), 'not the standard error'],
  [
    'an error without errcode at an unknown path',
    whoami({ url: '/x', status: 404, body: '' }),
    'not the standard error',
  ],
  ['a user-interactive 401 without flows', deactivate(401, { session: 'a' }), "must have required property 'flows'"],
])('refuses %s', (_case, seen, message) => {
  expect(() => check.check(seen)).toThrow(message);
});
