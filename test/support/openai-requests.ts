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

const TRANSCRIPTIONS = '/v1/audio/transcriptions';

/** Sends a form of the OpenAI API with its parts in this order. */
export async function askOpenAi(
  baseUrl: string,
  parts: readonly Part[],
  { path = TRANSCRIPTIONS, headers = {}, signal }: AskOptions = {},
): Promise<Response> {
  return fetch(baseUrl + path, {
    method: 'POST',
    headers: { ...headers },
    body: await formOf(parts),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function formOf(parts: readonly Part[]): Promise<FormData> {
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
  return form;
}

/** A call whose form stops on its way until it is told to go on. */
export class SlowCall {
  private constructor(
    readonly answer: Promise<Response>,
    private readonly rest: WritableStreamDefaultWriter<Uint8Array>,
    private readonly secondHalf: Uint8Array,
  ) {}

  static async begin(
    baseUrl: string,
    parts: readonly Part[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SlowCall> {
    const whole = new Response(await formOf(parts));
    const type = whole.headers.get('content-type') ?? '';
    const bytes = new Uint8Array(await whole.arrayBuffer());
    const half = Math.floor(bytes.length / 2);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const answer = fetch(baseUrl + TRANSCRIPTIONS, {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body: readable,
      duplex: 'half',
    });
    await writer.write(bytes.subarray(0, half));
    return new SlowCall(answer, writer, bytes.subarray(half));
  }

  async finish(): Promise<Response> {
    await this.rest.write(this.secondHalf);
    await this.rest.close();
    return this.answer;
  }
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
