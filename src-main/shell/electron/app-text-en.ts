import type { AppText } from './app-text.js';

const time = new Intl.DateTimeFormat('en', { weekday: 'short', hour: 'numeric', minute: '2-digit' });
const things = (count = 0): string => (count === 1 ? 'One thing needs you' : `${count} things need you`);

/** English. */
export const en: AppText = {
  open: 'Open console',
  openChat: 'Open chat',
  invite: 'Invite someone…',
  tryAll: 'Try sending to everyone now',
  pauseHour: 'Pause for an hour',
  pauseTomorrow: 'Pause until tomorrow',
  unpause: 'End the pause',
  keepAwake: 'Keep this computer awake',
  startAtLogin: 'Start at login',
  logs: 'Show logs',
  quit: 'Quit and stop the server',
  restart: 'Restart server',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  stillHere: {
    title: 'Hearth is still running',
    body: 'The server goes on without the window. You find it beside the clock.',
  },
  status(state, { problems, until }) {
    switch (state) {
      case 'not-set-up':
        return 'Not set up yet';
      case 'starting':
        return 'The server is starting';
      case 'running':
        return 'The server is running';
      case 'attention':
        return `The server is running. ${things(problems)}.`;
      case 'trouble':
        return `The server is running, but something does not work. ${things(problems)}.`;
      case 'sleeping':
        return 'The computer is about to sleep';
      case 'paused':
        return until === undefined ? 'Paused' : `Paused until ${time.format(until)}`;
      case 'stopping':
        return 'The server is stopping';
      case 'stopped':
        return 'The server is stopped';
      case 'failed':
        return 'The server is not running';
      case 'unreachable':
        return 'The server does not answer';
    }
  },
  notices: {
    reach: { title: 'Your server cannot be reached as it should', body: 'Open Hearth to see why, and what to do.' },
    storage: { title: 'Space is running out', body: 'Open Hearth to see what takes it, and what can go.' },
    backup: { title: 'Your recovery kit is not saved', body: 'Without it nobody can bring your server back.' },
    security: { title: 'Something about your server is not safe', body: 'Open Hearth to see what, and what to do.' },
  },
  reachableAgain: (minutes) => ({
    title: 'Your server can be reached again',
    body: minutes === 1 ? 'It could not for a minute.' : `It could not for ${minutes} minutes.`,
  }),
  quitQuestion: (connected) => ({
    message: connected === 1 ? 'One person is connected.' : `${connected} people are connected.`,
    detail: 'They cannot send or receive until you start Hearth again.',
  }),
  keepRunning: 'Keep running',
  backgroundQuestion: {
    message: 'Keep running in the background?',
    detail:
      'The server goes on without the window. To see the window again, start Hearth once more. ' +
      'Hearth remembers your answer.',
  },
  finishing: 'Stopping: what was begun is being finished',
};
