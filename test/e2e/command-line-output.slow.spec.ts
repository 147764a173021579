/** What `whisper-transcriber` writes to, and reads from, the programs around it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { fixturePath } from '../support/api-client.js';
import { startService, type RunningService } from '../support/start-service.js';

jest.setTimeout(120_000);

const PROGRAM = path.resolve(
  import.meta.dirname,
  '../../libs/client-sdk/dist/cli/whisper-transcriber.cli.js',
);
const CLIP = fixturePath('clips/fr/bonjour_monde.wav');

let service: RunningService;
let home: string;

beforeAll(async () => {
  service = await startService();
  home = await mkdtemp(path.join(tmpdir(), 'cli-'));
});
afterAll(async () => {
  await service.stop();
  await rm(home, { recursive: true, force: true });
});

/** `whisper-transcriber` is $0 $1 in it, the recording $2. */
async function inShell(command: string): Promise<{ stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], WHISPER_URL: service.url, HOME: home };
  return promisify(execFile)('sh', ['-c', command, process.execPath, PROGRAM, CLIP], { env });
}

it('brings the text in its line where no folder is named, here of a recording that is piped in', async () => {
  const { stdout } = await inShell('"$0" "$1" transcribe - --json --language fr < "$2"');

  expect(JSON.parse(stdout)).toEqual({
    input: 'stdin',
    job_id: expect.any(String),
    status: 'completed',
    written: null,
    format: 'txt',
    text: expect.stringMatching(/bonjour/i),
  });
});

it.each([
  ['is read no more', '| true', 141, ''],
  ['has no room', '> /dev/full', 1, expect.stringMatching(/failed: .*ENOSPC/)],
])('ends without a word too many when its output %s', async (_what, redirection, code, told) => {
  const { stderr } = await inShell(`("$0" "$1" transcribe "$2"; echo "ended $?" >&2) ${redirection}`);
  const lines = stderr.trim().split('\n');

  expect(lines.at(-1)).toBe(`ended ${code}`);
  expect(
    lines
      .slice(0, -1)
      .filter((line) => !/: (uploading|queued|transcribing)/.test(line))
      .join('\n'),
  ).toEqual(told);
});
