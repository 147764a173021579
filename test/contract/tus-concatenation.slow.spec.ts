/** Partial uploads of tus 1.0, which are joined. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Job } from '@whisper-transcriber/client-sdk';
import { jsonOf } from '../support/api-client.js';
import { UNKNOWN_ID } from '../support/operations.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { openForUploads, STORES, type ServiceWithStore } from '../support/service-with-store.js';
import { metadataHeader, TusRequests } from '../support/tus-requests.js';

const MIB = 2 ** 20;

const contract = new OpenApiContract();
let recording: Buffer<ArrayBuffer>;

describe.each(STORES)('partial tus uploads into %s', (store) => {
  let service: ServiceWithStore;
  let tus: TusRequests;

  openForUploads(store, (opened) => {
    ({ service, recording } = opened);
    tus = new TusRequests(`${service.url}/uploads/tus`);
  });

  async function sendPartial(bytes: Buffer<ArrayBuffer>): Promise<string> {
    const created = await tus.create({ 'upload-length': String(bytes.length), 'upload-concat': 'partial' });
    const url = tus.locationOf(created);
    expect((await tus.append(url, 0, bytes)).status).toBe(204);
    expect((await tus.ask('HEAD', url)).headers.get('upload-concat')).toBe('partial');
    return url;
  }

  it('are joined in the order that is asked for', async () => {
    const half = Math.floor(recording.length / 2);
    const second = await sendPartial(recording.subarray(half));
    const urls = [await sendPartial(recording.subarray(0, half)), second];
    const concat = `final;${urls.join(' ')}`;
    const ask = { 'upload-concat': concat, ...metadataHeader({ filename: 'joined.wav' }) };
    const final = await tus.create(ask);

    expect(final.status).toBe(201);
    const job = await jsonOf<Job>(await fetch(`${service.url}/jobs/${final.headers.get('x-job-id') ?? ''}`));
    expect(job.original_filename).toBe('joined.wav');
    const media = await fetch(`${service.url}/media/${job.media_id ?? ''}`);
    expect(Buffer.from(await media.arrayBuffer()).equals(recording)).toBe(true);
    const head = await tus.ask('HEAD', tus.locationOf(final));
    expect(head.headers.get('upload-concat')).toBe(concat);
    expect(head.headers.get('upload-offset')).toBe(String(recording.length));
    const more = await tus.append(tus.locationOf(final), recording.length, Buffer.alloc(1));
    expect(await contract.refusalOf('appendToTusUpload', more)).toEqual([403, 'upload_is_final']);

    const again = await tus.create(ask);
    expect([again.status, tus.locationOf(again)]).toEqual([201, tus.locationOf(final)]);
    expect(again.headers.get('x-job-id')).toBe(final.headers.get('x-job-id'));
    const turned = await tus.create({ 'upload-concat': `final;${urls.toReversed().join(' ')}` });
    expect(await contract.refusalOf('createTusUpload', turned)).toEqual([409, 'upload_not_active']);
  });

  it('are joined once, however many ask for it at once', async () => {
    const pieces = [recording.subarray(0, MIB), recording.subarray(MIB)];
    const urls = await Promise.all(pieces.map(sendPartial));
    const answers = await Promise.all(
      [1, 2, 3].map(() => tus.create({ 'upload-concat': `final;${urls.join(' ')}` })),
    );

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => tus.locationOf(answer))).size).toBe(1);
  });

  it('are told to be gone when they were joined into what is no recording', async () => {
    const url = await sendPartial(randomBytes(1000));
    const join = async (): Promise<[number, string]> =>
      contract.refusalOf('createTusUpload', await tus.create({ 'upload-concat': `final;${url}` }));

    expect(await join()).toEqual([415, 'unsupported_media']);
    expect(await join()).toEqual([410, 'upload_gone']);
  });

  it('are not joined while one is incomplete, unknown or named twice', async () => {
    const created = await tus.create({ 'upload-length': '10', 'upload-concat': 'partial' });
    const url = tus.locationOf(created);
    const join = async (concat: string): Promise<[number, string]> =>
      contract.refusalOf('createTusUpload', await tus.create({ 'upload-concat': concat }));

    expect(await join(`final;${url}`)).toEqual([409, 'upload_incomplete']);
    expect(await join(`final;${url} ${url}`)).toEqual([400, 'malformed_request']);
    expect(await join(`final;/uploads/tus/${UNKNOWN_ID}`)).toEqual([404, 'upload_not_found']);
    expect(await join('final;')).toEqual([400, 'malformed_request']);
    expect(await tus.offset(url)).toBe(0);
  });
});
