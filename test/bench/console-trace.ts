import type { Browser, Page } from 'playwright-core';

/** ms: longer ones are seen */
export const LONG = 50;

/** How smoothly a page went while something was done in it. */
export interface Smoothness {
  readonly name: string;
  /** from one frame to the next, by the clock: other work on the machine shows here too */
  readonly frames: number;
  readonly slowFrames: number;
  readonly longestFrame: number;
  /** tasks of the page's main thread: how many took long by the clock, and the longest by the clock and in CPU */
  readonly tasks: number;
  readonly slowTasks: number;
  readonly slowByCpu: number;
  readonly longestTask: number;
  readonly longestCpu: number;
  /** seconds of CPU in all */
  readonly cpu: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const CATEGORIES = ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'];
const TASK = /^(?:ThreadControllerImpl::RunTask|RunTask)$/;

/** Does `work` in a page and says how smoothly the page went meanwhile. */
export async function traced(
  browser: Browser,
  page: Page,
  name: string,
  work: () => Promise<unknown>,
): Promise<Smoothness> {
  await page.evaluate(() => {
    const kept = { last: 0, gaps: [] as number[], isOn: true };
    const look = (now: number) => {
      if (kept.last > 0) kept.gaps.push(now - kept.last);
      kept.last = now;
      if (kept.isOn) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    Object.assign(window, { benchFrames: kept });
  });
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  const events = eventsOf(await browser.stopTracing());
  const gaps = await page.evaluate(() => {
    const kept = (window as unknown as { benchFrames: { gaps: number[]; isOn: boolean } }).benchFrames;
    kept.isOn = false;
    return kept.gaps;
  });
  return { name, ...framesOf(gaps), ...tasksOf(events) };
}

function eventsOf(trace: Buffer): readonly TraceEvent[] {
  return (JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] }).traceEvents;
}

function framesOf(gaps: readonly number[]) {
  return {
    frames: gaps.length,
    slowFrames: gaps.filter((gap) => gap > LONG).length,
    longestFrame: Math.max(0, ...gaps),
  };
}

/** Of the busiest renderer: there is one page. */
function tasksOf(events: readonly TraceEvent[]) {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const isMain = (event: TraceEvent) => mains.some(({ pid, tid }) => pid === event.pid && tid === event.tid);
  const tasks = events.filter((event) => event.ph === 'X' && TASK.test(event.name) && isMain(event));
  const wall = tasks.map(({ dur = 0 }) => dur / 1000);
  const cpu = tasks.map(({ tdur = 0 }) => tdur / 1000);
  return {
    tasks: tasks.length,
    slowTasks: wall.filter((ms) => ms > LONG).length,
    slowByCpu: cpu.filter((ms) => ms > LONG).length,
    longestTask: most(wall),
    longestCpu: most(cpu),
    cpu: cpu.reduce((sum, ms) => sum + ms, 0) / 1000,
  };
}

const most = (values: readonly number[]) => values.reduce((longest, value) => Math.max(longest, value), 0);

export function printSmoothnessHeader(): void {
  console.log(`${'what'.padEnd(40)} frames  >50 ms  longest   tasks  >50 ms  >50 CPU  longest  longest CPU  CPU s`);
}

export function printSmoothness(it: Smoothness): void {
  const cell = (value: number, digits: number, width: number) => value.toFixed(digits).padStart(width);
  console.log(
    it.name.padEnd(40) +
      [
        cell(it.frames, 0, 7),
        cell(it.slowFrames, 0, 8),
        cell(it.longestFrame, 0, 9),
        cell(it.tasks, 0, 8),
        cell(it.slowTasks, 0, 8),
        cell(it.slowByCpu, 0, 9),
        cell(it.longestTask, 0, 9),
        cell(it.longestCpu, 0, 13),
        cell(it.cpu, 2, 7),
      ].join(''),
  );
}
