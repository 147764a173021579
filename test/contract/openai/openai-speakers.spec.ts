/** Who speaks in recordings of one channel, as the OpenAI API tells it. */
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { fixturePath, jsonOf } from '../../support/api-client.js';
import {
  CONVERSATION,
  dataUrlOf,
  GUEST,
  knownSpeakers,
  READER,
  referenceTo,
  silenceOf,
} from '../../support/known-speakers.js';
import { OpenApiContract } from '../../support/openapi-contract.js';
import { askOpenAi, refusalOf, type OpenAiError, type Part } from '../../support/openai-requests.js';
import { startService, type RunningService } from '../../support/start-service.js';
import { stereoOf } from '../../support/wav-file.js';

const MODEL = 'gpt-4o-transcribe-diarize';
const FORMAT = 'diarized_json';
const BEGINNINGS = ['Unless', 'The quick brown', 'He was not', 'One'];
const LIMIT_MS = 120_000;

const contract = new OpenApiContract();
let service: RunningService;

beforeAll(async () => {
  service = await startService();
}, 90_000);

afterAll(async () => {
  await service.stop();
});

interface Diarized {
  readonly text: string;
  readonly segments: readonly { readonly speaker: string; readonly text: string }[];
}

const open = (): OpenAI => new OpenAI({ baseURL: `${service.url}/v1`, apiKey: 'none', maxRetries: 0 });
const conversation = (): ReturnType<typeof createReadStream> => createReadStream(fixturePath(CONVERSATION));
const ask = (...parts: Part[]): Promise<Response> =>
  askOpenAi(service.url, [
    ['model', MODEL],
    ['response_format', FORMAT],
    ...parts,
    ['file', { file: CONVERSATION }],
  ]);

describe('a conversation of one channel (T30)', () => {
  it(
    'comes to the package of OpenAI with two known voices under their names',
    async () => {
      const { text, segments } = (await open().audio.transcriptions.create({
        model: MODEL,
        file: conversation(),
        response_format: FORMAT,
        known_speaker_names: ['Guest', 'Smith, John'],
        known_speaker_references: [await referenceTo(GUEST), await referenceTo(READER)],
      })) as Diarized;

      expect(segments.map(({ speaker }) => speaker)).toEqual([
        'Smith, John',
        'Guest',
        'Smith, John',
        'Guest',
      ]);
      for (const [index, beginning] of BEGINNINGS.entries())
        expect(segments[index]?.text.startsWith(beginning)).toBe(true);
      expect(segments.map((segment) => segment.text).join(' ')).toBe(text);
    },
    LIMIT_MS,
  );

  it(
    'has letters in order of appearance for those whom nobody knows, and no segments of one speaker that overlap',
    async () => {
      const answer = await ask(...(await knownSpeakers({ Guest: GUEST })));
      expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
      const { segments } = await jsonOf<{ segments: { speaker: string; start: number; end: number }[] }>(
        answer,
      );

      expect(segments.map(({ speaker }) => speaker)).toEqual(['A', 'Guest', 'A', 'Guest']);
      const times = segments.flatMap(({ start, end }) => [start, end]);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
    },
    LIMIT_MS,
  );

  it(
    'streams its text first, and then segments with their speakers',
    async () => {
      const events: { type: string; delta?: string; text?: string; speaker?: string }[] = [];
      const stream = await open().audio.transcriptions.create({
        model: MODEL,
        file: conversation(),
        response_format: FORMAT,
        stream: true,
      });
      for await (const event of stream) events.push(event);
      const of = (type: string): typeof events => events.filter((event) => event.type === type);

      const types = events.map(({ type }) => type.replace('transcript.text.', ''));
      expect(types.join(' ')).toMatch(/^(?:delta )+(?:segment ){4}done$/);
      expect(of('transcript.text.segment').map(({ speaker }) => speaker)).toEqual(['A', 'B', 'A', 'B']);
      expect(
        of('transcript.text.delta')
          .map(({ delta }) => delta)
          .join(''),
      ).toBe(events.at(-1)?.text);
      expect(events.at(-1)?.text).toMatch(/^Unless .* ten\.$/);
    },
    LIMIT_MS,
  );
});

it(
  'known voices are found in the channels of a recording that has several',
  async () => {
    const [both, right] = await Promise.all(
      [CONVERSATION, READER].map((name) => readFile(fixturePath(name))),
    );
    const left = onlyGuestOf(both as Buffer);
    const form = new FormData();
    form.set('model', MODEL);
    form.set('response_format', FORMAT);
    for (const [name, value] of await knownSpeakers({ Reader: READER, Guest: GUEST }))
      form.append(name, value);
    form.set('file', new Blob([stereoOf(left, right as Buffer)]), 'two.wav');
    const answer = await fetch(`${service.url}/v1/audio/transcriptions`, { method: 'POST', body: form });

    const { segments } = await jsonOf<Diarized>(answer);
    expect([...new Set(segments.map(({ speaker }) => speaker))].toSorted()).toEqual(['Guest', 'Reader']);
    expect(segments.find(({ speaker }) => speaker === 'Guest')?.text).toMatch(/quick brown fox/i);
  },
  LIMIT_MS,
);

/** Of the conversation, the first turn of the guest. */
function onlyGuestOf(conversation: Buffer): Buffer {
  const at = (seconds: number): number => 44 + seconds * 32_000;
  return Buffer.concat([conversation.subarray(0, 44), conversation.subarray(at(5.9), at(9.5))]);
}

describe('a known speaker', () => {
  const NAMES = 'known_speaker_names';
  const REFERENCES = 'known_speaker_references';
  const name = (value: string): Part => [`${NAMES}[]`, value];
  const reference = (value: string): Part => [`${REFERENCES}[]`, value];
  const good = (): Promise<string> => referenceTo(GUEST);
  const fixture = async (file: string): Promise<string> => dataUrlOf(await readFile(fixturePath(file)));

  it.each<[string, string, RegExp, () => Part[] | Promise<Part[]>]>([
    ['has no reference', NAMES, /1 names and 0 references/, () => [name('Ada')]],
    [
      'has no name',
      NAMES,
      /1 names and 2/,
      async () => [name('A'), reference(await good()), reference(await good())],
    ],
    ['has nothing but a reference', REFERENCES, /./, () => [reference('Ada')]],
    [
      'is named twice',
      NAMES,
      /one name twice/,
      async () => [name('Ada'), name('ada '), reference(await good()), reference(await good())],
    ],
    ['is one of five', NAMES, /4 at most/, () => ['A', 'B', 'C', 'D', 'E'].map(name)],
    ['has a long name', NAMES, /1 to 100/, async () => [name('a'.repeat(101)), reference(await good())]],
    ['has no data URL', REFERENCES, /data URL/, () => [name('Ada'), reference('https://example.com/a.wav')]],
    ['has no base64', REFERENCES, /data URL/, () => [name('Ada'), reference('data:audio/wav,RIFF')]],
    [
      'has broken base64',
      REFERENCES,
      /base64/,
      () => [name('Ada'), reference('data:audio/wav;base64,UklGR§§')],
    ],
    [
      'has no recording',
      REFERENCES,
      /no recording/,
      async () => [name('Ada'), reference(await fixture('bad/text.mp3'))],
    ],
    [
      'is heard too shortly',
      REFERENCES,
      /0\.2 s long; it must have 2 to 10 s/,
      async () => [name('Ada'), reference(await fixture('hard/short_0.2s.wav'))],
    ],
    [
      'is heard too long',
      REFERENCES,
      /17\.0 s long/,
      async () => [name('Ada'), reference(await fixture(CONVERSATION))],
    ],
    [
      'is silent',
      REFERENCES,
      /of "Ada" has nobody who speaks/,
      () => [name('Ada'), reference(dataUrlOf(silenceOf(3)))],
    ],
    [
      'is too large',
      REFERENCES,
      /3 MiB each/,
      () => [name('Ada'), reference(dataUrlOf(Buffer.alloc(3 * 2 ** 20 + 3)))],
    ],
    [
      'is much too large',
      REFERENCES,
      /3 MiB each/,
      () => [name('Ada'), reference(dataUrlOf(Buffer.alloc(5 * 2 ** 20)))],
    ],
    [
      'is the fifth reference',
      REFERENCES,
      /4 at most/,
      async () => {
        const fields = reference(await good());
        return Array.from({ length: 5 }, () => fields);
      },
    ],
    [
      'turns the direction of text',
      NAMES,
      /one line/,
      async () => [name('Ada\u202Eadb'), reference(await good())],
    ],
  ])('that %s is refused for %s', async (_what, param, message, parts) => {
    const answer = await ask(...(await parts()));
    expect(await contract.findFaults('createOpenAiTranscription', answer.clone())).toEqual([]);
    const { error } = await jsonOf<OpenAiError>(answer.clone());

    expect(await refusalOf(answer)).toEqual([400, param, 'invalid_value']);
    expect(error.message).toMatch(message);
  });

  it('belongs to no other format', async () => {
    const answer = await askOpenAi(service.url, [
      ['model', 'whisper-1'],
      ...(await knownSpeakers({ Ada: GUEST })),
      ['file', { file: CONVERSATION }],
    ]);

    expect(await refusalOf(answer)).toEqual([400, NAMES, 'invalid_value']);
  });

  it('leaves no recording behind', async () => {
    expect(await readdir(path.join(service.dataDir, 'voice-samples'))).toEqual([]);
  });
});
