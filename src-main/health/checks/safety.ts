import type { Milliseconds } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import type { Check } from '../check.js';
import type { HourCount } from '../reply-counts.js';
import { DAY, error, MINUTE, NOT_APPLICABLE, OK, ok, warning } from './finding.js';

export interface SafetyDeps {
  readonly registration: Config['registration'];
  /** whoever wants an account must prove an address */
  readonly provesAddress: boolean;
  readonly failedLogins: () => HourCount;
  readonly invites: () => HourCount;
  /** only this computer reaches the server */
  readonly isPrivate: boolean;
}

const LOGINS = { warning: 30, error: 200 };
const INVITES = 40;

/** Whether strangers try to get in, or could. */
export const safetyChecks = (deps: SafetyDeps): Check[] => [
  registrationOpen(deps),
  {
    code: 'failed-logins',
    category: 'safety',
    severity: 'medium',
    dependsOn: [],
    timeToVisible: 0,
    every: MINUTE,
    actions: ['show-logs', 'show-people'],
    async probe() {
      const { count, by, most } = deps.failedLogins();
      const evidence = most ? `${most.count} from ${most.name}` : '';
      if (count < LOGINS.warning) return ok({ count }, evidence);
      const finding = count < LOGINS.error ? warning : error;
      return finding('many', { count, addresses: by }, { evidence, value: 'many' });
    },
  },
  {
    code: 'invite-flood',
    category: 'safety',
    severity: 'medium',
    dependsOn: [],
    timeToVisible: 0,
    every: MINUTE,
    actions: ['show-servers', 'show-logs'],
    async probe() {
      const { count, by, most } = deps.invites();
      if (count < INVITES || !most) return ok({ count });
      return warning('many', { count, servers: by, server: most.name }, { value: most.name });
    },
  },
];

const registrationOpen = ({ registration, provesAddress, isPrivate }: SafetyDeps): Check => ({
  code: 'registration-open',
  category: 'safety',
  severity: 'high',
  dependsOn: [],
  timeToVisible: 0,
  every: DAY,
  actions: ['show-settings'],
  async probe() {
    if (isPrivate) return NOT_APPLICABLE;
    const { enabled, requiresToken, captcha } = registration;
    const isOpen = enabled && !requiresToken && !captcha && !provesAddress;
    return isOpen ? error('open') : OK;
  },
});

export interface BackupDeps {
  /** when the recovery kit for the key of this server was saved; undefined where nobody keeps count of that */
  readonly kitSavedAt: (() => Milliseconds | undefined) | undefined;
  readonly isPrivate: boolean;
}

/** Whether the server could be brought back. */
export const backupChecks = ({ kitSavedAt, isPrivate }: BackupDeps): Check[] => [
  {
    code: 'key-not-saved',
    category: 'backup',
    severity: 'medium',
    dependsOn: [],
    timeToVisible: 0,
    every: 10 * MINUTE,
    actions: ['save-key'],
    async probe() {
      if (isPrivate || !kitSavedAt) return NOT_APPLICABLE;
      const at = kitSavedAt();
      return at === undefined ? warning('never') : ok({ at });
    },
  },
];
