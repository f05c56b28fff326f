/** English: the app on this computer. */
export const enDesktop = {
  'desktop.start-title': 'Start and sleep',
  'desktop.start-at-login': 'Start Hearth when somebody signs in to this computer',
  'desktop.start-at-login-hint':
    'The window stays away; you find Hearth beside the clock. After a restart of the computer nobody is reached until somebody signs in.',
  'desktop.keep-awake': 'Keep this computer awake while it is plugged in',
  'desktop.keep-awake-hint': 'On battery it may sleep. A laptop sleeps when its lid is closed, whatever is set here.',
  'desktop.notices-title': 'Notifications',
  'desktop.notice-reach': 'When the server cannot be reached, and when it can again',
  'desktop.notice-storage': 'When space runs out',
  'desktop.notice-backup': 'When the recovery kit is not saved',
  'desktop.notice-security': 'When something is not safe',
  'desktop.quiet-hours': 'Be quiet from 22:00 to 7:00',
  'desktop.quiet-hours-hint': 'Only what cannot wait is told then: a full disk, and what is not safe.',
} as const;
