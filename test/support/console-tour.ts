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

/** Every screen of a server that is set up: tests of what holds for all of them walk along here. */
export const TOUR: readonly Stop[] = [
  { name: 'home', path: '/', heading: 'Home' },
  { name: 'people', path: '/people', heading: 'People' },
  { name: 'invitations', path: '/people/invitations', heading: 'People' },
  { name: 'servers', path: '/servers', heading: 'Other servers' },
  { name: 'server', path: '/servers/matrix.test', heading: 'matrix.test' },
  { name: 'server-check', path: '/servers/matrix.test/check', heading: 'matrix.test' },
  { name: 'reach', path: '/servers/-/reach', heading: 'Other servers' },
  { name: 'late-messages', path: '/servers/-/late', heading: 'Other servers' },
  { name: 'blocked-servers', path: '/servers/-/blocks', heading: 'Other servers' },
  { name: 'server-long-name', path: `/servers/${LONG_NAME}`, heading: LONG_NAME },
  { name: 'logs', path: '/logs', heading: 'Logs' },
  { name: 'settings', path: '/settings', heading: 'Settings' },
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
  host.addInvitation({ usesAllowed: 5, used: 2, expiresAt: now + 11 * DAY });
  host.addInvitation({ state: 'used', used: 1 });
  host.addServer('matrix.test');
  host.addServer('club.test');
  host.addServer(LONG_NAME, {
    state: 'down',
    failures: 9,
    failingSince: now - 2 * DAY,
    nextTry: now + HOUR,
    lastFailure: { at: now - HOUR, why: 'it took too long', cause: 'timeout' },
    waiting: { events: 3, isMore: true, others: 2, since: now - DAY },
  });
  host.steps = BROKEN_STEPS;
  host.way.steps = host.way.finds;
  for (const level of ['info', 'warn', 'error', 'debug'] as const)
    host.addLine(level, 'http', `a line of ${level}`, { ms: 3 });
}
