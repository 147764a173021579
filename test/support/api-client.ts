import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Job, Problem, Transcript } from '@whisper-transcriber/client-sdk';
import { keepSecretsOf } from './collected-logs.js';

/** A file of the fixtures, or with a leading "docs/" a sample. */
export function fixturePath(name: string): string {
  return fileURLToPath(
    new URL(name.startsWith('docs/') ? `../../${name}` : `../fixtures/audio/${name}`, import.meta.url),
  );
}

export interface UploadInput {
  readonly fields?: Readonly<Record<string, string>>;
  readonly file?: string;
  /** In place of a file of the fixtures. */
  readonly content?: Uint8Array;
  readonly filename?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a form as browsers do: the fields first, then the file. */
export async function upload(baseUrl: string, input: UploadInput): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(input.fields ?? {})) form.set(name, value);
  const bytes =
    input.content ?? (input.file === undefined ? undefined : await readFile(fixturePath(input.file)));
  if (bytes !== undefined) {
    form.set(
      'file',
      new Blob([new Uint8Array(bytes)]),
      input.filename ?? basename(input.file ?? 'recording'),
    );
  }
  return fetch(`${baseUrl}${input.path ?? '/upload'}`, {
    method: 'POST',
    body: form,
    headers: { ...input.headers },
  });
}

/** A form whose length the service does not know beforehand. */
export function uploadInPieces(baseUrl: string, content: Uint8Array): Promise<Response> {
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="recording.wav"\r\n\r\n';
  const form = Readable.from([Buffer.from(head), content, Buffer.from('\r\n--x--\r\n')]);
  return fetch(`${baseUrl}/upload`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: Readable.toWeb(form),
    duplex: 'half',
  });
}

/** Uploads and waits until the job has ended. */
export async function transcribe(baseUrl: string, input: UploadInput): Promise<Job> {
  const response = await upload(baseUrl, { ...input, headers: { prefer: 'wait=120', ...input.headers } });
  if (response.status !== 200)
    throw new Error(`The job did not end: ${response.status} ${await response.text()}`);
  return jsonOf<Job>(response);
}

export async function getTranscript(baseUrl: string, jobId: string): Promise<Transcript> {
  return jsonOf<Transcript>(await fetch(`${baseUrl}/transcripts/${jobId}`));
}

export async function problemOf(response: Response): Promise<Problem> {
  return jsonOf<Problem>(response);
}

/** Why a request was refused, whichever API was asked. */
export async function codeOf(response: Response): Promise<string | null> {
  const body = await jsonOf<Problem | { error: { code: string | null } }>(response);
  return 'error' in body ? body.error.code : body.code;
}

export async function jsonOf<T>(response: Response): Promise<T> {
  const body: unknown = await response.json();
  keepSecretsOf(body);
  return body as T;
}

/** Words of a text, without case and punctuation. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}
