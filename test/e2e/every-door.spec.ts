/** One recording by every door of the service, as somebody with that program alone would send it. */
import { execFile } from 'node:child_process';
import { createReadStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createClient, type Job } from '@whisper-transcriber/client-sdk';
import OpenAI from 'openai';
import type { Browser } from 'playwright-core';
import { createApiKey } from '../support/accounts.js';
import { TranscriberCommand } from '../support/built-command.js';
import { longRecording } from '../support/long-recording.js';
import { openBrowser } from '../support/open-browser.js';
import { WebPage } from '../support/web/web-page.js';
import { hasPython, openPythonWith, OPENAI_VERSIONS } from '../support/python-openai.js';
import { startService, type RunningService } from '../support/start-service.js';

jest.setTimeout(600_000);

/** Eleven seconds of 16 kHz with 16 bits. */
const CLIP_BYTES = 11 * 32_000;
const MODEL = 'whisper-1';
const execute = promisify(execFile);

let service: RunningService;
let browser: Browser;
let home: string;
let clip: string;
let key: string;
let expected: string;

beforeAll(async () => {
  service = await startService();
  browser = await openBrowser();
  ({ key } = await createApiKey(service.url, ['transcribe', 'read']));
  home = await mkdtemp(path.join(tmpdir(), 'doors-'));
  clip = path.join(home, 'clip.wav');
  await writeFile(clip, await longRecording(CLIP_BYTES));
  expected = oneLine(await byCurlOnUpload());
});

afterAll(async () => {
  await browser.close();
  await service.stop();
  await rm(home, { recursive: true, force: true });
});

/** Where lines are broken is up to each door. */
function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await execute('curl', ['--silent', '--show-error', '--fail-with-body', ...args]);
  return stdout;
}

async function byCurlOnUpload(): Promise<string> {
  const answer = await curl('-H', 'Prefer: wait=120', '-F', `file=@${clip}`, `${service.url}/upload`);
  return (JSON.parse(answer) as Job).transcript ?? '';
}

function byCurlOnV1(): Promise<string> {
  const form = ['-F', `file=@${clip}`, '-F', `model=${MODEL}`, '-F', 'response_format=text'];
  return curl(...form, `${service.url}/v1/audio/transcriptions`);
}

async function byOpenAiForNode(): Promise<string> {
  const client = new OpenAI({ baseURL: `${service.url}/v1`, apiKey: key });
  return (await client.audio.transcriptions.create({ model: MODEL, file: createReadStream(clip) })).text;
}

async function byOpenAiForPython(): Promise<string> {
  const python = await openPythonWith(OPENAI_VERSIONS[1]);
  const call = { method: 'audio.transcriptions.create', file: { path: clip }, arguments: { model: MODEL } };
  const question = { base_url: `${service.url}/v1`, api_key: key, calls: [call] };
  const [answer] = (await python.ask('call_openai.py', question)) as { value: { text: string } }[];
  return answer?.value.text ?? '';
}

async function bySdk(): Promise<string> {
  return (await createClient({ baseUrl: service.url }).transcribe(await openAsBlob(clip))).text;
}

async function byCommandLine(): Promise<string> {
  const command = new TranscriberCommand(['transcribe', clip], home, { WHISPER_URL: service.url });
  return (await command.end()).stdout;
}

async function byWebApp(): Promise<string> {
  const web = await WebPage.open(browser, service.url);
  await web.goto('/');
  await web.transcribe(clip);
  return web.text();
}

type Door = [name: string, transcribe: () => Promise<string>];

const OF_PYTHON: Door[] = hasPython() ? [['the package of OpenAI for Python', byOpenAiForPython]] : [];
const DOORS: Door[] = [
  ['curl on /upload', byCurlOnUpload],
  ['curl on /v1', byCurlOnV1],
  ['the package of OpenAI for Node', byOpenAiForNode],
  ...OF_PYTHON,
  ['the SDK', bySdk],
  ['the command line', byCommandLine],
  ['the web app', byWebApp],
];

describe('eleven seconds of speech', () => {
  it('are more than a few words', () => {
    expect(expected.split(' ').length).toBeGreaterThan(20);
  });

  it.each(DOORS)('have the same text by %s', async (_door, transcribe) => {
    expect(oneLine(await transcribe())).toBe(expected);
  });
});
