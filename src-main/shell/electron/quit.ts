import { app, type BrowserWindow, dialog, powerMonitor } from 'electron';
import type { ServerStatus } from '../../control/contract.js';
import type { AppText } from './app-text.js';
import type { ServerProcess } from './server-process.js';

export interface QuitDeps {
  readonly server: ServerProcess;
  readonly window: BrowserWindow;
  readonly text: AppText;
  /** the windows may close now */
  letGo(): void;
}

/**
 * Ends the app in order: asks when people are connected, lets the server finish, then goes. The system's own shutdown
 * and signals are not asked about.
 */
export function quitInOrder({ server, window, text, letGo }: QuitDeps): void {
  let step: 'running' | 'asking' | 'stopping' | 'stopped' = 'running';
  const leave = async () => {
    step = 'stopping';
    letGo();
    await server.stop();
    step = 'stopped';
    app.quit();
  };
  const ask = async () => {
    step = 'asking';
    if (await mayQuit(server, window, text)) await leave();
    else step = 'running';
  };
  app.on('before-quit', (event) => {
    if (step === 'stopped') return;
    event.preventDefault();
    if (step === 'running') void ask();
  });
  const atOnce = () => {
    if (step === 'running' || step === 'asking') void leave();
  };
  powerMonitor.on('shutdown', atOnce);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, atOnce);
}

async function mayQuit(server: ServerProcess, window: BrowserWindow, text: AppText): Promise<boolean> {
  const result = await server.call('server.status', undefined);
  const connected = result.ok ? ((result.value as ServerStatus).people?.connected ?? 0) : 0;
  if (connected === 0) return true;
  const { message, detail } = text.quitQuestion(connected);
  const buttons = [text.quit, text.keepRunning];
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message,
    detail,
    buttons,
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}
