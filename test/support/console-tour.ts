import type { Page } from 'playwright-core';
import { BROKEN_STEPS } from './diagnosis-steps.js';
import type { FakeServerHost } from './fake-server-host.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Names from strangers may be so long. */
export const LONG_NAME = `${'long.'.repeat(40)}test`;

/** A screen of the console, where it is and what its heading is in English. */
export interface Stop {
  /** names it in lists and in files */
  readonly name: string;
  readonly path: string;
  readonly heading: string;
}

/** A screen, and the views of it beside its first. */
function tabs(name: string, path: string, heading: string, views: readonly string[]): Stop[] {
  const others = views.map((view) => ({ name: `${name}-${view}`, path: `${path}/${view}`, heading }));
  return [{ name, path, heading }, ...others];
}

/** Every screen of a server that is set up: tests of what holds for all of them walk along here. */
export const TOUR: readonly Stop[] = [
  { name: 'home', path: '/', heading: 'Home' },
  { name: 'people', path: '/people', heading: 'People' },
  { name: 'invitations', path: '/people/invitations', heading: 'People' },
  ...tabs('person', '/people/person/%40kim%3Afamily.test', 'Kim', [
    'devices',
    'rooms',
    'media',
    'addresses',
    'safety',
    'activity',
  ]),
  { name: 'person-erasing', path: '/people/person/%40uncle%3Afamily.test/safety', heading: 'Uncle' },
  { name: 'servers', path: '/servers', heading: 'Other servers' },
  { name: 'server', path: '/servers/matrix.test', heading: 'matrix.test' },
  { name: 'server-check', path: '/servers/matrix.test/check', heading: 'matrix.test' },
  { name: 'reach', path: '/servers/-/reach', heading: 'Other servers' },
  { name: 'late-messages', path: '/servers/-/late', heading: 'Other servers' },
  { name: 'traffic', path: '/servers/-/traffic', heading: 'Other servers' },
  { name: 'blocked-servers', path: '/servers/-/blocks', heading: 'Other servers' },
  { name: 'server-long-name', path: `/servers/${LONG_NAME}`, heading: LONG_NAME },
  { name: 'rooms', path: '/rooms', heading: 'Rooms' },
  { name: 'room', path: '/rooms/!room0%3Afamily.test', heading: 'Family' },
  { name: 'spaces', path: '/rooms/-/spaces', heading: 'Rooms' },
  { name: 'blocked-rooms', path: '/rooms/-/blocked', heading: 'Rooms' },
  { name: 'removed-rooms', path: '/rooms/-/removals', heading: 'Rooms' },
  { name: 'storage', path: '/storage', heading: 'Storage' },
  { name: 'clean-up', path: '/storage/clean-up', heading: 'Storage' },
  { name: 'media', path: '/storage/media', heading: 'Storage' },
  { name: 'storage-limit', path: '/storage/limit', heading: 'Storage' },
  ...tabs('logs', '/logs', 'Logs', ['condensed', 'files', 'report']),
  ...tabs('connection', '/connection', 'Connection', ['certificate', 'dns', 'change', 'calls', 'recovery']),
  ...tabs('settings', '/settings', 'Settings', [
    'start',
    'notices',
    'limits',
    'privacy',
    'appearance',
    'advanced',
    'about',
  ]),
];

/** Goes to a stop and waits until it shows what it knows; call it on a page whose session is open. */
export async function goTo(page: Page, address: string, { path }: Stop): Promise<void> {
  await page.goto(`${address}#${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
}

/** A family's server with something on every screen. */
export function furnish(host: FakeServerHost): void {
  const now = Date.now();
  host.addPerson('alex', { isAdmin: true, displayName: 'Alex' });
  host.addPerson('sam', { displayName: 'Sam', state: 'deactivated' });
  host.addPerson('kim', { displayName: 'Kim' });
  host.addPerson('grandma', { displayName: 'Grandma', devices: 1 });
  const uncle = host.addPerson('uncle', { displayName: 'Uncle', state: 'locked' });
  host.accounts.addErasure(uncle.userId);
  host.addInvitation({ usesAllowed: 5, used: 2, expiresAt: now + 11 * DAY });
  host.addInvitation({ state: 'used', used: 1 });
  host.addInvitation({ state: 'revoked', label: 'The neighbours' });
  host.addServer('matrix.test');
  host.addServer('club.test', { clockAhead: 190_000 });
  host.addServer(LONG_NAME, {
    state: 'down',
    failures: 9,
    failingSince: now - 2 * DAY,
    nextTry: now + HOUR,
    lastFailure: { at: now - HOUR, why: 'it took too long', cause: 'timeout' },
    waiting: { events: 3, isMore: true, others: 2, since: now - DAY },
  });
  host.busiest = [
    { serverName: 'matrix.test', eventsSent: 412, eventsReceived: 3120, requestsSent: 120, requestsReceived: 910 },
    { serverName: 'club.test', eventsSent: 57, eventsReceived: 40, requestsSent: 30, requestsReceived: 22 },
    { serverName: LONG_NAME, eventsSent: 0, eventsReceived: 2, requestsSent: 4, requestsReceived: 1 },
  ];
  host.goneServers = [
    { serverName: 'old.test', failingSince: now - 90 * DAY, isNameGone: true },
    { serverName: LONG_NAME, failingSince: now - 40 * DAY, isNameGone: false },
  ];
  furnishRooms(host);
  for (let each = 0; each < 6; each += 1) host.disk.add({ isProtected: each === 1, isQuarantined: each === 3 });
  host.steps = BROKEN_STEPS;
  host.wellness.furnish();
  host.way.steps = host.way.finds;
  for (const level of ['info', 'warn', 'error', 'debug'] as const)
    host.addLine(level, 'http', `a line of ${level}`, { ms: 3 });
}

function furnishRooms({ room }: FakeServerHost): void {
  const house = { roomId: '!room3:family.test', name: 'House', alias: undefined, people: [] } as const;
  const family = { roomId: '!room0:family.test', name: 'Family', alias: undefined, people: [] } as const;
  room.add('Family', { bytes: 9_000_000, events: 5200, spaces: [house] });
  room.add('Garden club', { isEncrypted: false, isPublic: true, joined: 320, local: 2, origin: 'club.test' });
  room.add(undefined, { people: ['Alex', 'Kim'], joined: 2, local: 2, events: 40, bytes: 60_000 });
  room.add('House', { isSpace: true, isEncrypted: false });
  room.add('Old chess', { local: 0, joined: 11, isBlocked: true });
  room.persons.push(
    { userId: '@alex:family.test', displayName: 'Alex', membership: 'join', isLocal: true, role: 'admin' },
    { userId: '@ann:club.test', displayName: undefined, membership: 'invite', isLocal: false, role: 'person' },
  );
  const far = { roomId: '!far:club.test', name: undefined, alias: undefined, people: [] } as const;
  room.tree.push({
    ...house,
    isTop: true,
    children: [
      { ...family, isSpace: false, isKnown: true },
      { ...far, isSpace: false, isKnown: false },
    ],
  });
  room.blockedRooms.push({ roomId: '!room4:family.test', name: 'Old chess', by: undefined, at: Date.now() - DAY });
  room.removing.push({
    id: 'one',
    roomId: '!gone:club.test',
    name: 'Spam',
    kind: 'room',
    state: 'done',
    erases: true,
    total: 800,
    done: 812,
    bytes: 1_300_000,
    removed: 2,
    stayed: 0,
    startedAt: Date.now() - 3 * DAY,
    endedAt: Date.now() - 3 * DAY,
    error: undefined,
  });
}
