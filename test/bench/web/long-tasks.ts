import type { Browser, Page } from 'playwright-core';

const WHEEL_PIXELS = 1500;
/** More than the longest list has. */
const MOST_TURNS = 2000;
const TASKS = 'disabled-by-default-devtools.timeline';

export interface Scrolled {
  readonly turns: number;
  /** The longest task of the page as its users meet it, which has in it what else the machine does. */
  readonly longestMs: number;
  /** The most that a task took of a processor: about what it lasts on a machine with nothing else to do. */
  readonly longestCpuMs: number;
}

/** Microseconds; `tdur` is time on a processor. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Turns the wheel, a screen and a half at a time, until what `last` selects is in the page. */
export async function scrollTo(browser: Browser, page: Page, last: string): Promise<Scrolled> {
  await observeLongTasks(page);
  await browser.startTracing(page, { categories: [TASKS] });
  const turns = await turnWheel(page, last);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as {
    traceEvents: TraceEvent[];
  };
  const longestMs = Math.max(0, ...(await page.evaluate<number[]>('window.longTasks')));
  return { turns, longestMs, longestCpuMs: longestOnMainThread(traceEvents) };
}

function observeLongTasks(page: Page): Promise<void> {
  return page.evaluate(`window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' })`);
}

async function turnWheel(page: Page, last: string): Promise<number> {
  await page.mouse.move(500, 600);
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    if ((await page.locator(last).count()) > 0) return turns;
    await page.mouse.wheel(0, WHEEL_PIXELS);
    // Two frames: that of the wheel, and that of what it brings.
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
  }
  throw new Error(`Scrolling does not lead to ${last}.`);
}

function longestOnMainThread(events: readonly TraceEvent[]): number {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const main = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf),
  );
  const tasks = events.filter((event) => event.name === 'RunTask' && main.has(threadOf(event)));
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur), 0) / 1000;
}
