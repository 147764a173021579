/** What webhooks tell of transcripts that people change. */
import { describe, expect, it } from '@jest/globals';
import { HookedService, openHookedForAll } from '../support/hooked-service.js';

let hooked: HookedService;
openHookedForAll((opened) => {
  hooked = opened;
});

const WORD = 'unheard';

/** A job that nobody worked on, with a transcript. */
async function addTranscript(): Promise<string> {
  const id = await hooked.addJob();
  const certainty = { avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0, temperature: 0 };
  const segments = [{ start: 0, end: 1, text: 'heard', ...certainty }];
  await hooked.execute(`
    update jobs set status = 'completed', finished_at = now() where id = '${id}';
    insert into transcripts values ('${id}', 'base', 'fr', 1, 2, 'heard', '${JSON.stringify(segments)}', now())`);
  return id;
}

async function write(jobId: string, text: string): Promise<void> {
  const response = await fetch(`${hooked.url}/transcripts/${jobId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'if-match': '*' },
    body: JSON.stringify({ segments: [{ start: 0, end: 1, text }] }),
  });
  expect(response.status).toBe(200);
}

describe('a webhook', () => {
  it('tells of each version that a person begins or restores, and not what is in it', async () => {
    await hooked.create({ events: ['transcript.updated'] });
    const id = await addTranscript();
    await write(id, WORD);
    await write(id, `${WORD} again`);
    await fetch(`${hooked.url}/transcripts/${id}/versions/1/restore`, {
      method: 'POST',
      headers: { 'if-match': '*' },
    });
    await hooked.received(id, 2);
    const hooks = hooked.receiver.of(id);

    expect(hooks.map(({ payload }) => payload).sort(byTime)).toMatchObject([
      { type: 'transcript.updated', data: { id, job_id: id, version: 2 } },
      { type: 'transcript.updated', data: { id, job_id: id, version: 3 } },
    ]);
    for (const hook of hooks) {
      expect(hooked.contract.findMessageFaults('transcript.updated', hook)).toEqual([]);
      expect(hook.body).not.toContain(WORD);
    }
  });

  it('that wants to hear of jobs only is told nothing of it', async () => {
    const { id: webhookId } = await hooked.create({ events: ['job.completed'] });
    await write(await addTranscript(), WORD);

    expect(await hooked.deliveriesOf(webhookId)).toEqual([]);
  });
});

function byTime(one: { timestamp: string }, other: { timestamp: string }): number {
  return one.timestamp.localeCompare(other.timestamp);
}
