/**
 * Measures how uploads arrive at the built service, which has a data folder of its own on the disk of TMPDIR: how fast one of 1 GiB does,
 * against `cp` to the same disk, and whether 200 at a time do. Ends with 1 when a file did not arrive as it was sent.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NO_RATE_LIMITS } from '../support/rate-limits.js';
import { type RunningService, startService } from '../support/start-service.js';
import { machine } from './markdown.js';
import { BenchSetupError, rounds, runProgram } from './settings.js';
import { measureCrowd } from './uploads/crowd.js';
import { measureLargeFile } from './uploads/large-file.js';

const DEFAULT_ROUNDS = 5;

const SECTIONS: Readonly<
  Record<string, (service: RunningService, folder: string) => Promise<{ report: string; good: boolean }>>
> = {
  large: (service, folder) => measureLargeFile(service, folder, rounds(DEFAULT_ROUNDS)),
  crowd: (service) => measureCrowd(service),
};

await runProgram(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in SECTIONS));
  if (unknown !== undefined)
    throw new BenchSetupError(
      `There is no section "${unknown}"; there are: ${Object.keys(SECTIONS).join(', ')}.`,
    );
  process.stdout.write(`Uploads, ${machine()}.\n`);
  let allGood = true;
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const { report, good } = await withService(measure);
    process.stdout.write(`\n${report}\n`);
    allGood &&= good;
  }
  return allGood ? 0 : 1;
});

async function withService<T>(measure: (service: RunningService, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-uploads-'));
  try {
    const env = { WORKER_EMBEDDED: 'false', MAX_UPLOAD_MB: '2048', LOG_LEVEL: 'info', ...NO_RATE_LIMITS };
    const service = await startService({ env, dataDir: path.join(folder, 'data') });
    try {
      return await measure(service, folder);
    } finally {
      await service.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
