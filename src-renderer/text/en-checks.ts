/** Of lists of checks, whatever they look at. */
export const enChecks = {
  'check.state-ok': 'Fine',
  'check.state-warning': 'Warning',
  'check.state-error': 'Error',
  'check.state-not-applicable': 'Not needed',
  'check.state-could-not-check': 'Not known',
  'check.state-waiting': 'Waits',
  'check.state-running': 'Checking',
  'check.state-pending': 'Not yet',
  'check.expected': 'Expected',
  'check.found': 'Found',
  'check.fix': 'What to do',
} as const;
