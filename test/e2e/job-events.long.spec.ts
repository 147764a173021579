/** One job that is followed while all around it dies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { getTranscript, jsonOf, upload } from '../support/api-client.js';
import { killEngineOf } from '../support/engine-process.js';
import { EventStream, reasonsOf, type StreamedEvent } from '../support/event-stream.js';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';

/** Three minutes: several pieces of text. */
const RECORDING_BYTES = 3 * 60 * 32_000;
const LIMIT_MS = 240_000;

let service: RunningService;
let dataDir: string;

afterEach(async () => {
  await service.stop();
  await rm(dataDir, { recursive: true, force: true });
});

function follow(job: string, lastId = ''): Promise<EventStream> {
  return EventStream.open(`${service.url}/jobs/${job}/events`, { 'last-event-id': lastId });
}

const isText = ({ event }: StreamedEvent): boolean => event === 'segments';

describe('a client that comes back after each loss', () => {
  it.each([
    'the engine is killed',
    'the service is killed and started again',
    'the service is stopped and started again',
  ])(
    'has every segment once when %s in the middle',
    async (what) => {
      dataDir = await mkdtemp(join(tmpdir(), 'service-'));
      service = await startService({ dataDir });
      const form = { content: await longRecording(RECORDING_BYTES) };
      const { job_id: id } = await jsonOf<Job>(await upload(service.url, form));
      const stream = await follow(id);
      const events = await stream.until(isText);
      if (what === 'the engine is killed') killEngineOf(service.pid);
      else {
        if (what === 'the service is killed and started again') await service.kill();
        else await service.stop();
        events.push(...(await stream.rest()));
        service = await startService({ dataDir });
      }
      const again = await follow(id, stream.lastId);
      events.push(...(await again.rest()));
      await stream.cut();

      const { segments } = await getTranscript(service.url, id);
      expect(segments.length).toBeGreaterThan(10);
      expect(events.filter(isText).flatMap(({ data }) => data['segments'])).toEqual(segments);
      expect(reasonsOf(events).slice(0, 2)).toEqual(['created', 'claimed']);
      expect(events.filter(({ event }) => event === 'completed')).toEqual([events.at(-1)]);
    },
    LIMIT_MS,
  );
});
