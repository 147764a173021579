/** The chunked API of the original service, on our ingest path. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import type { Job, UploadList, UploadResume } from '@whisper-transcriber/client-sdk';
import { fixturePath, jsonOf, problemOf } from '../support/api-client.js';
import { ChunkedClient, cut, sha256Of } from '../support/chunked-client.js';
import { executeSql } from '../support/databases.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { openForUploads, STORES, type ServiceWithStore } from '../support/service-with-store.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;

const contract = new OpenApiContract();
let recording: Buffer<ArrayBuffer>;

describe.each(STORES)('uploads by chunks into %s', (store) => {
  let service: ServiceWithStore;
  let client: ChunkedClient;

  openForUploads(store, (opened) => {
    ({ service, recording } = opened);
    client = new ChunkedClient(service.url);
  });

  it('become a job, whatever the order of the chunks, with the bytes that were sent', async () => {
    const begun = await client.beginFor(recording, { language: 'en', file_hash: sha256Of(recording) });
    expect(begun).toMatchObject({ chunk_size: MIB, total_chunks: 4 });

    await client.sendAll(begun, recording, [3]);
    expect(await client.status(begun.session_id)).toMatchObject({
      status: 'active',
      kind: 'chunked',
      original_filename: 'talk.wav',
      received_bytes: 1000,
      total_bytes: recording.length,
      uploaded_chunks: 1,
      total_chunks: 4,
      missing_chunks: [0, 1, 2],
      progress_percent: 0,
      job_id: null,
    });
    await client.sendAll(begun, recording, [2, 0, 1]);

    const finished = await client.finish(begun.session_id);
    expect(finished).toMatchObject({
      status: 'completed',
      file_hash: sha256Of(recording),
      final_filename: 'talk.wav',
      missing_chunks: null,
    });
    const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${finished.job_id ?? ''}`));
    expect(job).toMatchObject({ status: 'queued', language: 'en', media_id: finished.media_id });
    const media = await fetch(`${service.url}/media/${finished.media_id ?? ''}`);
    expect(Buffer.from(await media.arrayBuffer()).equals(recording)).toBe(true);
    expect(await client.status(begun.session_id)).toMatchObject({
      status: 'completed',
      uploaded_chunks: 4,
      progress_percent: 100,
      missing_chunks: [],
      job_id: finished.job_id,
    });
  });

  it('are finished once, however often and by however many that is asked', async () => {
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 1, 2, 3]);

    const answers = await Promise.all([1, 2, 3, 4].map(() => client.finish(begun.session_id)));
    answers.push(await client.finish(begun.session_id));
    expect(new Set(answers.map(({ job_id: id }) => id)).size).toBe(1);
  });

  it('tell which chunks are missing, and are gone on with', async () => {
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 2]);

    expect(await client.finish(begun.session_id)).toEqual({
      status: 'incomplete',
      job_id: null,
      media_id: null,
      file_hash: null,
      final_filename: null,
      missing_chunks: [1, 3],
    });
    const resume = await client.ask('GET', `${begun.session_id}/resume`);
    expect(await jsonOf<UploadResume>(resume)).toEqual({
      session_id: begun.session_id,
      missing_chunks: [1, 3],
      uploaded_chunks: 2,
      total_chunks: 4,
      resumable: true,
    });
    await client.sendAll(begun, recording, [3, 1]);
    expect((await client.finish(begun.session_id)).status).toBe('completed');
  });

  it('refuse chunks that are not what they should be', async () => {
    const begun = await client.beginFor(recording);
    const id = begun.session_id;
    const chunk = cut(recording, begun, 0);
    const send = async (input: Parameters<ChunkedClient['send']>[1]): Promise<[number, string]> =>
      contract.refusalOf('uploadChunk', await client.send(id, input));

    expect(await send({ number: 0, bytes: chunk.bytes.subarray(1) })).toEqual([422, 'chunk_size_wrong']);
    expect(await send({ number: 0, bytes: Buffer.alloc(0) })).toEqual([422, 'chunk_size_wrong']);
    expect(await send({ number: 0, bytes: recording.subarray(0, MIB + 1) })).toEqual([
      422,
      'chunk_size_wrong',
    ]);
    expect(await send({ number: 0, bytes: recording })).toEqual([413, 'file_too_large']);
    expect(await send({ ...chunk, hash: sha256Of(recording) })).toEqual([422, 'chunk_hash_mismatch']);
    expect(await send({ ...chunk, hash: 'abc' })).toEqual([422, 'validation_failed']);
    expect(await send({ ...chunk, number: 4 })).toEqual([404, 'chunk_not_found']);
    expect(await contract.refusalOf('uploadChunk', await client.send('x', chunk))).toEqual([
      404,
      'upload_not_found',
    ]);
    expect(await contract.refusalOf('uploadChunk', await client.ask('POST', `${id}/chunks/-1`))).toEqual([
      404,
      'chunk_not_found',
    ]);
    expect(await contract.refusalOf('uploadChunk', await client.ask('POST', `${id}/chunks/0`, 'x'))).toEqual([
      415,
      'content_type_unsupported',
    ]);
    expect(await contract.refusalOf('uploadChunk', await client.send(UNKNOWN_ID, chunk))).toEqual([
      404,
      'upload_not_found',
    ]);
    expect(await client.status(id)).toMatchObject({ uploaded_chunks: 0, received_bytes: 0 });
  });

  it('check the hash of the whole file, and keep nothing of one that is another', async () => {
    const before = await service.countBlobs();
    const begun = await client.beginFor(recording, { file_hash: sha256Of(randomBytes(8)) });
    await client.sendAll(begun, recording, [0, 1, 2, 3]);

    expect(await contract.refusalOf('finalizeUpload', await client.finalize(begun.session_id))).toEqual([
      422,
      'upload_hash_mismatch',
    ]);
    expect(await client.status(begun.session_id)).toMatchObject({
      status: 'failed',
      error_code: 'upload_hash_mismatch',
    });
    expect(await service.countBlobs()).toBe(before);
    expect(await contract.refusalOf('finalizeUpload', await client.finalize(begun.session_id))).toEqual([
      409,
      'upload_not_active',
    ]);
  });

  it('say at the end what is wrong with the file, as every entrance does', async () => {
    const before = await service.countBlobs();
    for (const [name, code] of [
      ['bad/text.mp3', 'unsupported_media'],
      ['bad/truncated.m4a', 'corrupt_media'],
      ['bad/video_only.mp4', 'no_audio'],
      ['docs/samples/sense-and-sensibility.wav', 'track_unknown'],
    ] as const) {
      const file = await readFile(fixturePath(name));
      const begun = await client.beginFor(file, { filename: 'music.mp3', track: 1 });
      await client.sendAll(begun, file, [0]);
      expect(await contract.refusalOf('finalizeUpload', await client.finalize(begun.session_id))).toContain(
        code,
      );
    }
    expect(await service.countBlobs()).toBe(before);
  });

  it('can be given up, and nothing of them remains', async () => {
    const before = await service.countBlobs();
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 1]);

    const cancelled = await client.ask('DELETE', begun.session_id);
    expect(await cancelled.json()).toEqual({ status: 'cancelled', message: expect.any(String) });
    expect(await service.countBlobs()).toBe(before);
    expect((await client.status(begun.session_id)).status).toBe('cancelled');
    const more = await client.send(begun.session_id, cut(recording, begun, 2));
    expect(await contract.refusalOf('uploadChunk', more)).toEqual([409, 'upload_not_active']);
    expect((await client.ask('DELETE', begun.session_id)).status).toBe(200);
  });

  it('can be given up while the file is looked at, or are completed: one of both, at any moment', async () => {
    const stored = await client.beginFor(recording);
    await client.sendAll(stored, recording, [0, 1, 2, 3]);
    await client.finish(stored.session_id);
    const before = await service.countBlobs();
    for (let round = 0; round < 5; round += 1) {
      const begun = await client.beginFor(recording);
      await client.sendAll(begun, recording, [0, 1, 2, 3]);
      const finalizing = client.finalize(begun.session_id);
      // The chunks have become one file, or that one has been found to be there already.
      await waitFor(async () => (await service.countBlobs()) <= before + 1);

      const given = await client.ask('DELETE', begun.session_id);
      const finalized = await finalizing;
      const refused = given.status === 200 ? finalized : given;
      const operation = given.status === 200 ? 'finalizeUpload' : 'cancelUpload';
      expect([given.ok, finalized.ok].toSorted()).toEqual([false, true]);
      expect(await contract.refusalOf(operation, refused)).toEqual([409, 'upload_not_active']);
    }
    expect(await service.countBlobs()).toBe(before);
  });

  it('fail when what they ask for is not allowed any more', async () => {
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 1, 2, 3]);
    await executeSql(
      service.database.url,
      `update upload_sessions set options = '{"callbackUrl": "http://10.0.0.1/"}' where id = '${begun.session_id}'`,
    );

    const answer = await client.finalize(begun.session_id);
    expect((await problemOf(answer)).code).toBe('url_forbidden');
    expect(await client.status(begun.session_id)).toMatchObject({
      status: 'failed',
      error_code: 'url_forbidden',
    });
  });

  it('cannot be given up once they are completed: the job stays', async () => {
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 1, 2, 3]);
    const { job_id: jobId } = await client.finish(begun.session_id);

    expect(await contract.refusalOf('cancelUpload', await client.ask('DELETE', begun.session_id))).toEqual([
      409,
      'upload_not_active',
    ]);
    expect((await fetch(`${service.url}/jobs/${jobId ?? ''}`)).status).toBe(200);
  });

  it('end when they are not gone on with', async () => {
    const before = await service.countBlobs();
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0]);
    await executeSql(
      service.database.url,
      `update upload_sessions set expires_at = now() where id = '${begun.session_id}'`,
    );

    const late = await client.send(begun.session_id, cut(recording, begun, 1));
    expect(await contract.refusalOf('uploadChunk', late)).toEqual([410, 'upload_expired']);
    expect((await client.status(begun.session_id)).status).toBe('expired');
    expect(await service.countBlobs()).toBe(before);
  });

  it('are listed, newest first, and those that are not ended alone', async () => {
    const begun = await client.beginFor(recording);

    const all = await jsonOf<UploadList>(await client.ask('GET', ''));
    expect(all.sessions[0]).toMatchObject({ session_id: begun.session_id, status: 'active' });
    const active = await jsonOf<UploadList>(await client.ask('GET', '?active_only=true'));
    expect(active.total).toBeLessThan(all.total);
    expect(active.sessions.every(({ status }) => status === 'active')).toBe(true);
    expect((await client.ask('GET', '?active_only=perhaps')).status).toBe(422);
  });

  it('answer under the other names of the original', async () => {
    const begun = (await (await client.begin({ filename: 'a.wav', file_size: 10 }, 'init')).json()) as {
      session_id: string;
    };
    const sent = await client.send(begun.session_id, { number: 0, bytes: Buffer.alloc(10) }, 'chunk');
    expect(sent.status).toBe(200);
  });

  it('are refused before a byte is sent when they cannot become anything', async () => {
    const begin = async (body: Record<string, unknown>): Promise<[number, string]> =>
      contract.refusalOf('initializeUpload', await client.begin(body));
    const file = { filename: 'talk.wav', file_size: 1000 };

    expect(await begin({ ...file, file_size: 20 * MIB + 1 })).toEqual([413, 'file_too_large']);
    expect(await begin({ ...file, file_size: 0 })).toEqual([422, 'validation_failed']);
    expect(await begin({ ...file, file_size: 1.5 })).toEqual([422, 'validation_failed']);
    expect(await begin({ ...file, filename: 'x'.repeat(256) })).toEqual([422, 'validation_failed']);
    expect(await begin({ ...file, file_hash: 'abc' })).toEqual([422, 'validation_failed']);
    expect(await begin({ ...file, owner_id: UNKNOWN_ID })).toEqual([422, 'validation_failed']);
    expect(await begin({ ...file, model_name: 'enormous' })).toEqual([422, 'model_unknown']);
    expect(await begin({ ...file, language: 'Klingon' })).toEqual([422, 'language_unknown']);
  });

  it('answer as the OpenAPI document says', async () => {
    const seen = async (operationId: string, answer: Promise<Response>): Promise<void> => {
      expect(await contract.findFaults(operationId, await answer)).toEqual([]);
    };
    const begun = await client.beginFor(recording);
    const id = begun.session_id;
    await seen('initializeUpload', client.begin({ filename: 'a.wav', file_size: 10 }));
    await seen('initUpload', client.begin({ filename: 'a.wav', file_size: 10 }, 'init'));
    await seen('uploadChunk', client.send(id, cut(recording, begun, 0)));
    await seen('uploadChunkAlias', client.send(id, cut(recording, begun, 0), 'chunk'));
    await seen('finalizeUpload', client.finalize(id));
    await seen('getUploadStatus', client.ask('GET', `${id}/status`));
    await seen('resumeUpload', client.ask('GET', `${id}/resume`));
    await seen('listUploads', client.ask('GET', ''));
    await seen('cancelUpload', client.ask('DELETE', id));
    expect(contract.findUnseenSuccesses((tag) => tag === 'Uploads')).toEqual([]);
  });

  it('keep of a name that leads elsewhere what can be shown', async () => {
    const file = await readFile(fixturePath('docs/samples/sense-and-sensibility.wav'));
    const begun = await client.beginFor(file, { filename: '../../../evil.wav' });
    await client.sendAll(begun, file, [0]);

    expect((await client.finish(begun.session_id)).final_filename).toBe('evil.wav');
  });
});
