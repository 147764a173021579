import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CHROMIUM } from '../../support/open-browser.js';
import { BenchSetupError, lighthouseFolder } from '../settings.js';

const PACKAGE = 'lighthouse@13.5.0';

/** What the browser would fetch for itself takes part in no measurement; without a network it even spoils some. */
const FLAGS =
  '--headless=new --no-sandbox --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** What is emulated: a telephone on a slow network with a processor a quarter as fast, or the window of a computer. */
export type Device = 'mobile' | 'desktop';

/** From 0 to 100. */
export interface Scores {
  readonly performance: number;
  readonly accessibility: number;
  /** What cost performance or accessibility points, by the names that Lighthouse gives. */
  readonly faults: readonly string[];
}

interface Report {
  readonly categories: Readonly<
    Record<
      'performance' | 'accessibility',
      { score: number | null; auditRefs: readonly { id: string; weight: number }[] }
    >
  >;
  readonly audits: Readonly<Record<string, { score: number | null }>>;
}

/** Installs Lighthouse in the folder of the setting LIGHTHOUSE_DIR if it is not there. */
export function setUpLighthouse(): void {
  if (existsSync(program())) return;
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--prefix',
    lighthouseFolder(),
    PACKAGE,
  ];
  const { status } = spawnSync('npm', args, { stdio: ['ignore', process.stderr, 'inherit'] });
  if (status !== 0)
    throw new BenchSetupError('Lighthouse could not be installed; it needs the package registry.');
}

/** What Lighthouse thinks of a page, in a browser of its own. */
export async function judge(url: string, device: Device): Promise<Scores> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-lighthouse-'));
  const file = path.join(folder, 'report.json');
  const args = [
    program(),
    url,
    '--quiet',
    '--output=json',
    `--output-path=${file}`,
    '--only-categories=performance,accessibility',
    `--chrome-flags=${FLAGS}`,
    ...(device === 'desktop' ? ['--preset=desktop'] : []),
  ];
  try {
    // Not waited for synchronously: the service would stand still as soon as nobody reads its log.
    const lighthouse = spawn(process.execPath, args, {
      stdio: ['ignore', process.stderr, 'inherit'],
      env: { ...process.env, CHROME_PATH: CHROMIUM },
    });
    const [status] = (await once(lighthouse, 'exit')) as [number | null];
    if (status !== 0) throw new Error(`Lighthouse ended with ${status}.`);
    return scoresOf(JSON.parse(await readFile(file, 'utf8')) as Report);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function scoresOf({ categories, audits }: Report): Scores {
  const refs = [...categories.performance.auditRefs, ...categories.accessibility.auditRefs];
  return {
    performance: points(categories.performance.score),
    accessibility: points(categories.accessibility.score),
    faults: refs.filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9).map(({ id }) => id),
  };
}

function points(score: number | null): number {
  return Math.round((score ?? 0) * 100);
}

function program(): string {
  return path.join(lighthouseFolder(), 'node_modules/lighthouse/cli/index.js');
}
