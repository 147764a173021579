import type { Page } from 'playwright-core';

const WHEEL_PIXELS = 1500;
/** More than the longest list has. */
const MOST_TURNS = 2000;

export interface Scrolled {
  readonly turns: number;
  /** Tasks of more than 50 ms, which is what browsers call long; the longest in ms, 0 if there was none. */
  readonly longTasks: number;
  readonly longest: number;
}

/** Turns the wheel until the element is in the page that `last` finds, and tells how long the browser was busy at a time. */
export async function scrollTo(page: Page, last: string): Promise<Scrolled> {
  await page.evaluate(`window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: 'longtask' })`);
  await page.mouse.move(500, 600);
  let turns = 0;
  while ((await page.locator(last).count()) === 0 && turns < MOST_TURNS) {
    await page.mouse.wheel(0, WHEEL_PIXELS);
    // Two frames: that of the wheel, and that of what it brings.
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    turns += 1;
  }
  if (turns === MOST_TURNS) throw new Error(`Scrolling does not lead to ${last}.`);
  const tasks = await page.evaluate<number[]>('window.longTasks');
  return { turns, longTasks: tasks.length, longest: Math.max(0, ...tasks) };
}
