import { existsSync, type FSWatcher, mkdirSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';
import type { Job } from '../base/supervisor.js';
import type { Config } from '../config/config.js';
import { writeFileAtomically } from '../config/write-file.js';
import { type Certificate, CertificateError, doubtsAbout, readCertificate } from './certificate.js';
import { hostOf, makeSelfSigned } from './self-signed.js';

export interface CertificatesDeps {
  readonly config: Pick<Config, 'serverName' | 'tls'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** how often to look, for file systems that tell nobody of changes */
  readonly lookEvery?: Milliseconds;
}

const LOOK_EVERY: Milliseconds = 30_000;
/** Certificate and key are rarely replaced in the same instant. */
const SETTLING: Milliseconds = 200;

/**
 * Reads the certificate that this server serves; makes a self-signed one at the first start when the configuration
 * names none.
 *
 * @throws CertificateError with a sentence when it cannot be served
 */
export function openCertificates(deps: CertificatesDeps): Certificates {
  const { tls, serverName } = deps.config;
  const isThere = existsSync(tls.certificatePath) || existsSync(tls.privateKeyPath);
  if (tls.selfSigned && !isThere) {
    const made = makeSelfSigned(serverName, deps.clock);
    mkdirSync(dirname(tls.certificatePath), { recursive: true, mode: 0o700 });
    writeFileAtomically(tls.privateKeyPath, made.privateKey, 0o600);
    writeFileAtomically(tls.certificatePath, made.certificate, 0o644);
    deps.log.info('self-signed certificate made', { path: tls.certificatePath });
  }
  const certificates = new Certificates(readCertificate(tls), deps);
  certificates.sayDoubts();
  return certificates;
}

/** The certificate served now, and news of the next: the files are watched, and a good change is taken at once. */
export class Certificates {
  /** Watches the files until the server stops. */
  readonly job: Job = { name: 'tls.watch', run: (signal) => this.#watch(signal) };
  readonly #listeners = new Set<() => void>();
  #current: Certificate;
  #paths: Config['tls'];
  /** looks at other files from now on; undefined while nothing is watched */
  #watchAnew: (() => void) | undefined;
  /** the last failure that was logged, so that it is said once */
  #failure = '';

  constructor(
    first: Certificate,
    private readonly deps: CertificatesDeps,
  ) {
    this.#current = first;
    this.#paths = deps.config.tls;
  }

  /** the files that are served from now */
  get paths(): Config['tls'] {
    return this.#paths;
  }

  current(): Certificate {
    return this.#current;
  }

  /** Calls `changed` at each change, until the returned function is called. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /**
   * Serves what is in other files from now on, and watches those.
   *
   * @throws CertificateError with a sentence when it cannot be served; everything stays as it was then
   */
  use(paths: Config['tls']): void {
    readCertificate(paths);
    this.#paths = paths;
    this.#watchAnew?.();
    this.reload();
  }

  /** Reads the files again. What cannot be served is said and not taken: the certificate before goes on being served. */
  reload(): void {
    const { log } = this.deps;
    try {
      const found = readCertificate(this.#paths);
      this.#failure = '';
      if (found.cert === this.#current.cert && found.key === this.#current.key) return;
      this.#current = found;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      if (error.message !== this.#failure) log.warn('certificate changed and cannot be used', { why: error.message });
      this.#failure = error.message;
      return;
    }
    log.info('certificate changed', { validTo: new Date(this.#current.validTo).toISOString() });
    this.sayDoubts();
    for (const changed of this.#listeners) changed();
  }

  sayDoubts(): void {
    const { log, config, clock } = this.deps;
    const host = hostOf(config.serverName);
    for (const doubt of doubtsAbout(this.#current, this.#paths.certificatePath, host, clock.now())) log.warn(doubt);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    let settling: NodeJS.Timeout | undefined;
    let watchers: FSWatcher[] = [];
    const soon = () => {
      clearTimeout(settling);
      settling = setTimeout(look, SETTLING).unref();
    };
    const stop = () => {
      for (const watcher of watchers) watcher.close();
    };
    this.#watchAnew = () => {
      stop();
      watchers = this.#filesWatched(soon);
    };
    /** Other files may stand under the names by now. */
    const look = () => {
      this.#watchAnew?.();
      this.reload();
    };
    this.#watchAnew();
    const looking = setInterval(look, this.deps.lookEvery ?? LOOK_EVERY).unref();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#watchAnew = undefined;
    stop();
    clearInterval(looking);
    clearTimeout(settling);
  }

  /** Not their folders: beside them may lie what changes all the time, such as the database. */
  #filesWatched(changed: () => void): FSWatcher[] {
    const { certificatePath, privateKeyPath } = this.#paths;
    return [...new Set([certificatePath, privateKeyPath])].flatMap((path) => {
      const failed = (error: unknown) =>
        this.deps.log.debug('a file of the certificate cannot be watched', { path, error });
      try {
        return watch(path, { persistent: false }, changed).on('error', failed);
      } catch (error) {
        failed(error);
        return [];
      }
    });
  }
}
