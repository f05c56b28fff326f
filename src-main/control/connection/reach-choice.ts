import type { Config } from '../../config/config.js';
import { hostOfReach, type ReachKind, type ReachPlan, reachOf } from '../../config/reach.js';
import { isIP } from 'node:net';
import type { ReachChoice, SetupMode } from '../contract.js';
import { ControlError } from '../procedure.js';
import { checkServerName } from '../setup/name-check.js';

const KINDS: Readonly<Record<SetupMode, ReachKind>> = {
  try: 'loopback',
  home: 'home',
  direct: 'direct',
  proxy: 'front',
  tunnel: 'front',
};

export const isOutside = (mode: SetupMode): boolean => KINDS[mode] === 'direct' || KINDS[mode] === 'front';

/**
 * A choice as a plan for the configuration.
 *
 * @throws ControlError HOST_REFUSED
 */
export function planOf(
  { mode, host, frontAddress }: ReachChoice,
  serverName: string,
  ports: Pick<ReachPlan, 'plainPort' | 'tlsPort'>,
): ReachPlan {
  const front = mode === 'proxy' && frontAddress !== undefined && !isLoopback(frontAddress) ? frontAddress : undefined;
  if (front !== undefined && isIP(front) === 0) {
    throw new ControlError('HOST_REFUSED', 'the address of the web server must be an IP address');
  }
  const kind = KINDS[mode];
  const own = serverName.replace(/:\d+$/, '');
  return { kind, serverName, host: isOutside(mode) ? acceptedHost(host ?? own) : own, frontAddress: front, ...ports };
}

const isLoopback = (address: string): boolean => address === '' || address === '::1' || address.startsWith('127.');

function acceptedHost(typed: string): string {
  const { verdict, code, serverName } = checkServerName(typed, 'direct');
  if (verdict !== 'refused') return serverName;
  throw new ControlError('HOST_REFUSED', `the name cannot be reached from elsewhere: ${code}`);
}

/** The choice that a configuration comes from. @param remembered tells apart what is configured alike */
export function choiceOf(config: Config, remembered: SetupMode | undefined): ReachChoice {
  const kind = reachOf(config);
  const mode = modeOf(kind, remembered);
  if (!isOutside(mode)) return { mode };
  const proxies = config.listeners.find(({ trustedProxies }) => trustedProxies.length > 0)?.trustedProxies ?? [];
  const frontAddress = mode === 'proxy' ? proxies.find((each) => isIP(each) !== 0 && !isLoopback(each)) : undefined;
  return { mode, host: hostOfReach(config), ...(frontAddress === undefined ? {} : { frontAddress }) };
}

function modeOf(kind: ReachKind, remembered: SetupMode | undefined): SetupMode {
  if (kind === 'loopback') return 'try';
  if (kind === 'front') return remembered === 'tunnel' ? 'tunnel' : 'proxy';
  return kind;
}
