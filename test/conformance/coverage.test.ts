import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { pathsOf } from '../../src-main/http/routes.js';
import { startHomeserver, type TestHomeserver, testConfig } from '../support/homeserver.js';
import { allOperations } from '../support/openapi-source.js';
import { disagreements, listing, missing } from './coverage.js';
import { extras, isThere } from './endpoints-extra.js';

let server: TestHomeserver;
beforeAll(async () => {
  const { urlPreviews, registration, rooms } = testConfig('/nowhere');
  const terms = { version: '1', name: 'Terms', url: undefined, folder: '/nowhere' };
  const forAYear = { minLifetime: undefined, maxLifetime: 365 * 24 * 60 * 60_000 };
  const retention = { ...forAYear, shortestAllowed: undefined, longestAllowed: undefined, purgeJobs: [] };
  const config = {
    urlPreviews: { ...urlPreviews, enabled: true },
    registration: { ...registration, terms },
    rooms: { ...rooms, retention },
  };
  server = await startHomeserver({ config });
});
afterAll(() => server[Symbol.asyncDispose]());

it('agrees with the spec about the name, method, path and caller of every endpoint', () => {
  expect(server.endpoints.flatMap(disagreements)).toEqual([]);
});

it('names the source file of every endpoint', () => {
  expect(listing(server.endpoints).filter((line) => line.endsWith('?'))).toEqual([]);
});

it('claims each operation once', () => {
  const claimed = server.endpoints.map(({ spec }) => spec).filter((spec) => spec !== '-');
  expect(claimed.filter((spec, at) => claimed.indexOf(spec) !== at)).toEqual([]);
});

/** Operations that come with a larger part of their own. */
const LATER = new Map([
  ['client-server/appservice_ping.yaml#pingAppservice', 'application services'],
  ['client-server/appservice_room_directory.yaml#updateAppserviceRoomDirectoryVisibility', 'application services'],
  ['client-server/oauth_server_metadata.yaml#getAuthMetadata', 'the OAuth 2.0 server'],
  ['client-server/sso_login_redirect.yaml#redirectToSSO', 'signing in through other providers'],
  ['client-server/sso_login_redirect.yaml#redirectToIdP', 'signing in through other providers'],
]);

it('answers every operation of clients but those that come later', () => {
  const absent = missing(server.endpoints, allOperations('client-server')).map(({ name }) => name);
  expect(absent.toSorted()).toEqual([...LATER.keys()].toSorted());
});

describe('beside the spec', () => {
  const later = extras.filter(({ ours }) => ours.startsWith('- '));

  it.each(extras.filter((row) => !later.includes(row)))('clients find $method $path', ({ ours }) => {
    expect(ours.split(', ').filter((place) => !isThere(server.endpoints, place))).toEqual([]);
  });

  it('nothing is left out but what comes later', () => {
    expect(extras).toHaveLength(42);
    expect(later.map(({ path, ours }) => `${path} ${ours}`)).toEqual([
      '?user_id= , ?device_id= (and org.matrix.msc3202.device_id) - later: application services',
      '/_matrix/client/unstable/org.matrix.msc2965/auth_metadata, /auth_issuer - later: the OAuth 2.0 server',
      '/_matrix/client/unstable/org.matrix.msc4108/rendezvous[/{id}] - later: QR sign-in',
      '/_matrix/client/unstable/io.element.msc4388/rendezvous[/{id}] - later: QR sign-in',
      '/_matrix/client/unstable/org.matrix.msc3983/keys/claim - later: application services',
      expect.stringMatching(/^\(paths free, named in auth_metadata\) .* - later: the OAuth 2.0 server$/),
      '/.well-known/openid-configuration - later: the OAuth 2.0 server',
    ]);
  });
});

/** Operations of version 1.1 of the spec and later, and those that had another path at r0. */
const NEWER = [
  'client-server/account_data.yaml#deleteAccountData',
  'client-server/cross_signing.yaml#uploadCrossSigningKeys',
  'client-server/cross_signing.yaml#uploadCrossSigningSignatures',
  'client-server/knocking.yaml#knockRoom',
  'client-server/profile.yaml#deleteProfileField',
  'client-server/refresh.yaml#refresh',
  'client-server/report_content.yaml#reportRoom',
  'client-server/report_content.yaml#reportUser',
];

const isOld = ({ spec, path }: Endpoint) =>
  spec !== '-' && path.startsWith('/_matrix/client/v3/') && !spec.includes('key_backup') && !NEWER.includes(spec);

it('answers at r0 whatever is older than version 1.1 of the spec', () => {
  const without = server.endpoints.filter((endpoint) => isOld(endpoint) && !isAtR0(endpoint));
  expect(without.map(({ spec }) => spec)).toEqual([]);
});

/** Operations that are not for every server, and why this one does not have them. */
const OTHERS = new Map([
  [
    'server-server/room_policy.yaml#askPolicyServerToSign',
    'a server is a policy server only if it has this operation: it judges by rules of its own, which this one has not',
  ],
]);

it('answers every operation between servers but those of policy servers', () => {
  const absent = missing(server.endpoints, allOperations('server-server')).map(({ name }) => name);
  expect(absent).toEqual([...OTHERS.keys()]);
});

const isAtR0 = (endpoint: Endpoint) => pathsOf(endpoint).some((path) => path.startsWith('/_matrix/client/r0/'));
