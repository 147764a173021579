import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fixturePath, jsonOf } from './api-client.js';

export const SPEECH = 'docs/samples/sense-and-sensibility.wav';
export const SPOKEN =
  'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.';

/** What clients of the OpenAI API get instead of an answer. */
export interface OpenAiError {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A field and its text, or a file of the fixtures. */
export type Part = readonly [name: string, value: string | { readonly file: string; readonly name?: string }];

/** Sends a form of the OpenAI API with its parts in this order. */
export async function askOpenAi(
  baseUrl: string,
  parts: readonly Part[],
  { path = '/v1/audio/transcriptions', headers = {}, signal }: AskOptions = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') form.append(name, value);
    else
      form.append(
        name,
        new Blob([await readFile(fixturePath(value.file))]),
        value.name ?? basename(value.file),
      );
  }
  return fetch(baseUrl + path, {
    method: 'POST',
    headers: { ...headers },
    body: form,
    ...(signal === undefined ? {} : { signal }),
  });
}

export interface AskOptions {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Status, field and code of a refusal. */
export async function refusalOf(response: Response): Promise<[number, string | null, string | null]> {
  const { error } = await jsonOf<OpenAiError>(response);
  return [response.status, error.param, error.code];
}
