import type { Clock } from '../../base/clock.js';
import type { Awake } from '../awake.js';
import type { Check, Finding } from '../check.js';
import { DAY, MINUTE, NOT_APPLICABLE, OK, warning } from './finding.js';

/** What a shell knows of the computer; what it cannot know is undefined. */
export interface PowerState {
  readonly onBattery?: boolean | undefined;
  /** the program starts when somebody signs in, or before */
  readonly startsAtLogin?: boolean | undefined;
  /** the computer is kept from falling asleep by itself */
  readonly keepsAwake?: boolean | undefined;
}

export interface PowerDeps {
  /** undefined: the shell knows nothing of it */
  readonly power: () => PowerState | undefined;
  readonly awake: Awake;
  readonly clock: Clock;
}

/** A nap of a few minutes hurts nobody. */
const WORTH_TELLING = 5 * MINUTE;

/** Whether the computer stays on. */
export const powerChecks = ({ power, awake, clock }: PowerDeps): Check[] => [
  {
    code: 'on-battery',
    category: 'power',
    severity: 'low',
    dependsOn: [],
    timeToVisible: 15 * MINUTE,
    every: MINUTE,
    actions: ['show-start-and-sleep'],
    probe: async () => judged(power()?.onBattery, false, 'battery'),
  },
  {
    code: 'slept',
    category: 'power',
    severity: 'low',
    dependsOn: [],
    timeToVisible: 0,
    every: 10 * MINUTE,
    actions: ['show-start-and-sleep'],
    async probe() {
      const { last } = awake;
      if (!last || clock.now() - last.to > DAY || last.to - last.from < WORTH_TELLING) return OK;
      return warning('slept', { ...last, length: last.to - last.from });
    },
  },
  {
    code: 'sleep-not-prevented',
    category: 'power',
    severity: 'low',
    dependsOn: [],
    timeToVisible: MINUTE,
    every: MINUTE,
    actions: ['show-start-and-sleep'],
    probe: async () => judged(power()?.keepsAwake, true, 'may-sleep'),
  },
  {
    code: 'autostart-off',
    category: 'power',
    severity: 'low',
    dependsOn: [],
    timeToVisible: MINUTE,
    every: MINUTE,
    actions: ['show-start-and-sleep'],
    probe: async () => judged(power()?.startsAtLogin, true, 'not-started'),
  },
];

function judged(value: boolean | undefined, wanted: boolean, reason: string): Finding {
  if (value === undefined) return NOT_APPLICABLE;
  return value === wanted ? OK : warning(reason);
}
