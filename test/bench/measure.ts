import type { BenchServer } from './bench-server.js';

/** What a workload cost. */
export interface Measured {
  readonly name: string;
  readonly perSecond: number;
  /** ms */
  readonly p50: number;
  readonly p95: number;
  /** ms of the server's CPU for one operation */
  readonly cpu: number;
  /** MiB afterwards */
  readonly rss: number;
}

/** Runs `operation` `count` times, `inFlight` at once, and says what it cost the server. */
export async function measure(
  server: BenchServer,
  name: string,
  { count, inFlight = 1, warmUp = 0 }: { count: number; inFlight?: number; warmUp?: number },
  operation: (index: number) => Promise<unknown>,
): Promise<Measured> {
  await each(warmUp, inFlight, operation);
  const times: number[] = [];
  const before = await server.usage();
  const begun = performance.now();
  await each(count, inFlight, async (index) => {
    const start = performance.now();
    await operation(warmUp + index);
    times.push(performance.now() - start);
  });
  const seconds = (performance.now() - begun) / 1000;
  const after = await server.usage();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const measured = {
    name,
    perSecond: count / seconds,
    p50: at(0.5),
    p95: at(0.95),
    cpu: (after.cpu - before.cpu) / count,
    rss: after.rss,
  };
  print(measured);
  return measured;
}

/** Runs `work` for each index, `inFlight` at once. */
export async function each(count: number, inFlight: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(inFlight, count) }, async () => {
      while (next < count) {
        const index = next;
        next += 1;
        await work(index);
      }
    }),
  );
}

const number = (value: number, digits: number, width: number) => value.toFixed(digits).padStart(width);

export function printHeader(): void {
  console.log(`${'workload'.padEnd(38)}      ops/s   p50 ms   p95 ms  CPU ms/op  RSS MiB`);
}

function print({ name, perSecond, p50, p95, cpu, rss }: Measured): void {
  const cells = [number(perSecond, 1, 11), number(p50, 2, 9), number(p95, 2, 9), number(cpu, 3, 11), number(rss, 0, 9)];
  console.log(name.padEnd(38) + cells.join(''));
}
