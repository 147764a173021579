/** Who speaks, as the command line `whisper-transcriber` prints it. */
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient, createVoice, type Job, type JobList } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf } from '../support/api-client.js';
import { TranscriberCommand, type CommandResult } from '../support/built-command.js';
import { CONVERSATION, READER } from '../support/known-speakers.js';
import { startService, type RunningService } from '../support/start-service.js';

const LIMIT_MS = 120_000;
const TALK = fixturePath(CONVERSATION);
const CLIP = fixturePath('clips/fr/bonjour_monde.wav');

let service: RunningService;
let home: string;

beforeAll(async () => {
  service = await startService();
  home = await mkdtemp(path.join(tmpdir(), 'cli-'));
}, 90_000);

afterAll(async () => {
  await service.stop();
  await rm(home, { recursive: true, force: true });
});

const run = (...args: string[]): Promise<CommandResult> =>
  new TranscriberCommand(args, home, { WHISPER_URL: service.url }).end();

async function newestJob(): Promise<Job> {
  const { jobs } = await jsonOf<JobList>(await fetch(`${service.url}/jobs?limit=1`));
  return jsonOf<Job>(await fetch(`${service.url}/jobs/${jobs[0]?.job_id ?? ''}`));
}

it(
  'says who speaks where it is asked to',
  async () => {
    const { code, stdout } = await run('transcribe', TALK, '--speakers', '2');

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Speaker 1: Unless .*\nSpeaker 2: The quick .*\nSpeaker 1: He was .*\nSpeaker 2: One, /,
    );
    expect(await newestJob()).toMatchObject({ diarize: true, num_speakers: 2 });
    expect((await run('transcribe', CLIP, '--speakers', 'two')).stderr).toContain('--speakers is a number');
  },
  LIMIT_MS,
);

it(
  'calls speakers by the names of voices that are saved',
  async () => {
    const client = createClient({ baseUrl: service.url });
    const voice = { name: 'Smith, John', file: await openAsBlob(fixturePath(READER)) };
    const { data: saved } = await createVoice({ client: client.api, body: voice });

    const named = await run('transcribe', TALK, '--voices', 'Smith, John');
    expect(named.stdout).toMatch(/^Smith, John: Unless .*\nSpeaker 2: The quick /);
    expect(await newestJob()).toMatchObject({ diarize: true, known_voices: [saved.id] });
    await run('transcribe', CLIP, '--voices', 'all');
    expect(await newestJob()).toMatchObject({ diarize: true, known_voices: [saved.id] });
    const unknown = await run('transcribe', CLIP, '--voices', 'Smith, John', '--voices', 'Nobody');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('known_voices must be ids or names'),
    ]);
  },
  LIMIT_MS,
);
