import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock, Milliseconds } from '../base/clock.js';
import type { Logger } from '../base/logger.js';

const LOOK_EVERY: Milliseconds = 5000;

export interface TrustDeps {
  /** PEM files of the authorities to trust; none: those of the system */
  readonly authorities: readonly string[];
  readonly minimumTls: '1.2' | '1.3';
  readonly clock: Clock;
  readonly log: Logger;
}

/** Whose certificates are believed. Files that change are read again; one that cannot be read vouches for nobody. */
export class Trust {
  #context: SecureContext | undefined;
  #version = '';
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly deps: TrustDeps) {}

  /** What connections are opened with now. */
  context(): SecureContext {
    const { authorities, clock } = this.deps;
    const now = clock.now();
    const isFresh = this.#context && (authorities.length === 0 || Math.abs(now - this.#lookedAt) < LOOK_EVERY);
    if (this.#context && isFresh) return this.#context;
    this.#lookedAt = now;
    const version = authorities.map(versionOf).join('\n');
    if (!this.#context || version !== this.#version) this.#context = this.#read();
    this.#version = version;
    return this.#context;
  }

  #read(): SecureContext {
    const { authorities, minimumTls, log } = this.deps;
    const minVersion = `TLSv${minimumTls}` as const;
    if (authorities.length === 0) return createSecureContext({ minVersion });
    const ca = authorities.flatMap((path) => {
      try {
        const text = readFileSync(path, 'utf8');
        createSecureContext({ ca: text });
        return [text];
      } catch (error) {
        log.error('the certificates of an authority cannot be read', { path, error });
        return [];
      }
    });
    return createSecureContext({ minVersion, ca });
  }
}

function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.mtimeMs} ${found.size}` : 'none';
}
