import type { Clock, Milliseconds } from '../../base/clock.js';
import type { CheckStanding, HealthReport, NoticeKind } from '../../control/contract.js';
import type { Control } from '../../control/procedure.js';
import type { AppText } from './app-text.js';
import type { KeptSettings } from './app-settings.js';

/** A notification of the system. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** where a click leads */
  readonly place: string;
}

export interface NoticesDeps {
  readonly control: Control;
  readonly clock: Clock;
  readonly text: AppText;
  settings(): KeptSettings;
  /** Shows it. @returns how to take it away */
  show(notice: Notice): () => void;
}

/** What a person was told. */
interface Told {
  readonly kind: NoticeKind;
  readonly since: Milliseconds;
  takeAway(): void;
}

const KINDS: Readonly<Partial<Record<CheckStanding['category'], NoticeKind>>> = {
  network: 'reach',
  name: 'reach',
  certificate: 'reach',
  federation: 'reach',
  storage: 'storage',
  backup: 'backup',
  safety: 'security',
};
const NIGHT = { from: 22, to: 7 };

/** Tells the person what cannot wait until they look, once; takes it back when it is over. */
export class Notices {
  readonly #told = new Map<string, Told>();

  constructor(private readonly deps: NoticesDeps) {}

  /** @returns how to end it */
  start(): () => void {
    void this.look();
    return this.deps.control.subscribe((event) => {
      if (event === 'health.changed' || event === 'server.changed') void this.look();
    });
  }

  async look(): Promise<void> {
    const answer = await this.deps.control.call('health.list', undefined);
    if (!answer.ok) return;
    const report = answer.value as HealthReport;
    if (report.asOf !== undefined) return;
    const shown = report.checks.filter((check) => check.isVisible && isUrgent(check));
    this.#takeBack(shown);
    for (const check of shown) this.#tell(check);
  }

  #tell(check: CheckStanding): void {
    const { settings, text, clock, show } = this.deps;
    const kind = KINDS[check.category];
    if (!kind || this.#told.has(check.code)) return;
    const { notices, quietHours } = settings();
    if (!notices[kind] || (quietHours && isNight(clock.now()) && !isAllowedAtNight(kind, check))) return;
    const takeAway = show({ ...text.notices[kind], place: '/' });
    this.#told.set(check.code, { kind, since: check.since ?? clock.now(), takeAway });
  }

  #takeBack(shown: readonly CheckStanding[]): void {
    const { text, clock, show, settings } = this.deps;
    for (const [code, { kind, since, takeAway }] of this.#told) {
      if (shown.some((check) => check.code === code)) continue;
      this.#told.delete(code);
      takeAway();
      const isNews = kind === 'reach' && !(settings().quietHours && isNight(clock.now()));
      if (isNews) show({ ...text.reachableAgain(Math.max(1, Math.round((clock.now() - since) / 60_000))), place: '/' });
    }
  }
}

const isUrgent = ({ severity, category }: CheckStanding): boolean =>
  severity === 'critical' || severity === 'high' || (severity === 'medium' && category !== 'federation');

const isAllowedAtNight = (kind: NoticeKind, { severity }: CheckStanding): boolean =>
  kind === 'security' || (kind === 'storage' && severity === 'critical');

/** By the clock on the wall. */
function isNight(now: Milliseconds): boolean {
  const hour = new Date(now).getHours();
  return hour >= NIGHT.from || hour < NIGHT.to;
}
