import type { ReachKind } from '../../config/reach.js';
import type { OwnAddress } from '../../net/interfaces.js';
import type { Check } from '../check.js';
import type { CheckRecords } from '../check-records.js';
import type { Clock } from '../../base/clock.js';
import { DAY, error, MINUTE, NOT_APPLICABLE, OK, ok, SECOND, warning } from './finding.js';

export interface NetworkDeps {
  readonly reach: ReachKind;
  readonly addresses: () => readonly OwnAddress[];
  readonly marks: Pick<CheckRecords, 'mark' | 'setMark'>;
  readonly clock: Clock;
  /** the address at home is another one than before */
  onAddressChange(before: string, now: string): void;
}

const MARK = 'home-address';

/** Whether this computer is in a network, and still where devices at home look for it. */
export const networkChecks = (deps: NetworkDeps): Check[] => [offline(deps), addressChanged(deps)];

const offline = ({ reach, addresses }: NetworkDeps): Check => ({
  code: 'offline',
  category: 'network',
  severity: 'high',
  dependsOn: [],
  timeToVisible: 30 * SECOND,
  every: 30 * SECOND,
  actions: ['check-again'],
  async probe() {
    if (reach === 'loopback') return NOT_APPLICABLE;
    const found = addresses();
    const evidence = found.map(({ link, address }) => `${link} ${address}`).join('\n');
    return found.length > 0 ? ok({}, evidence) : error('no-network');
  },
});

/** Apps at home found the server by an address that a router gave, and a router may give another one. */
const addressChanged = ({ reach, addresses, marks, clock, onAddressChange }: NetworkDeps): Check => ({
  code: 'address-changed',
  category: 'network',
  severity: 'medium',
  dependsOn: ['offline'],
  timeToVisible: MINUTE,
  every: MINUTE,
  actions: ['show-address'],
  async probe() {
    if (reach !== 'home') return NOT_APPLICABLE;
    const found = addresses().filter(({ family, kind }) => family === 4 && kind === 'private');
    const known = await marks.mark(MARK);
    const [first] = found;
    if (!first) return NOT_APPLICABLE;
    const [before, now = before ?? first.address] = known?.value.split(' ') ?? [];
    const current = found.some(({ address }) => address === now) ? now : first.address;
    if (current !== now || !known) {
      await marks.setMark(MARK, known ? `${now} ${current}` : current, clock.now());
      if (known) onAddressChange(now, current);
      return known ? warning('changed', { before: now, now: current }) : OK;
    }
    const isNews = before !== undefined && before !== current && clock.now() - known.at < 7 * DAY;
    return isNews ? warning('changed', { before, now: current }) : ok({ address: current });
  },
});
