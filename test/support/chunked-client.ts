import { createHash } from 'node:crypto';
import type {
  BegunUpload,
  FinalizedUpload,
  StoredChunk,
  UploadStatus,
} from '@whisper-transcriber/client-sdk';
import { jsonOf } from './api-client.js';

export interface ChunkInput {
  readonly number: number;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly hash?: string;
}

export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Speaks the chunked API as the clients of the original service do. */
export class ChunkedClient {
  constructor(
    private readonly baseUrl: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  begin(body: Readonly<Record<string, unknown>>, path = 'initialize'): Promise<Response> {
    return this.ask('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });
  }

  async beginFor(file: Buffer, more: Readonly<Record<string, unknown>> = {}): Promise<BegunUpload> {
    const response = await this.begin({ filename: 'talk.wav', file_size: file.length, ...more });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return jsonOf<BegunUpload>(response);
  }

  send(id: string, { number, bytes, hash }: ChunkInput, path = 'chunks'): Promise<Response> {
    const form = new FormData();
    if (hash !== undefined) form.set('chunk_hash', hash);
    form.set('chunk_data', new Blob([bytes]), 'blob');
    return this.ask('POST', `${id}/${path}/${number}`, form);
  }

  async sendAll(
    begun: BegunUpload,
    file: Buffer<ArrayBuffer>,
    numbers: readonly number[],
  ): Promise<StoredChunk[]> {
    return Promise.all(
      numbers.map(async (number) => {
        const response = await this.send(begun.session_id, cut(file, begun, number));
        if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
        return jsonOf<StoredChunk>(response);
      }),
    );
  }

  finalize(id: string): Promise<Response> {
    return this.ask('POST', `${id}/finalize`);
  }

  async finish(id: string): Promise<FinalizedUpload> {
    const response = await this.finalize(id);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return jsonOf<FinalizedUpload>(response);
  }

  async status(id: string): Promise<UploadStatus> {
    return jsonOf<UploadStatus>(await this.ask('GET', `${id}/status`));
  }

  ask(
    method: string,
    path: string,
    body?: string | FormData,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    return fetch(`${this.baseUrl}/uploads${path === '' ? '' : `/${path}`}`, {
      method,
      headers: { ...this.headers, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }
}

/** One chunk of a file as the plan of its upload has it. */
export function cut(
  file: Buffer<ArrayBuffer>,
  { chunk_size: size }: BegunUpload,
  number: number,
): ChunkInput {
  const bytes = file.subarray(number * size, (number + 1) * size);
  return { number, bytes, hash: sha256Of(bytes) };
}
