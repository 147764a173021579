/**
 * Measures the life of jobs: without an engine how many a second go from order to completion, and how long claims and pages of the list
 * take with many jobs waiting; with one how soon it begins and stops. Ends with 1 when a job did not complete exactly once.
 */
import { Logger } from '@nestjs/common';
import { openEmbeddedBench } from './jobs/bench-room.js';
import { measureLife } from './jobs/life.js';
import { measurePromptness } from './jobs/promptness.js';
import { measureQueue } from './jobs/queue.js';
import { machine } from './markdown.js';
import { runProgram } from './settings.js';

Logger.overrideLogger(false);

await runProgram(async () => {
  process.stdout.write(`Jobs, ${machine()}.\n`);
  const bench = await openEmbeddedBench();
  try {
    const life = await measureLife(bench);
    process.stdout.write(`\n${life.report}\n`);
    process.stdout.write(`\n${await measureQueue(bench)}\n`);
    if (!life.good) return 1;
  } finally {
    await bench.close();
  }
  process.stdout.write(`\n${await measurePromptness()}\n`);
  return 0;
});
