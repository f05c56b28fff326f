import type { Clock, Milliseconds } from '../../base/clock.js';
import type { Check } from '../check.js';
import { MINUTE, NOT_APPLICABLE, ok, warning } from './finding.js';

/** A service that apps are notified through. */
export interface GatewayState {
  readonly name: string;
  readonly apps: number;
  /** undefined: it takes what it is sent */
  readonly failingSince: Milliseconds | undefined;
}

export interface PushDeps {
  readonly isEnabled: boolean;
  readonly gateways: () => Promise<readonly GatewayState[]>;
  readonly clock: Clock;
}

const WORTH_TELLING = 20 * MINUTE;

/** Whether people are told of messages while their apps are closed. */
export const pushChecks = ({ isEnabled, gateways, clock }: PushDeps): Check[] => [
  {
    code: 'push-gateways',
    category: 'push',
    severity: 'medium',
    dependsOn: ['offline'],
    timeToVisible: 10 * MINUTE,
    every: 5 * MINUTE,
    actions: ['show-logs', 'check-again'],
    async probe() {
      const all = isEnabled ? await gateways() : [];
      if (all.length === 0) return NOT_APPLICABLE;
      const evidence = all.map(({ name, apps, failingSince }) =>
        [name, apps, failingSince === undefined ? 'ok' : `failing since ${new Date(failingSince).toISOString()}`].join(
          ' ',
        ),
      );
      const down = all.filter(
        ({ failingSince }) => failingSince !== undefined && clock.now() - failingSince > WORTH_TELLING,
      );
      const [first] = down.toSorted((a, b) => b.apps - a.apps);
      if (!first) return ok({ gateways: all.length }, evidence.join('\n'));
      const apps = down.reduce((sum, each) => sum + each.apps, 0);
      const fields = { gateway: first.name, since: first.failingSince ?? 0, apps, others: down.length - 1 };
      return warning('failing', fields, {
        evidence: evidence.join('\n'),
        value: down.map(({ name }) => name).join(' '),
      });
    },
  },
];
