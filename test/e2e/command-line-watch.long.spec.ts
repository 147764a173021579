/** `whisper-transcriber transcribe --watch` as a process, against a running service. */
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { JobList } from '@whisper-transcriber/client-sdk';
import { fixturePath, getTranscript, jsonOf, transcribe } from '../support/api-client.js';
import { TranscriberCommand } from '../support/built-command.js';
import { longRecording } from '../support/long-recording.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

const CLIP = fixturePath('clips/fr/bonjour_monde.wav');
/** Some minutes: long enough to be met at work. */
const LONG_BYTES = 5 * 60 * 32_000;

let service: RunningService;
let expected: string;
let home: string;
let talks: string;

beforeAll(async () => {
  service = await startService();
  const job = await transcribe(service.url, { file: 'clips/fr/bonjour_monde.wav' });
  ({ text: expected } = await getTranscript(service.url, job.job_id));
});

afterAll(async () => {
  await service.stop();
});

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'cli-'));
  talks = path.join(home, 'talks');
  await mkdir(talks);
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

function watch(): TranscriberCommand {
  const args = ['transcribe', '--watch', 'talks', '--out', 'texts'];
  return new TranscriberCommand(args, home, { WHISPER_URL: service.url });
}

async function writtenNames(): Promise<string[]> {
  return readdir(path.join(home, 'texts')).catch((): string[] => []);
}

async function isWritten(name: string): Promise<boolean> {
  return (await writtenNames()).includes(name);
}

async function countJobs(): Promise<number> {
  return (await jsonOf<JobList>(await fetch(`${service.url}/jobs?limit=1`))).total;
}

describe('a folder that is watched', () => {
  it('takes each recording once, when it is complete, also after it was started anew', async () => {
    const bytes = await readFile(CLIP);
    const before = await countJobs();
    let command = watch();

    const file = path.join(talks, 'one.wav');
    // It grows for longer than a file has to be still.
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 8)) {
      await appendFile(file, bytes.subarray(at, at + Math.ceil(bytes.length / 8)));
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await waitFor(() => isWritten('one.wav.txt'), { limitMs: 60_000, what: 'the first' });
    expect((await readFile(path.join(home, 'texts/one.wav.txt'), 'utf8')).trim()).toBe(expected.trim());
    command.child.kill('SIGINT');
    expect((await command.end()).code).toBe(130);

    command = watch();
    await copyFile(CLIP, path.join(talks, 'two.wav'));
    await waitFor(() => isWritten('two.wav.txt'), { limitMs: 60_000, what: 'the second' });
    command.child.kill('SIGINT');
    await command.end();

    expect(await countJobs()).toBe(before + 2);
  });

  it('does not take what somebody still has open to write it, however long that rests', async () => {
    const bytes = await readFile(CLIP);
    const copying = await open(path.join(talks, 'a.wav'), 'w');
    await copying.write(bytes.subarray(0, 10_000));
    await copyFile(CLIP, path.join(talks, 'b.wav'));
    await copyFile(CLIP, path.join(talks, '.c.wav'));
    const command = watch();

    // They are looked at in order: the first one would have been taken before.
    await waitFor(async () => (await writtenNames()).length > 0, { limitMs: 60_000, what: 'the second' });
    expect(await writtenNames()).toEqual(['b.wav.txt']);
    await copying.write(bytes.subarray(10_000));
    await copying.close();
    await waitFor(async () => (await writtenNames()).length > 1, { limitMs: 60_000, what: 'the first' });

    expect(await writtenNames()).toEqual(['a.wav.txt', 'b.wav.txt']);
    expect((await readFile(path.join(home, 'texts/a.wav.txt'), 'utf8')).trim()).toBe(expected.trim());
    command.child.kill('SIGINT');
    await command.end();
  });

  it('leaves its job at work when it is interrupted, and brings the transcript when it is started anew', async () => {
    await writeFile(path.join(talks, 'long.wav'), await longRecording(LONG_BYTES));
    const before = await countJobs();
    let command = watch();
    await waitFor(() => command.stderr.includes('transcribing'), { limitMs: 60_000, what: 'the work' });
    command.child.kill('SIGINT');
    expect(await command.end()).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('the same command brings its transcript'),
    });

    command = watch();
    await waitFor(() => isWritten('long.wav.txt'), {
      limitMs: 100_000,
      what: 'the transcript',
    });
    command.child.kill('SIGINT');
    await command.end();

    expect(await countJobs()).toBe(before + 1);
  });
});
