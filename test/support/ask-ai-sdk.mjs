/**
 * Has the AI SDK transcribe: `node ask-ai-sdk.mjs BASE_URL API_KEY FILE` tells on stdout what it made of the answer. It is a program of its
 * own because the types of its packages cannot be read with our settings of TypeScript.
 */
import { readFile } from 'node:fs/promises';
import { createOpenAI } from '@ai-sdk/openai';
import { experimental_transcribe as transcribe } from 'ai';

const [, , baseURL, apiKey, file] = process.argv;
const { text, language, durationInSeconds, segments } = await transcribe({
  model: createOpenAI({ baseURL, apiKey }).transcription('whisper-1'),
  audio: await readFile(file),
  providerOptions: { openai: { timestampGranularities: ['word'] } },
});
process.stdout.write(JSON.stringify({ text, language, durationInSeconds, segments }));
