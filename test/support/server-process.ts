import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../src-main/base/clock.js';
import { silentLogger } from '../../src-main/base/logger.js';
import type { Config } from '../../src-main/config/config.js';
import { defaultConfig } from '../../src-main/config/defaults.js';
import { createHomeserver } from '../../src-main/homeserver.js';
import type { CleanUpRequest } from '../../src-main/matrix/admin/index.js';
import type { UserId } from '../../src-main/spec/ids.js';

/** What its parent asks of the server's process. */
export type Question = 'usage' | 'stop' | { readonly erase: UserId } | { readonly cleanUp: CleanUpRequest };
/** CPU in ms since the process began, of all its threads; memory in MiB, and the longest stalls of the event loop since the last question. */
export interface Usage {
  readonly cpu: number;
  /** of that on the thread of the event loop */
  readonly loopCpu: number;
  readonly rss: number;
  /** MiB: the most memory that it ever had */
  readonly peak: number;
  /** ms by the clock: a machine that has other work too shows it here; 0 unless the loop is watched */
  readonly stall: number;
  /** ms of CPU that this thread used without looking after anything else; 0 unless the loop is watched */
  readonly work: number;
}

/**
 * The real server in a process of its own: benchmarks and faults talk to it over HTTP, and ask for its usage over IPC.
 * With a port it federates: it is called by that port of loopback, and listens there with a certificate of its own. To
 * watch the loop for stalls costs a hundredth of a CPU: who measures what little things cost says `unwatched`.
 */
const [dataDir = '', rounds = '4', federationPort = '', watching = 'watched'] = process.argv.slice(2);
const base = defaultConfig({ serverName: federationPort ? `127.0.0.1:${federationPort}` : 'bench.test', dataDir });
const unlimited = JSON.parse(JSON.stringify(base.rateLimits), (key, value: unknown) =>
  key === 'perSecond' || key === 'burst' ? 1e9 : value,
) as Config['rateLimits'];
const loopback = { bindAddresses: ['127.0.0.1'], trustedProxies: [] };
const config: Config = {
  ...base,
  listeners: [
    { ...loopback, port: 0, tls: false, resources: ['client', 'media', 'health'] },
    ...(federationPort
      ? [{ ...loopback, port: Number(federationPort), tls: true, resources: ['federation', 'keys'] as const }]
      : []),
  ],
  federation: {
    ...base.federation,
    verifyCertificates: false,
    allowedRanges: ['127.0.0.0/8'],
    trustedKeyServers: [],
  },
  registration: { ...base.registration, enabled: true, withoutVerification: true },
  passwords: { ...base.passwords, rounds: Number(rounds) },
  rateLimits: { ...unlimited, federation: { ...base.rateLimits.federation, sleepLimit: 1e9, rejectLimit: 1e9 } },
};
const server = await createHomeserver(config, { clock: systemClock, log: silentLogger });
const [address] = await server.start();
process.send?.({ port: address?.port });

const loop = monitorEventLoopDelay({ resolution: 5 });

const threadCpu = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let [longestWork, lastCpu] = [0, threadCpu()];
if (watching === 'watched') {
  loop.enable();
  setInterval(() => {
    const now = threadCpu();
    longestWork = Math.max(longestWork, now - lastCpu);
    lastCpu = now;
  }, 5).unref();
}

process.on('message', (question: Question) => {
  if (typeof question === 'object') {
    if ('erase' in question) void server.erasures.begin(question.erase);
    else void server.cleanUps.begin(question.cleanUp);
    return;
  }
  if (question === 'usage') {
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      cpu: (user + system) / 1000,
      loopCpu: threadCpu(),
      rss: process.memoryUsage.rss() / 2 ** 20,
      peak: process.resourceUsage().maxRSS / 1024,
      stall: loop.max / 1e6,
      work: longestWork,
    };
    loop.reset();
    longestWork = 0;
    process.send?.(usage);
    return;
  }
  void server.stop().then(() => process.exit(0));
});
