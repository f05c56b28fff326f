import type { Clock } from './base/clock.js';
import type { Logger } from './base/logger.js';
import { type Job, runJobs } from './base/supervisor.js';
import type { Config } from './config/config.js';
import { createApp } from './http/app.js';
import type { Authenticate, Endpoint } from './http/endpoint.js';
import { healthEndpoint } from './http/health.js';
import { type ListenDeps, type ListenerAddress, listen } from './http/listeners.js';
import { createServers } from './matrix/servers/index.js';
import { unknownToken } from './spec/errors.js';
import { openDatabase } from './storage/open.js';

/** What the house gets from whoever runs it. */
export interface Host {
  readonly clock: Clock;
  readonly log: Logger;
  /** bounds on connections other than the usual ones: tests have some */
  readonly connectionLimits?: ListenDeps['limits'];
}

/** A domain as the root sees it: what it answers and what it does by itself. */
export interface Domain {
  readonly endpoints: readonly Endpoint[];
  readonly jobs: readonly Job[];
}

/** A whole server, built and not yet started. */
export interface Homeserver {
  readonly config: Config;
  readonly endpoints: readonly Endpoint[];
  /**
   * Starts jobs and opens the listeners: when it resolves, requests are answered.
   *
   * @returns where it listens, with the ports that the system chose
   * @throws Error when an address cannot be bound; `stop` is to be called then too
   */
  start(): Promise<readonly ListenerAddress[]>;
  /** Lets running requests finish (9 s at most), ends the jobs, closes the database. */
  stop(): Promise<void>;
}

/** Builds the house from the ground up; the only place that knows every domain. Starts nothing. */
export async function createHomeserver(config: Config, host: Host): Promise<Homeserver> {
  const { clock, log } = host;
  const db = await openDatabase(config.database, { clock, log: log.child({ part: 'storage' }) });
  const base = { db, config, clock, log };
  const nobody: Authenticate = { user: () => Promise.reject(unknownToken('there are no accounts')) };
  const servers = createServers(base);

  const domains: Domain[] = [{ endpoints: [healthEndpoint], jobs: [] }, servers];
  const endpoints = domains.flatMap((domain) => domain.endpoints);
  const app = createApp({ endpoints, authenticate: nobody, db, log: log.child({ part: 'http' }) });
  const running: { stop(): Promise<void> }[] = [{ stop: () => db.close() }];
  return {
    config,
    endpoints,
    async start() {
      running.push(
        runJobs(
          domains.flatMap((domain) => domain.jobs),
          { clock, log },
        ),
      );
      const { listeners } = config;
      const opened = await listen({
        listeners,
        app,
        tls: undefined,
        log: log.child({ part: 'http' }),
        limits: host.connectionLimits,
      });
      running.push({ stop: () => opened.close() });
      return opened.addresses;
    },
    async stop() {
      while (running.length > 0) await running.pop()?.stop();
    },
  };
}
