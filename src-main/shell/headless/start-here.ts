import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StreamSink } from '../../logging/stream-sink.js';
import { hearthHome } from '../host/locations.js';
import { findElectron, thisComputer } from './find-electron.js';
import { consoleGreeting } from './greeting.js';
import { runHeadless } from './run.js';

/** What `npm start` does: the desktop app where it can open a window, else the same server with its console in a browser. */
export async function startHere(argv: readonly string[]): Promise<void> {
  const found = argv.includes('--headless') ? { why: 'Asked for by --headless.' } : await findElectron(thisComputer());
  if ('program' in found) return openApp(found.program, argv);
  process.stdout.write(`${found.why} Starting without a window.\n`);
  await startWithoutWindow();
}

function openApp(program: string, argv: readonly string[]): void {
  const app = spawn(program, [fileURLToPath(new URL('..', import.meta.url)), ...argv], { stdio: 'inherit' });
  app.on('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal));
}

async function startWithoutWindow(): Promise<void> {
  // whoever watched may go away; the server goes on
  process.stdout.on('error', () => undefined);
  const headless = await runHeadless({
    home: hearthHome(),
    sinks: [new StreamSink(process.stdout)],
    consolePort: Number(process.env['HEARTH_CONSOLE_PORT'] ?? 8090),
  });
  process.stdout.write(consoleGreeting(await headless.host.status(), headless.link()));
  let isEnding = false;
  const end = () => {
    if (isEnding) process.exit(1);
    isEnding = true;
    process.stdout.write('Stopping ...\n');
    void headless.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
