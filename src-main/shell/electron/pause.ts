import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Control } from '../../control/procedure.js';
import type { AppSettingsFile } from './app-settings.js';

const HOUR: Milliseconds = 3_600_000;
/** When "until tomorrow" ends, by the clock on the wall. */
const MORNING = 7;

/** The server stopped for a while, and started again by itself; a restart of the app in between changes nothing. */
export class Pause {
  #waiting = new AbortController();

  constructor(private readonly deps: { control: Control; settings: AppSettingsFile; clock: Clock }) {}

  get until(): Milliseconds | undefined {
    return this.deps.settings.settings.pausedUntil;
  }

  /** Goes on with a pause of the program's last run. */
  resume(): void {
    if (this.until !== undefined) void this.#wait(this.until);
  }

  async forAnHour(): Promise<void> {
    await this.#begin(this.deps.clock.now() + HOUR);
  }

  async untilTomorrow(): Promise<void> {
    const morning = new Date(this.deps.clock.now());
    morning.setDate(morning.getDate() + 1);
    morning.setHours(MORNING, 0, 0, 0);
    await this.#begin(morning.getTime());
  }

  /** Starts the server again, if it is paused. */
  async end(): Promise<void> {
    this.#waiting.abort();
    if (this.until === undefined) return;
    this.deps.settings.change({ pausedUntil: undefined });
    await this.deps.control.call('server.start', undefined);
  }

  async #begin(until: Milliseconds): Promise<void> {
    this.deps.settings.change({ pausedUntil: until });
    await this.#wait(until);
  }

  async #wait(until: Milliseconds): Promise<void> {
    const { control, clock } = this.deps;
    this.#waiting.abort();
    this.#waiting = new AbortController();
    const { signal } = this.#waiting;
    await control.call('server.stop', undefined);
    void clock.sleep(Math.max(0, until - clock.now()), signal).then(
      () => this.end(),
      () => undefined,
    );
  }
}
