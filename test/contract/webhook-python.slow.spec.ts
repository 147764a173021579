/** Webhooks as the official Python client of OpenAI takes them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReceivedHook } from '../support/hook-receiver.js';
import { HookedService } from '../support/hooked-service.js';
import { hasPython, OPENAI_VERSIONS, openPythonWith, type PythonProgram } from '../support/python-openai.js';

/** The client is downloaded once. */
const INSTALL_LIMIT_MS = 400_000;

const describeWithPython = hasPython() ? describe : describe.skip;

describeWithPython.each(OPENAI_VERSIONS)('the Python client %s', (version) => {
  let hooked: HookedService;
  let python: PythonProgram;
  let secret: string;
  let hooks: ReceivedHook[];

  beforeAll(async () => {
    python = await openPythonWith(version);
    hooked = await HookedService.open();
    await hooked.openReceiver();
    const webhook = await hooked.create();
    ({ secret } = webhook);
    const ids = [await hooked.cancelJob(), await hooked.test(webhook.id)];
    hooks = await Promise.all(ids.map((id) => hooked.received(id)));
  }, INSTALL_LIMIT_MS);

  afterAll(async () => {
    await hooked.closeReceiver();
    await hooked.close();
  });

  const unwrap = ({ body, headers }: Pick<ReceivedHook, 'body' | 'headers'>): Promise<unknown> =>
    python.ask('unwrap_webhook.py', { body, headers, secret });

  it('unwraps what we send of a job and of a test', async () => {
    for (const hook of hooks) {
      const { id, type, created_at, data } = hook.payload;
      expect(await unwrap(hook)).toMatchObject({ event: { id, type, created_at, data: { id: data.id } } });
    }
    expect(hooks.map(({ payload }) => payload.type)).toEqual(['job.cancelled', 'webhook.test']);
  });

  it('refuses what was changed on the way', async () => {
    for (const hook of hooks)
      expect(await unwrap({ ...hook, body: `${hook.body} ` })).toEqual({ refused: true });
  });
});
