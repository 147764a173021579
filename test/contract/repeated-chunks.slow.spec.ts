/** Chunks that are sent again, as by a client that did not see the answer. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredChunk } from '@whisper-transcriber/client-sdk';
import { jsonOf, problemOf } from '../support/api-client.js';
import { ChunkedClient, cut } from '../support/chunked-client.js';
import { executeSql } from '../support/databases.js';
import { DatabaseGate } from '../support/database-gate.js';
import { longRecording } from '../support/long-recording.js';
import { OpenApiContract } from '../support/openapi-contract.js';
import { ServiceWithStore } from '../support/service-with-store.js';
import { waitFor } from '../support/wait-for.js';

const MIB = 2 ** 20;
const contract = new OpenApiContract();

describe('uploads by chunks', () => {
  let service: ServiceWithStore;
  let client: ChunkedClient;
  let recording: Buffer<ArrayBuffer>;

  beforeAll(async () => {
    recording = await longRecording(3 * MIB + 1000);
    service = await ServiceWithStore.open('a folder');
    client = new ChunkedClient(service.url);
  }, 90_000);

  afterAll(async () => {
    await service.close();
  });

  async function refusal(response: Response): Promise<[number, string]> {
    expect(await contract.findFaults('uploadChunk', response.clone())).toEqual([]);
    return [response.status, (await problemOf(response)).code];
  }

  it('take the same chunk again, also at the same time, and refuse another one in its place', async () => {
    const begun = await client.beginFor(recording);
    const chunk = cut(recording, begun, 1);

    const answers = await Promise.all(
      [1, 2, 3].map(async () => (await client.send(begun.session_id, chunk)).json()),
    );
    expect(answers.map((answer) => (answer as { status: string }).status).toSorted()).toEqual([
      'already_uploaded',
      'already_uploaded',
      'uploaded',
    ]);
    expect(await client.status(begun.session_id)).toMatchObject({ uploaded_chunks: 1, received_bytes: MIB });

    const other = await client.send(begun.session_id, { number: 1, bytes: randomBytes(MIB) });
    expect(await refusal(other)).toEqual([409, 'chunk_conflict']);
  });

  it('take the same chunk again while the file is made of them, and not when they are gone', async () => {
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 1, 2, 3]);
    const gate = await DatabaseGate.close(service.database.url, 'before insert on jobs for each row');
    const finished = client.finish(begun.session_id);
    await waitFor(async () => (await gate.countWaiting()) === 1);
    expect((await client.status(begun.session_id)).status).toBe('assembling');

    const again = await client.send(begun.session_id, cut(recording, begun, 2));
    expect(again.status).toBe(200);
    expect(await jsonOf<StoredChunk>(again)).toMatchObject({
      chunk_number: 2,
      status: 'already_uploaded',
      uploaded_chunks: 4,
      progress_percent: 100,
    });
    const other = await client.send(begun.session_id, { number: 2, bytes: randomBytes(MIB) });
    expect(await refusal(other)).toEqual([409, 'chunk_conflict']);

    await gate.open();
    expect((await finished).status).toBe('completed');
    const late = await client.send(begun.session_id, cut(recording, begun, 2));
    expect(await refusal(late)).toEqual([409, 'upload_not_active']);
  });

  it('take the same chunk again at the moment at which the file takes the place of all of them', async () => {
    const begun = await client.beginFor(recording);
    await client.sendAll(begun, recording, [0, 1, 2, 3]);
    await executeSql(
      service.database.url,
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
       create trigger refuse before insert on jobs for each row execute function refuse()`,
    );
    const whole = `before insert on upload_parts for each row when (new.size_bytes = ${recording.length})`;
    const gate = await DatabaseGate.close(service.database.url, whole);
    const waiting = client.finalize(begun.session_id);
    await waitFor(async () => (await gate.countWaiting()) === 1);
    const again = [0, 2].map((number) => client.send(begun.session_id, cut(recording, begun, number)));
    await waitFor(async () => (await gate.countHeldUp()) === 3);
    await gate.open();

    expect((await waiting).status).toBe(500);
    for (const answer of await Promise.all(again))
      expect(await jsonOf<StoredChunk>(answer)).toMatchObject({ status: 'already_uploaded' });
    const other = await client.send(begun.session_id, { number: 0, bytes: randomBytes(MIB) });
    expect(await refusal(other)).toEqual([409, 'chunk_conflict']);
  });
});
