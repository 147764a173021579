/** Who speaks, as the packages of OpenAI for Python get it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fixturePath } from '../../support/api-client.js';
import { CONVERSATION, GUEST, READER, referenceTo } from '../../support/known-speakers.js';
import {
  hasPython,
  openPythonWith,
  OPENAI_VERSIONS,
  type PythonProgram,
} from '../../support/python-openai.js';
import { startService, type RunningService } from '../../support/start-service.js';

const INSTALL_LIMIT_MS = 600_000;
const LIMIT_MS = 120_000;
const DIARIZED = { model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json' };

let service: RunningService;

beforeAll(async () => {
  service = await startService();
}, 90_000);

afterAll(async () => {
  await service.stop();
});

(hasPython() ? describe : describe.skip).each(OPENAI_VERSIONS)('the package for Python, %s', (version) => {
  let python: PythonProgram;

  beforeAll(async () => {
    python = await openPythonWith(version);
  }, INSTALL_LIMIT_MS);

  async function call(options: object): Promise<unknown> {
    const file = { path: fixturePath(CONVERSATION) };
    const calls = [{ method: 'audio.transcriptions.create', arguments: { ...DIARIZED, ...options }, file }];
    const question = { base_url: `${service.url}/v1`, api_key: 'none', calls };
    return ((await python.ask('call_openai.py', question)) as unknown[])[0];
  }

  it(
    'gets two known voices of a conversation in one channel under their names (T30)',
    async () => {
      const answer = await call({
        known_speaker_names: ['Guest', 'Reader'],
        known_speaker_references: [await referenceTo(GUEST), await referenceTo(READER)],
      });

      expect(answer).toMatchObject({
        type: 'TranscriptionDiarized',
        value: { segments: ['Reader', 'Guest', 'Reader', 'Guest'].map((speaker) => ({ speaker })) },
      });
    },
    LIMIT_MS,
  );

  it(
    'gets segments with speakers in a stream, which ends with the whole text',
    async () => {
      const { events } = (await call({ stream: true })) as {
        events: { type: string; speaker?: string; text?: string }[];
      };

      expect(events.flatMap(({ speaker }) => speaker ?? [])).toEqual(['A', 'B', 'A', 'B']);
      expect(events.at(-1)).toMatchObject({
        type: 'transcript.text.done',
        text: expect.stringMatching(/^Unless .* ten\.$/),
      });
    },
    LIMIT_MS,
  );
});
