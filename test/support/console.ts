import { join } from 'node:path';
import { silentLogger } from '../../src-main/base/logger.js';
import { systemClock } from '../../src-main/base/clock.js';
import { createConsoleControl } from '../../src-main/control/console-control.js';
import { ControlEvents } from '../../src-main/control/procedure.js';
import { type ConsoleServer, openConsole } from '../../src-main/shell/headless/console-server.js';
import { builtHearth } from './built.js';
import { FakeServerHost } from './fake-server-host.js';

const GB = 1_000_000_000;

/** A console over HTTP with a server's owner that only pretends, or pretends in part. */
export async function openFakeConsole(
  make: (events: ControlEvents) => FakeServerHost = (events) => new FakeServerHost(events),
): Promise<{
  host: FakeServerHost;
  events: ControlEvents;
  console: ConsoleServer;
  link(): string;
}> {
  const events = new ControlEvents();
  const host = make(events);
  let link = '';
  const control = createConsoleControl(host, {
    events,
    log: silentLogger,
    diskSpace: async () => ({ free: 120 * GB, total: 500 * GB, isNetwork: false }),
  });
  const console = await openConsole({
    control,
    pages: join(await builtHearth(), 'renderer'),
    port: 0,
    clock: systemClock,
    log: silentLogger,
    onLink: (next) => {
      link = next;
    },
  });
  return { host, events, console, link: () => link };
}
