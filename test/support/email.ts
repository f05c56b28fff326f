import type { EmailConfig } from '../../src-main/config/config.js';
import { DEFAULT_SUBJECTS } from '../../src-main/config/read-email.js';

/** E-mail through a mail server on loopback, such as `startSmtpServer` starts. */
export const emailConfig = (port: number): EmailConfig => ({
  host: '127.0.0.1',
  port,
  user: undefined,
  password: undefined,
  encryption: 'if offered',
  tlsName: undefined,
  from: 'Hearth <noreply@hearth.test>',
  appName: 'Hearth',
  clientBaseUrl: undefined,
  inviteClientLocation: undefined,
  validationTokenLifetime: 3600_000,
  subjects: DEFAULT_SUBJECTS,
  notifications: { enabled: false, forNewUsers: true, delayBeforeMail: 600_000 },
});
