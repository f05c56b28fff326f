import type { ServerStatus } from '../../control/contract.js';

/** What a person at a terminal reads once Hearth is up: how the server is, and where its console is. */
export function consoleGreeting({ state, serverName, clientAddress, problem }: ServerStatus, link: string): string {
  const sentence = {
    'not-set-up': 'Hearth is ready to be set up.',
    running: `The server ${serverName} is running${clientAddress ? ` at ${clientAddress}` : ''}.`,
    failed: `The server could not start: ${problem?.message ?? 'the log says why'}`,
    starting: 'The server is starting.',
    stopping: 'The server is stopping.',
    stopped: 'The server is stopped.',
  }[state];
  return `\n  ${sentence}\n\n  Console: ${link}\n  (open it in a browser on this computer; the link works once)\n\n`;
}
