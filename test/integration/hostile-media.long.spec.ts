/** Files that are made to hurt, against the first look and the decoder: each ends with its documented error, and nothing else is read. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fixturePath } from '../support/api-client.js';
import { hear, isAppError, openProbe, type Probe } from '../support/built-media.js';
import { startCanary, type Canary } from '../support/canary.js';
import { findChild } from '../support/engine-process.js';
import { bigFiles, longFiles, slowFile, twistedFiles } from '../support/hostile-files.js';
import { mutationsOf } from '../support/mutations.js';
import { referringFiles } from '../support/referring-files.js';
import { waitFor } from '../support/wait-for.js';

const TWO_HOURS = 7200;
const LIMIT_MS = 300_000;
const AT_ONCE = 2;
/** What docs/media.md says of files that cannot be used. */
const DEFECTS: readonly (string | null)[] = [
  'unsupported_media',
  'corrupt_media',
  'no_audio',
  'empty_audio',
  'too_many_tracks',
  'audio_too_long',
];
const ACCEPTED_OR_DEFECT = [null, ...DEFECTS];

interface Outcome {
  readonly what: string;
  readonly probe: string | null;
  readonly decode: string | null;
}

let folder: string;
let probe: Probe;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hostile-'));
  probe = await openProbe({ maxDurationSeconds: TWO_HOURS });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Looks at a file and decodes it whole, whatever the look said. */
async function meet(what: string, content: Uint8Array): Promise<Outcome> {
  const file = path.join(folder, `${what.replaceAll(/\W/g, '_')}.bin`);
  await writeFile(file, content);
  try {
    const [looked, { code: decode }] = await Promise.all([
      probe(file).then(() => null, codeOf),
      hear(file, { maxDurationSeconds: TWO_HOURS }),
    ]);
    return { what, probe: looked, decode };
  } finally {
    await rm(file);
  }
}

function codeOf(error: unknown): string {
  if (!isAppError(error)) throw error;
  return error.code;
}

async function meetAll(files: Iterable<readonly [what: string, content: Uint8Array]>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  // Iterators can be shared: whoever is free takes the next.
  const queue = files[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      outcomes.push(await meet(...next.value));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

/** Those that ended otherwise than with a defect that is documented, or by being heard. */
const strange = (outcomes: readonly Outcome[]): Outcome[] =>
  outcomes.filter(
    (outcome) => !ACCEPTED_OR_DEFECT.includes(outcome.probe) || !ACCEPTED_OR_DEFECT.includes(outcome.decode),
  );

describe('a file that names other files or addresses', () => {
  let canary: Canary;

  beforeAll(async () => {
    canary = await startCanary(folder);
  });

  afterAll(async () => {
    await canary.stop();
  });

  it(
    'has none of them opened, whatever it is called',
    async () => {
      const outcomes = await meetAll(referringFiles(canary.path, canary.url));
      expect(strange(outcomes)).toEqual([]);
      const accepted = outcomes.filter(({ probe: code }) => code === null).map(({ what }) => what);
      // These have sound of their own.
      expect(accepted.filter((what) => !/(linked\.mka|data-url\.mp4)$/.test(what))).toEqual([]);
      expect(await canary.touched()).toEqual([]);
    },
    LIMIT_MS,
  );

  it('would be noticed if it had one opened', async () => {
    await fetch(canary.url).then((response) => response.text());
    expect(await readFile(canary.path, 'utf8')).toBe('');
    expect(await canary.touched()).toEqual(['/canary.wav', canary.path]);
  });
});

describe('a file that is larger than it looks', () => {
  it.each([...longFiles(), ...bigFiles()])(
    'is turned away or bounded: $what',
    async ({ what, content, probe: looked, decode }) => {
      expect(await meet(what, content)).toEqual({ what, probe: looked, decode });
    },
    LIMIT_MS,
  );

  it('is decoded no further than the limit, whatever its header says', async () => {
    const [claimsOneSecond] = longFiles();
    const file = path.join(folder, 'long.flac');
    await writeFile(file, claimsOneSecond?.content ?? '');
    const heard = await hear(file, { maxDurationSeconds: 600 });
    expect(heard).toMatchObject({
      code: 'audio_too_long',
      detail: 'The recording is longer than the 10 minutes that are allowed.',
    });
    expect(heard.seconds).toBeLessThanOrEqual(600);
  });

  it('is given up when it takes longer than its sound lasts', async () => {
    const file = path.join(folder, 'slow.flac');
    await writeFile(file, slowFile());
    expect(await hear(file, { patienceMs: 3000 })).toMatchObject({
      code: 'corrupt_media',
      detail: 'Decoding takes longer than the sound itself lasts.',
    });
  });
});

describe('a file that leads in circles or into depths', () => {
  it.each([...twistedFiles()])(
    'comes to an end: $what',
    async ({ what, content, probe: looked, decode }) => {
      expect(await meet(what, content)).toEqual({ what, probe: looked, decode });
    },
    LIMIT_MS,
  );
});

describe('a file that was cut off', () => {
  it.each(['sentence.wav', 'sentence.mp3', 'sentence.m4a', 'sentence.flac', 'sentence.opus.ogg'])(
    'at any twentieth of %s is heard as far as it goes, or is refused with a defect',
    async (name) => {
      const whole = await readFile(fixturePath(`formats/${name}`));
      const pieces = Array.from(
        { length: 20 },
        (_, part) => [`${part} of 20`, whole.subarray(0, Math.floor((whole.length * part) / 20))] as const,
      );
      const outcomes = await meetAll(pieces.slice(1));
      expect(strange(outcomes)).toEqual([]);
      // Only the index at the end of this one tells what is in it.
      const heard = outcomes.filter(({ decode }) => decode === null).length;
      expect(heard).toBeGreaterThanOrEqual(name.endsWith('.m4a') ? 0 : 15);
    },
    LIMIT_MS,
  );
});

describe('a file that was damaged', () => {
  it(
    'in any of some hundred ways is heard or refused with a defect',
    async () => {
      const names = await readdir(fixturePath('formats'));
      const outcomes = await meetAll(
        mutationsOf(
          names.sort().map((name) => fixturePath(`formats/${name}`)),
          15,
        ),
      );
      expect(outcomes.length).toBe(names.length * 15);
      expect(strange(outcomes)).toEqual([]);
    },
    LIMIT_MS,
  );
});

describe('the process that decodes', () => {
  it.each([
    ['SIGSEGV', 'goes down over its file', 'corrupt_media'],
    ['SIGKILL', 'is ended from outside, which says nothing about the file', 'service_unavailable'],
  ] as const)('that leaves by %s %s', async (signal, _what, code) => {
    const file = path.join(folder, `${signal}.flac`);
    await writeFile(file, slowFile());
    const heard = hear(file);
    await waitFor(() => endDecoder(signal), { what: 'the decoder to run' });
    expect(await heard).toMatchObject({ code });
  });

  function endDecoder(signal: NodeJS.Signals): boolean {
    const decoder = findChild(process.pid, 'pcm.child');
    return decoder !== undefined && process.kill(decoder, signal);
  }
});
