import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf, upload } from '../../support/api-client.js';
import { longRecording } from '../../support/long-recording.js';
import { NO_RATE_LIMITS } from '../../support/rate-limits.js';
import { startService } from '../../support/start-service.js';
import { waitFor } from '../../support/wait-for.js';
import { markdownTable } from '../markdown.js';
import { median } from '../measures/median.js';
import { rounds } from '../settings.js';

const CLIP = 'clips/fr/bonjour_monde.wav';
/** Ten minutes: nobody waits for its end. */
const LONG_BYTES = 10 * 60 * 32_000;
const DEFAULT_ROUNDS = 7;

/** How soon a real service with a warm model begins a job, and stops one that is cancelled. */
export async function measurePromptness(): Promise<string> {
  const service = await startService({ env: NO_RATE_LIMITS });
  const recording = await longRecording(LONG_BYTES);
  const get = async (id: string): Promise<Job> => jsonOf<Job>(await fetch(`${service.url}/jobs/${id}`));
  const begin = async (input: { file?: string; content?: Uint8Array }): Promise<string> =>
    (await jsonOf<Job>(await upload(service.url, input))).job_id;
  const firstProgress: number[] = [];
  const stopped: number[] = [];
  try {
    for (let round = 0; round <= rounds(DEFAULT_ROUNDS); round += 1) {
      const id = await begin({ content: recording });
      const queuedAt = performance.now();
      await waitFor(async () => (await get(id)).progress.stage !== null);
      const begun = performance.now() - queuedAt;
      await waitFor(async () => (await get(id)).progress.processed_seconds > 0);
      const next = await begin({ file: CLIP });
      const cancelledAt = performance.now();
      await fetch(`${service.url}/jobs/${id}/cancel`, { method: 'POST' });
      // The engine takes the next one as soon as it has stopped.
      await waitFor(
        async () =>
          (await get(next)).progress.stage === 'transcribing' || (await get(next)).status === 'completed',
      );
      const ended = performance.now() - cancelledAt;
      await waitFor(async () => (await get(next)).status === 'completed');
      if (round === 0) continue;
      firstProgress.push(begun);
      stopped.push(ended);
    }
  } finally {
    await service.stop();
  }
  const row = (name: string, times: readonly number[]): string[] => [
    name,
    median(times).toFixed(0),
    Math.max(...times).toFixed(0),
  ];
  return markdownTable(
    ['step', 'median, ms', 'slowest, ms'],
    [
      row('queued → first progress', firstProgress),
      row('cancelled → the engine has begun the next job', stopped),
    ],
  );
}
