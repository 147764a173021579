/**
 * Measures the life of jobs: without an engine how many a second go from order to completion, by each queue, and how long claims and pages
 * of the list take with many jobs waiting; with one how soon it begins and stops. `npm run bench -- jobs SECTION …` measures some of it.
 * Ends with 1 when a job did not complete exactly once.
 */
import { Logger } from '@nestjs/common';
import { openBenchRoom, type BenchRoom } from './jobs/bench-room.js';
import { LIFE_HEADER, measureLife } from './jobs/life.js';
import { measurePromptness } from './jobs/promptness.js';
import { openBullRoom, openEmbeddedRoom } from './jobs/queue-rooms.js';
import { measureQueue } from './jobs/queue.js';
import { machine, markdownTable } from './markdown.js';
import { BenchSetupError, runProgram } from './settings.js';

interface Section {
  readonly report: string;
  readonly good: boolean;
}

const SECTIONS: Readonly<Record<string, () => Promise<Section>>> = {
  embedded: () => within(openEmbeddedRoom, (bench) => life('embedded', bench)),
  bull: () => within(openBullRoom, (bench) => life('Bull', bench)),
  waiting: () => within(openBenchRoom, async (bench) => good(await measureQueue(bench))),
  engine: async () => good(await measurePromptness()),
};

Logger.overrideLogger(false);

await runProgram(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in SECTIONS));
  if (unknown !== undefined)
    throw new BenchSetupError(
      `There is no section "${unknown}"; there are: ${Object.keys(SECTIONS).join(', ')}.`,
    );
  process.stdout.write(`Jobs, ${machine()}.\n`);
  let allGood = true;
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const section = await measure();
    process.stdout.write(`\n${section.report}\n`);
    allGood &&= section.good;
  }
  return allGood ? 0 : 1;
});

async function within(
  openRoom: () => Promise<BenchRoom>,
  measure: (bench: BenchRoom) => Promise<Section>,
): Promise<Section> {
  const bench = await openRoom();
  try {
    return await measure(bench);
  } finally {
    await bench.close();
  }
}

async function life(queue: string, bench: BenchRoom): Promise<Section> {
  const { row, good: isGood } = await measureLife(queue, bench);
  return { report: markdownTable(LIFE_HEADER, [row]), good: isGood };
}

function good(report: string): Section {
  return { report, good: true };
}
