import type { CorePort, PowerChange } from './core-protocol.js';
import type { HearthHost } from './host/hearth-host.js';
import { type HostOptions, openHost } from './host/open-host.js';

/**
 * Serves the console's calls over a message port and starts the server: what the desktop app's second process does.
 * Calls are answered from the first moment, so that a console sees the server start.
 *
 * @param exit ends the process, once the server has stopped
 */
export async function serveCore(port: CorePort, options: HostOptions, exit: () => void): Promise<void> {
  const { host, control, close } = openHost(options);
  control.subscribe((event) => port.postMessage({ kind: 'event', event }));
  port.on('message', ({ data }) => {
    if (data.kind === 'shutdown') {
      void close().then(exit, exit);
      return;
    }
    if (data.kind === 'power') {
      hearOfPower(host, data.change);
      return;
    }
    const { id, name, input } = data;
    void control.call(name, input).then((result) => port.postMessage({ kind: 'reply', id, result }));
  });
  port.postMessage({ kind: 'ready' });
  if (host.isConfigured) await host.start();
}

function hearOfPower(host: HearthHost, change: PowerChange): void {
  switch (change.kind) {
    case 'suspend':
      return host.suspending();
    case 'resume':
      return host.resumed();
    case 'state':
      return host.setPower(change.state);
  }
}
