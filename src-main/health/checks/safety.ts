import type { Config } from '../../config/config.js';
import type { Check } from '../check.js';
import type { CheckRecords } from '../check-records.js';
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
  readonly marks: Pick<CheckRecords, 'mark'>;
  /** of the key that this server signs with */
  readonly keyId: string;
  readonly isPrivate: boolean;
}

/** The mark that says which signing key was saved somewhere safe. */
export const KEY_SAVED = 'signing-key-saved';

/** Whether the server could be brought back. */
export const backupChecks = ({ marks, keyId, isPrivate }: BackupDeps): Check[] => [
  {
    code: 'key-not-saved',
    category: 'backup',
    severity: 'medium',
    dependsOn: [],
    timeToVisible: 0,
    every: 10 * MINUTE,
    actions: ['save-key'],
    async probe() {
      if (isPrivate) return NOT_APPLICABLE;
      const saved = await marks.mark(KEY_SAVED);
      if (saved?.value === keyId) return ok({ at: saved.at });
      return warning(saved ? 'other-key' : 'never', { keyId });
    },
  },
];
