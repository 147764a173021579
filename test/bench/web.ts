/**
 * Measures the web app: what Lighthouse thinks of its pages, and for how long scrolling through long lists keeps the browser busy at a time.
 * `npm run bench -- web SECTION …` measures some of it.
 */
import type { Browser } from 'playwright-core';
import { openEmbedded } from '../support/databases.js';
import { openBrowser } from '../support/open-browser.js';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { startService } from '../support/start-service.js';
import { addManyJobs } from '../support/web/many-jobs.js';
import { LONG_SPEECH, TranscriptRoom } from '../support/web/transcript-page.js';
import { SAMPLE } from '../support/web/web-page.js';
import { machine, markdownTable } from './markdown.js';
import { median } from './measures/median.js';
import { submitFile } from './service-jobs.js';
import { BenchSetupError, rounds, runProgram } from './settings.js';
import { type Device, judge, type Scores, setUpLighthouse } from './web/lighthouse.js';
import { type Scrolled, scrollTo } from './web/long-tasks.js';

const JOBS = 10_000;
const DEVICES: readonly Device[] = ['mobile', 'desktop'];

const SECTIONS: Readonly<Record<string, () => Promise<string>>> = { lighthouse, scrolling };

await runProgram(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in SECTIONS));
  if (unknown !== undefined)
    throw new BenchSetupError(
      `There is no section "${unknown}"; there are: ${Object.keys(SECTIONS).join(', ')}.`,
    );
  process.stdout.write(`The web app, ${machine()}.\n`);
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    process.stdout.write(`\n${await measure()}\n`);
  }
  return 0;
});

/** Where nobody has to sign in, so that every page can be opened by its address. */
async function lighthouse(): Promise<string> {
  setUpLighthouse();
  const service = await startService({ env: NO_RATE_LIMITS });
  try {
    const pages = {
      'sign-in': '/app/sign-in',
      upload: '/',
      jobs: '/app/jobs',
      transcript: await firstTranscript(service.url),
      admin: '/app/admin',
    };
    const rows: string[][] = [];
    for (const [name, path] of Object.entries(pages))
      for (const device of DEVICES)
        rows.push([name, device, ...wordsOf(await judgeOften(service.url + path, device))]);
    return markdownTable(['page', 'device', 'performance', 'accessibility', 'what cost points'], rows);
  } finally {
    await service.stop();
  }
}

async function firstTranscript(url: string): Promise<string> {
  const submission = await submitFile(url, SAMPLE);
  if ('refused' in submission) throw new Error(submission.refused.title);
  return `/app/jobs/${submission.job.job_id}`;
}

async function judgeOften(url: string, device: Device): Promise<readonly Scores[]> {
  const scores: Scores[] = [];
  for (let round = 0; round < rounds(); round += 1) scores.push(await judge(url, device));
  return scores;
}

/** The median, as what else the machine does costs points. */
function wordsOf(scores: readonly Scores[]): string[] {
  const faults = new Set(scores.flatMap((score) => score.faults));
  return [
    String(median(scores.map(({ performance }) => performance))),
    String(median(scores.map(({ accessibility }) => accessibility))),
    [...faults].join(', '),
  ];
}

async function scrolling(): Promise<string> {
  const database = await openEmbedded();
  process.env['TEST_DATABASE_URL'] = database.url;
  const room = await TranscriptRoom.open();
  const browser = await openBrowser();
  try {
    const rows = [
      [`${JOBS} jobs`, ...told(await scrollJobs(room, browser))],
      [`a transcript of ${LONG_SPEECH.length * 10} words`, ...told(await scrollTranscript(room, browser))],
    ];
    return markdownTable(['list', 'turns of the wheel', 'longest task, ms', 'most of a processor, ms'], rows);
  } finally {
    await browser.close();
    await room.close();
    await database.close();
  }
}

function told({ turns, longestMs, longestCpuMs }: Scrolled): string[] {
  return [String(turns), longestMs === 0 ? 'none over 50' : longestMs.toFixed(0), longestCpuMs.toFixed(0)];
}

async function scrollJobs(room: TranscriptRoom, browser: Browser): Promise<Scrolled> {
  await addManyJobs(room.users, room.users.anna, JOBS);
  const { page, context } = await room.signIn(browser, '/app/jobs');
  await page.locator('li[aria-posinset="1"]').waitFor();
  const scrolled = await scrollTo(browser, page, `li[aria-posinset="${JOBS}"]`);
  await context.close();
  return scrolled;
}

async function scrollTranscript(room: TranscriptRoom, browser: Browser): Promise<Scrolled> {
  await room.hear(LONG_SPEECH, LONG_SPEECH.length * 5);
  const { web } = await room.openPage(browser);
  const scrolled = await scrollTo(browser, web.page, `li[aria-posinset="${LONG_SPEECH.length}"]`);
  await web.context.close();
  return scrolled;
}
