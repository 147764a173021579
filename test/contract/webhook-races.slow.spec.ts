/** What owners do to one webhook at the same time. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { problemOf } from '../support/api-client.js';
import { HookedService } from '../support/hooked-service.js';
import { waitFor } from '../support/wait-for.js';

const ROUNDS = 15;

let hooked: HookedService;

beforeAll(async () => {
  hooked = await HookedService.open();
}, 90_000);

beforeEach(() => hooked.openReceiver());

afterEach(() => hooked.closeReceiver());

afterAll(() => hooked.close());

describe('a webhook', () => {
  it('that is deleted while it is tested and its secret is rotated is there before or not at all', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id } = await hooked.create();
      const answers = await Promise.all([
        hooked.ask('testWebhook', id),
        hooked.ask('rotateWebhookSecret', id),
        hooked.ask('deleteWebhook', id),
        hooked.ask('testWebhook', id),
        hooked.ask('rotateWebhookSecret', id),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    }

    const orphans = `select target_id from webhook_secrets where target_id not in (select id from webhooks)
       and target_id not in (select id from users)`;
    expect(await hooked.select(orphans)).toEqual([]);
  });

  it('is not sent what is being sent to it', async () => {
    const { id } = await hooked.create();
    hooked.receiver.answers = [() => undefined];
    await hooked.ask('testWebhook', id);
    await waitFor(() => hooked.receiver.received.length === 1);
    const { id: deliveryId } = await hooked.deliveryOf(id, () => true);
    const refused = await problemOf(await hooked.ask('redeliver', deliveryId));

    expect([refused.status, refused.code]).toEqual([409, 'webhook_delivery_in_progress']);
  });

  it('is told once of each job that was cancelled and deleted at once, or deleted while it waited', async () => {
    const { id } = await hooked.create();
    const jobs: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const jobId = round % 2 === 0 ? await hooked.cancelJob() : await hooked.addJob();
      expect((await hooked.ask('deleteJob', jobId)).status).toBe(200);
      jobs.push(jobId);
    }
    await waitFor(() => hooked.receiver.received.length >= jobs.length, { what: 'all webhooks' });
    const told = (await hooked.deliveriesOf(id)).map(({ job_id: jobId, type }) => [jobId, type]);

    expect(told.sort()).toEqual(jobs.map((jobId) => [jobId, 'job.cancelled']).sort());
  });
});
