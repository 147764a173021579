import type { RunningService } from '../../support/start-service.js';
import { arrivedAsSent, sendCrowd } from '../../support/upload-crowd.js';
import { markdownTable } from '../markdown.js';
import { peakResidentMib, residentMib } from '../measures/process-tree.js';

const FILES = 200;
const FILE_BYTES = 20_000_000;

/** Many files of different bytes at the same moment; what arrived is asked of the API. */
export async function measureCrowd(service: RunningService): Promise<{ report: string; good: boolean }> {
  const before = residentMib(service.pid);
  const start = performance.now();
  const arrivals = await sendCrowd(service.url, FILES, FILE_BYTES);
  const seconds = (performance.now() - start) / 1000;
  const peak = peakResidentMib(service.pid);
  let right = 0;
  for (const arrival of arrivals) if (await arrivedAsSent(service.url, arrival)) right += 1;
  const rows = [
    ['files at a time', `${FILES} of ${FILE_BYTES / 1e6} MB`],
    ['not accepted in the end', String(arrivals.filter(({ jobId }) => jobId === null).length)],
    ['gone on with after a refusal', String(arrivals.filter(({ repeats }) => repeats > 0).length)],
    ['there with the hash of what was sent', String(right)],
    ['wall', `${seconds.toFixed(1)} s`],
    ['resident memory before', `${before.toFixed(0)} MiB`],
    ['peak resident memory', `${peak.toFixed(0)} MiB`],
  ];
  return { report: markdownTable(['what', 'value'], rows), good: right === FILES };
}
