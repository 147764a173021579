/** The package of the SDK as others get it, and the examples of its README. */
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CreatedWebhook, WebhookDelivery } from '@whisper-transcriber/client-sdk';
import { bearer, createApiKey, postJson } from '../support/accounts.js';
import { fixturePath, getTranscript, jsonOf, transcribe } from '../support/api-client.js';
import { codeBlocksOf } from '../support/code-blocks.js';
import { findFreePort } from '../support/free-port.js';
import { startService, type RunningService } from '../support/start-service.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(120_000);

const ROOT = path.resolve(import.meta.dirname, '../..');
const TALK = 'docs/samples/sense-and-sensibility.wav';
const execute = promisify(execFile);

const examples = codeBlocksOf('libs/client-sdk/README.md').filter(({ language }) => language === 'js');
let service: RunningService;
let project: string;
let key: string;

beforeAll(async () => {
  service = await startService({ env: { WEBHOOK_ALLOW: '127.0.0.1' } });
  ({ key } = await createApiKey(service.url, ['transcribe', 'read']));
  bearer(key);
  project = await mkdtemp(path.join(tmpdir(), 'sdk-package-'));
  await writeFile(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  await npm('pack', path.join(ROOT, 'libs/client-sdk'), '--pack-destination', project, '--ignore-scripts');
  const tarball = (await readdir(project)).find((name) => name.endsWith('.tgz')) ?? '';
  await npm('install', `./${tarball}`, '--ignore-scripts', '--offline', '--no-audit', '--no-fund');
  await copyFile(fixturePath(TALK), path.join(project, 'talk.wav'));
});

afterAll(async () => {
  await service.stop();
  await rm(project, { recursive: true, force: true });
});

async function npm(...args: string[]): Promise<void> {
  await execute('npm', args, { cwd: project, env: { PATH: process.env['PATH'], HOME: project } });
}

const environment = (): Record<string, string | undefined> => ({
  PATH: process.env['PATH'],
  HOME: project,
  WHISPER_URL: service.url,
  WHISPER_API_KEY: key,
});

/** What an example of the README prints in the project. */
async function runExample(index: number): Promise<string> {
  const file = path.join(project, `example-${index}.js`);
  await writeFile(file, examples[index]?.code ?? '');
  const { stdout } = await execute(process.execPath, [file], { cwd: project, env: environment() });
  return stdout.trim();
}

describe('the package', () => {
  it('holds what was built, its README and licence, and nothing else', async () => {
    const folder = path.join(project, 'node_modules/@whisper-transcriber/client-sdk');

    expect((await readdir(folder)).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    expect(await readdir(path.join(folder, 'dist'), { recursive: true })).not.toContainEqual(
      expect.stringMatching(/spec|[.]ts$(?<![.]d[.]ts)|stamp/),
    );
  });

  it.each(['nodenext', 'bundler'])('has types for strict programs, resolved by %s', async (resolution) => {
    const program = `
      import { createClient, getJob, TranscriberError, verifyWebhook, type Job } from '@whisper-transcriber/client-sdk';
      const client = createClient({ baseUrl: 'http://127.0.0.1:8001', apiKey: 'wt_key', retries: 1 });
      export async function run(file: File): Promise<string> {
        const { text } = await client.transcribe(file, { model: 'base', onProgress: ({ phase, percent }) => console.log(phase, percent?.toFixed()) });
        // @ts-expect-error no such model
        await client.transcribe(file, { model: 'huge' });
        return text;
      }
      export async function find(id: string): Promise<Job | null> {
        try {
          return (await getJob({ client: client.api, path: { job_id: id } })).data;
        } catch (error) {
          if (error instanceof TranscriberError && error.code === 'job_not_found') return null;
          throw error;
        }
      }
      export const event = verifyWebhook('{}', new Headers(), ['whsec_a', 'whsec_b']).then(({ type }) => type);
    `;
    const settings = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        target: 'es2022',
        lib: ['es2023', 'dom', 'dom.iterable'],
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        types: [],
      },
      files: ['program.ts'],
    };
    await writeFile(path.join(project, 'program.ts'), program);
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(settings));

    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const output = await execute(process.execPath, [tsc, '-p', project]).catch((error: unknown) => error);

    expect(output).toMatchObject({ stdout: '' });
  });

  it('has the command line', async () => {
    const bin = path.join(project, 'node_modules/.bin/whisper-transcriber');

    expect((await execute(bin, ['models'], { env: environment() })).stdout).toMatch(/^base +ready/m);
  });
});

describe('the README', () => {
  it('transcribes', async () => {
    const job = await transcribe(service.url, { file: TALK, fields: { language: 'en' } });
    const { text } = await getTranscript(service.url, job.job_id);

    expect(await runExample(0)).toBe(text);
  });

  it('gives up in time', async () => {
    expect(await runExample(1)).toBe('TimeoutError');
  });

  it('calls any route', async () => {
    expect(await runExample(2)).toMatch(/^base \d+$/);
  });

  it('follows a job, with its text as it grows', async () => {
    expect(await runExample(3)).toMatch(/leisure to consider/i);
  });

  it('branches on the code of an error', async () => {
    expect(await runExample(4)).toMatch(/^404 /);
  });

  it('receives webhooks', async () => {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/`;
    const webhook = await jsonOf<CreatedWebhook>(await postJson(`${service.url}/webhooks`, { url }));
    const file = path.join(project, 'receiver.js');
    await writeFile(file, examples[5]?.code ?? '');
    const secrets = `whsec_${Buffer.from('other').toString('base64')},${webhook.secret}`;
    const env = { ...environment(), WEBHOOK_SECRETS: secrets, PORT: String(port) };
    const receiver = spawn(process.execPath, [file], { cwd: project, env });
    let printed = '';
    receiver.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    const refusal = async (): Promise<number> => {
      const response = await fetch(url, { method: 'POST', body: '{}' }).catch(() => null);
      return response?.status ?? 0;
    };
    try {
      await waitFor(async () => (await refusal()) === 400, { what: 'the receiver' });
      await jsonOf<WebhookDelivery>(await postJson(`${service.url}/webhooks/${webhook.id}/test`, undefined));
      await waitFor(() => printed === `webhook.test ${webhook.id}\n`, { what: 'the message' });
    } finally {
      receiver.kill();
    }
  });

  it('has no example that is not run here', () => {
    expect(examples).toHaveLength(6);
  });
});
