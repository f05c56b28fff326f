import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Endpoint } from '../../src-main/http/endpoint.js';
import { pathsOf } from '../../src-main/http/routes.js';
import { ROOT } from '../support/fixtures.js';
import { findOperation, type Operation } from '../support/openapi-source.js';

/** What is wrong with an endpoint's claim to be an operation of the spec; empty when nothing is. */
export function disagreements(endpoint: Endpoint): string[] {
  if (endpoint.spec === '-') return [];
  const operation = findOperation(endpoint.spec);
  if (!operation) return [`${endpoint.spec} is no operation of the spec`];
  const wrong: string[] = [];
  if (operation.method !== endpoint.method)
    wrong.push(`${endpoint.spec} is ${operation.method}, not ${endpoint.method}`);
  if (!pathsOf(endpoint).some((path) => isSamePath(path, operation.path))) {
    wrong.push(`${endpoint.spec} is at ${operation.path}, not ${endpoint.path}`);
  }
  if (!fitsAuth(endpoint, operation)) wrong.push(`${endpoint.spec} is for ${operation.auth}, not for ${endpoint.auth}`);
  return wrong;
}

/** Operations that we let others call than their page says, and why. */
const OTHER_CALLERS = new Set([
  // the page says that a signed request of a server may come; its text, an optional access token
  'client-server/room_summary.yaml#getRoomSummary',
  // the page says access token; its text, a signed request
  'server-server/events.yaml#getEventByTimestamp',
  // without a token only by e-mail or phone, which are not there yet
  'client-server/password_management.yaml#changePassword',
  'client-server/account_deactivation.yaml#deactivateAccount',
]);

function fitsAuth({ auth, spec }: Endpoint, operation: Operation): boolean {
  if (OTHER_CALLERS.has(spec)) return true;
  const fitting = {
    token: ['user', 'guest', 'admin'],
    optional: ['optional', 'none'],
    server: ['server'],
    // a configuration may want a token where the spec wants none: profiles, public rooms
    none: ['none', 'optional'],
  };
  return fitting[operation.auth].includes(auth);
}

/** `:name` and `{name}` are the same. */
const isSamePath = (ours: string, theirs: string) =>
  ours.replaceAll(/:[A-Za-z]+/g, '{}') === theirs.replaceAll(/\{[^}]+\}/g, '{}');

/** Operations that have method and path of another, and are there with it. */
const SAME_ENDPOINT = new Map([
  ['client-server/inviting.yaml#inviteUser', 'client-server/third_party_membership.yaml#inviteBy3PID'],
  ['client-server/old_sync.yaml#getEvents', 'client-server/peeking_events.yaml#peekEvents'],
]);

/** Operations that no endpoint claims, in the order of their files. */
export function missing(endpoints: readonly Endpoint[], operations: readonly Operation[]): Operation[] {
  const there = new Set(endpoints.flatMap(({ spec }) => [spec, SAME_ENDPOINT.get(spec) ?? spec]));
  return operations.filter(({ name }) => !there.has(name));
}

/** One line for each route: method, path, operation, source file. */
export function listing(endpoints: readonly Endpoint[]): string[] {
  const sources = readdirSync(join(ROOT, 'src-main'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: file.split(sep).join('/'), text: readFileSync(join(ROOT, 'src-main', file), 'utf8') }));
  const holder = (part: string) => sources.find(({ text }) => text.includes(part))?.file;
  const fileOf = ({ spec, path }: Endpoint) =>
    first(spec === '-' ? endings(path) : [`'${spec}'`, `'${spec.split('#')[1]}'`], holder) ?? '?';
  return endpoints
    .flatMap((endpoint) => pathsOf(endpoint).map((path) => [endpoint.method, path, endpoint.spec, fileOf(endpoint)]))
    .sort(([, a = ''], [, b = '']) => (a < b ? -1 : 1))
    .map(
      ([method = '', path = '', spec = '', file = '']) =>
        `${method.padEnd(6)} ${path.padEnd(70)} ${spec.padEnd(60)} ${file}`,
    );
}

/** How a path may end in the source: whole in its quotes, or behind a constant. */
const endings = (path: string) =>
  [...path.matchAll(/\//g)].flatMap(({ index }) => [`${path.slice(index)}'`, `${path.slice(index)}\``]);

const first = <T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined => {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
};
