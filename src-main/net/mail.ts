import { createTransport, type Transporter } from 'nodemailer';
import { withTimeout } from '../base/abort.js';
import type { Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Config, EmailConfig } from '../config/config.js';

/** One e-mail to one address, in both forms that mail programs show. */
export interface MailMessage {
  /** one address: whatever is in it, it is never read as several */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** `Name <address>`; the configured sender unless said */
  readonly from?: string;
  /** such as `List-Unsubscribe` */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An e-mail was not handed over; the message is a sentence for the log and for administrators. */
export class MailError extends Error {
  override readonly name = 'MailError';

  constructor(
    message: string,
    /** the mail server refused it for good: the same again would be refused again */
    readonly isFinal: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @returns undefined where the configuration names no mail server */
export const createMail = ({ config, log }: { config: Config; log: Logger }): Mail | undefined =>
  config.email &&
  new Mail({
    config: config.email,
    verifyCertificate: !config.federation.unverifiedServices,
    log: log.child({ part: 'mail' }),
  });

const CONNECTIONS = 2;
/** E-mails that wait or are on their way; more are refused. */
const MOST_PENDING = 200;
const SECOND: Milliseconds = 1000;
const LIMITS = {
  connectionTimeout: 15 * SECOND,
  greetingTimeout: 15 * SECOND,
  socketTimeout: 30 * SECOND,
  dnsTimeout: 10 * SECOND,
  /** for a whole e-mail with its wait in the queue: a mail server that answers a byte at a time stalls no longer */
  whole: 120 * SECOND,
};
const MOST_RESPONSE = 64 * 1024;

/**
 * Hands e-mail to the configured mail server, over a few connections that are kept while there is something to send.
 * Whoever sends what a transaction wrote first awaits `Database.durable()`.
 */
export class Mail {
  readonly #transport: Transporter;
  #pending = 0;

  constructor(
    private readonly deps: {
      config: EmailConfig;
      verifyCertificate: boolean;
      log: Logger;
    },
  ) {
    this.#transport = createTransport({
      pool: true,
      ...connectionOf(deps.config, deps.verifyCertificate),
      maxConnections: CONNECTIONS,
      maxRequeues: 1,
      idleTimeout: 10 * SECOND,
      connectionTimeout: LIMITS.connectionTimeout,
      greetingTimeout: LIMITS.greetingTimeout,
      socketTimeout: LIMITS.socketTimeout,
      dnsTimeout: LIMITS.dnsTimeout,
      maxResponseSize: MOST_RESPONSE,
      disableFileAccess: true,
      disableUrlAccess: true,
    }) as Transporter;
  }

  /** Closes the connections when the server stops. */
  readonly job: Job = {
    name: 'net.mail',
    run: (signal) =>
      new Promise((resolve) => {
        const close = () => {
          this.#transport.close({ force: true });
          resolve();
        };
        if (signal.aborted) close();
        else signal.addEventListener('abort', close, { once: true });
      }),
  };

  /** Resolves once the mail server has taken the e-mail. @throws MailError */
  async send({ to, from, ...message }: MailMessage, signal?: AbortSignal): Promise<void> {
    if (this.#pending >= MOST_PENDING) throw new MailError('Too many e-mails are waiting to be sent.', false);
    this.#pending += 1;
    try {
      await this.#transport.sendMail({
        ...message,
        from: from ?? this.deps.config.from,
        to: { name: '', address: to },
        headers: { 'Auto-Submitted': 'auto-generated', ...message.headers },
        signal: withTimeout(signal, LIMITS.whole),
      });
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#pending -= 1;
    }
    this.deps.log.info('e-mail sent', { subject: message.subject });
  }

  #explain(error: unknown): MailError {
    const { host, port } = this.deps.config;
    const { code, originalCode, response, permanent } = error as Failure;
    const said = typeof response === 'string' ? ` It said: ${response.slice(0, 300)}` : '';
    const sentence = SENTENCES[code ?? ''] ?? 'did not take the e-mail.';
    const cause = originalCode ?? (response === undefined ? code : undefined);
    const reason = cause === undefined ? '' : ` (${cause})`;
    return new MailError(`The mail server ${host}:${port} ${sentence}${reason}${said}`, permanent === true, {
      cause: error,
    });
  }
}

/** What nodemailer adds to its errors. */
interface Failure {
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly permanent?: boolean;
}

/** What follows the name of the mail server, by the code of the failure. */
const SENTENCES: Readonly<Record<string, string>> = {
  ESOCKET: 'could not be reached.',
  ECONNECTION: 'closed the connection.',
  EDNS: 'was not found under this name.',
  ETIMEDOUT: 'did not answer in time.',
  EABORT: 'did not answer in time.',
  ETLS: 'offered no encryption that this server trusts.',
  EAUTH: 'refused the user name or the password.',
  ENOAUTH: 'wants a user name and a password.',
  EENVELOPE: 'refused the sender or the recipient.',
  EMESSAGE: 'refused the e-mail.',
};

function connectionOf(config: EmailConfig, verifyCertificate: boolean) {
  const { host, port, encryption, user, password, tlsName } = config;
  return {
    host,
    port,
    secure: encryption === 'from the start',
    requireTLS: encryption === 'required',
    ignoreTLS: encryption === 'never',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    tls: {
      minVersion: 'TLSv1.2' as const,
      rejectUnauthorized: verifyCertificate,
      ...(tlsName === undefined ? {} : { servername: tlsName }),
    },
  };
}
