import { resolve } from 'node:path';
import type { Config, EmailConfig, EmailSubjects } from './config.js';
import type { Notes } from './notes.js';
import type { FileValues } from './schema.js';
import { readSecretFile } from './secrets.js';
import { parseDuration } from './units.js';

const MINUTE = 60_000;
const DEFAULT_PORT = { plain: 25, tls: 465 };

/** What stands above e-mails unless the file says otherwise; `%(name)s` is filled in when one is sent. */
export const DEFAULT_SUBJECTS: EmailSubjects = {
  message_from_person_in_room: '[%(app)s] A message for you from %(person)s in %(room)s',
  message_from_person: '[%(app)s] A message for you from %(person)s',
  messages_from_person: '[%(app)s] Messages for you from %(person)s',
  messages_in_room: '[%(app)s] Messages for you in %(room)s',
  messages_in_room_and_others: '[%(app)s] Messages for you in %(room)s and elsewhere',
  messages_from_person_and_others: '[%(app)s] Messages for you from %(person)s and others',
  invite_from_person: '[%(app)s] %(person)s has invited you to a chat',
  invite_from_person_to_room: '[%(app)s] %(person)s has invited you to the room %(room)s',
  invite_from_person_to_space: '[%(app)s] %(person)s has invited you to the space %(space)s',
  password_reset: '[%(server_name)s] Password reset',
  email_validation: '[%(server_name)s] Confirm your e-mail address',
  email_already_in_use: '[%(server_name)s] Your e-mail address is already in use',
};

/** The section `email`; undefined: this server sends none. */
export function readEmail(values: FileValues, home: string, notes: Notes): Config['email'] {
  const given = values.email;
  if (given === undefined) return undefined;
  const appName = given.app_name === undefined ? 'Matrix' : String(given.app_name);
  const from = given.notif_from ?? `%(app)s <noreply@${hostOf(values.server_name)}>`;
  return {
    host: given.smtp_host ?? 'localhost',
    port: given.smtp_port ?? (given.force_tls ? DEFAULT_PORT.tls : DEFAULT_PORT.plain),
    user: given.smtp_user === undefined ? undefined : String(given.smtp_user),
    password: readPassword(given, home, notes),
    encryption: readEncryption(given),
    tlsName: given.tlsname,
    from: from.replaceAll('%(app)s', appName),
    appName,
    clientBaseUrl: given.client_base_url ?? given.riot_base_url,
    inviteClientLocation: given.invite_client_location?.replace(/\/+$/, ''),
    validationTokenLifetime: time(given.validation_token_lifetime) ?? 60 * MINUTE,
    subjects: { ...DEFAULT_SUBJECTS, ...given.subjects },
    notifications: {
      enabled: given.enable_notifs ?? false,
      forNewUsers: given.notif_for_new_users ?? true,
      delayBeforeMail: time(given.notif_delay_before_mail) ?? 10 * MINUTE,
    },
  };
}

type Given = NonNullable<FileValues['email']>;

function readPassword({ smtp_pass: said, smtp_pass_path: path }: Given, home: string, notes: Notes) {
  if (path === undefined) return said === undefined ? undefined : String(said);
  const fromFile = readSecretFile(resolve(home, path));
  if (said !== undefined || fromFile === undefined) {
    const sentence =
      said === undefined
        ? '`email.smtp_pass_path` must be a file that holds the password for the mail server.'
        : 'Only one of `email.smtp_pass` and `email.smtp_pass_path` may be given.';
    notes.problem(['email', 'smtp_pass_path'], sentence);
  }
  return fromFile;
}

function readEncryption({ force_tls, require_transport_security, enable_tls }: Given): EmailConfig['encryption'] {
  if (force_tls) return 'from the start';
  if (require_transport_security) return 'required';
  return enable_tls === false ? 'never' : 'if offered';
}

/** A server name without its port: what stands behind the @. */
const hostOf = (serverName: string) => serverName.replace(/:\d+$/, '');

const time = (value: number | string | undefined) => (value === undefined ? undefined : parseDuration(value));
