/**
 * The reading of media as it was built: it starts processes of its own beside itself, as JavaScript. Build first
 * (`npm run build`); `npm test` does.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppError } from '../../src/platform/errors/app-error.js';
import type { IsolatedPcm } from '../../src/platform/media/isolated-pcm.js';
import type { MediaInfo } from '../../src/platform/media/media-info.js';

const BUILT = path.resolve(import.meta.dirname, '../../dist/platform/media');
const SAMPLE_RATE = 16_000;

export type Probe = (file: string, signal?: AbortSignal) => Promise<MediaInfo>;

export async function openProbe(
  options: { timeoutMs?: number; maxDurationSeconds?: number } = {},
): Promise<Probe> {
  const { MediaProbe } =
    await importBuilt<typeof import('../../src/platform/media/media-probe.js')>('media-probe.js');
  const probe = new MediaProbe({
    timeoutMs: options.timeoutMs ?? 30_000,
    maxDurationSeconds: options.maxDurationSeconds ?? null,
  });
  return (file, signal) => probe.probe(file, signal);
}

export interface Heard {
  /** Why it ended early; null: it was decoded whole. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly seconds: number;
  /** Times per second that the sound goes from below to above zero. */
  readonly hertz: number;
  /** Of each channel that was handed out. */
  readonly channelHertz: readonly number[];
}

export interface Hearing {
  readonly channels?: 'mixed' | 'separate';
  readonly track?: number;
  readonly maxDurationSeconds?: number;
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

let pcm: IsolatedPcm | undefined;

/** Decodes a file as the engine has it done. */
export async function hear(file: string, hearing: Hearing = {}): Promise<Heard> {
  const { track = null, maxDurationSeconds = null, channels = 'mixed' } = hearing;
  const { signal = new AbortController().signal } = hearing;
  const built =
    await importBuilt<typeof import('../../src/platform/media/isolated-pcm.js')>('isolated-pcm.js');
  // One for all files, so that there is no second process beside the one that decodes.
  pcm ??= new built.IsolatedPcm();
  const patience = hearing.patienceMs === undefined ? {} : { patienceMs: hearing.patienceMs };
  const sound = new CountedSound();
  try {
    const blocks = pcm.open(file, { track, maxDurationSeconds, channels, signal, ...patience });
    for await (const block of blocks) sound.add(block);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { code: error.code, detail: error.detail, ...sound.summary };
  }
  return { code: null, detail: null, ...sound.summary };
}

class CountedSound {
  private samples = 0;
  private readonly rises: number[] = [];
  private readonly last: number[] = [];

  add(block: readonly Float32Array[]): void {
    this.samples += block[0]?.length ?? 0;
    for (const [channel, plane] of block.entries()) {
      for (const sample of plane) {
        if ((this.last[channel] ?? 0) < 0 && sample >= 0)
          this.rises[channel] = (this.rises[channel] ?? 0) + 1;
        this.last[channel] = sample;
      }
    }
  }

  get summary(): Pick<Heard, 'seconds' | 'hertz' | 'channelHertz'> {
    const seconds = this.samples / SAMPLE_RATE;
    const channelHertz = this.last.map((_, channel) => (this.rises[channel] ?? 0) / seconds);
    return { seconds, hertz: channelHertz[0] ?? 0, channelHertz };
  }
}

/** The error is of the class that was built, not of the one that the tests import. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error && 'detail' in error;
}

async function importBuilt<Module>(name: string): Promise<Module> {
  const file = path.join(BUILT, name);
  if (!existsSync(file)) throw new Error('dist/ is missing: run `npm run build` first.');
  return (await import(pathToFileURL(file).href)) as Module;
}
