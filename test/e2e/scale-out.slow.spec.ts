/** Two API processes behind a proxy and three workers, as clients see them: as one service. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf, upload } from '../support/api-client.js';
import { EventStream, reasonsOf, segmentsOf, type StreamedEvent } from '../support/event-stream.js';
import { longRecording } from '../support/long-recording.js';
import { ScaleOutRoom } from '../support/scale-out/scale-out-room.js';

const QUOTA = 40;
const LIMIT_MS = 180_000;

let room: ScaleOutRoom;

beforeAll(async () => {
  room = await ScaleOutRoom.open({
    RATE_LIMIT_ADDRESS_PER_MINUTE: String(QUOTA),
    SHUTDOWN_DRAIN_S: '0',
  });
}, LIMIT_MS);

afterAll(async () => {
  await room.close();
});

/** Asks through the proxy from an address of this machine that nobody else asks from. */
function statusFrom(address: string, header?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ...room.user, ...(header === undefined ? {} : { 'x-forwarded-for': header }) };
    request(`${room.url}/jobs`, { localAddress: address, headers })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', reject)
      .end();
  });
}

describe('rate limits behind a proxy', () => {
  it('are one budget of an address at both API processes', async () => {
    const asked = Array.from({ length: QUOTA + 10 }, () => statusFrom('127.0.0.2'));
    const statuses = await Promise.all(asked);

    expect(statuses.filter((status) => status === 200)).toHaveLength(QUOTA);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const headers = { ...room.user, 'x-forwarded-for': '127.0.0.2' };
    const each = await Promise.all(room.apiUrls.map((url) => fetch(`${url}/jobs`, { headers })));
    expect(each.map(({ status }) => status)).toEqual([429, 429]);
  });

  it('cannot be got round by naming another address, and leave the budgets of others alone', async () => {
    expect(await statusFrom('127.0.0.2', '198.51.100.7')).toBe(429);
    expect(await statusFrom('127.0.0.3')).toBe(200);
  });
});

describe('the events of a job that a worker of its own has', () => {
  it(
    'come through either API process, and one who changes over in the middle gets each of them once',
    async () => {
      const content = await longRecording(90 * 32_000);
      const headers = { ...room.user };
      const { job_id: id } = await jsonOf<Job>(await upload(room.url, { content, headers }));
      const path = `/jobs/${id}/events`;

      const whole = room.apiUrls.map(async (url) => (await EventStream.open(url + path, headers)).rest());
      const parts = await changingOver(path);
      const [one = [], other = []] = await Promise.all(whole);

      expect(one.at(-1)?.event).toBe('completed');
      expect(segmentsOf(one).length).toBeGreaterThan(1);
      for (const events of [other, parts]) {
        expect(reasonsOf(events)).toEqual(reasonsOf(one));
        expect(numbersOf(events)).toEqual(numbersOf(one));
        expect(segmentsOf(events)).toEqual(segmentsOf(one));
        expect(events.at(-1)).toEqual(one.at(-1));
      }
    },
    LIMIT_MS,
  );
});

/** Goes to the other API process after each event but those of the progress, with the id of that. */
async function changingOver(path: string): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for (let turn = 0; ; turn += 1) {
    const lastId = events.at(-1)?.id;
    const headers = { ...room.user, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) };
    const url = room.apiUrls[turn % room.apiUrls.length] ?? '';
    const stream = await EventStream.open(url + path, headers);
    events.push(...(await stream.until(({ event }) => event !== 'progress')));
    await stream.cut();
    if (events.at(-1)?.event === 'completed') return events;
  }
}

/** Of the segments that were told, in the order in which they were. */
function numbersOf(events: readonly StreamedEvent[]): number[] {
  return events
    .filter(({ event }) => event === 'segments')
    .flatMap(({ data }) => {
      const { from, segments } = data as { from: number; segments: unknown[] };
      return segments.map((_, i) => from + i);
    });
}
