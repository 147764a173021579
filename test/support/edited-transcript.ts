import { expect } from '@jest/globals';
import type { TranscriptChanges, Transcript } from '@whisper-transcriber/client-sdk';
import { bearer } from './accounts.js';
import { jsonOf } from './api-client.js';
import type { OpenApiContract } from './openapi-contract.js';
import { NO_RATE_LIMITS } from './rate-limits.js';
import { openTwoUsers, type TwoUsers } from './two-users.js';

const CERTAINTY = { avgLogprob: -0.2, compressionRatio: 1.1, noSpeechProb: 0.01, temperature: 0 };
const word = (text: string, start: number, end: number): object => ({ text, start, end, probability: 0.5 });
export const HEARD = [
  { start: 0, end: 2, text: 'The famly.', ...CERTAINTY, words: [word('The', 0, 0.5), word('famly.', 1, 2)] },
  {
    start: 3,
    end: 4,
    text: 'Of Dashwood.',
    ...CERTAINTY,
    words: [word('Of', 3, 3.2), word('Dashwood.', 3.3, 4)],
  },
];
export const HEARD_TEXT = 'The famly. Of Dashwood.';

export interface Edit {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A transcript of anna's that she changes. */
export class EditedTranscript {
  private constructor(
    readonly users: TwoUsers,
    private readonly contract: OpenApiContract,
  ) {}

  static async open(
    contract: OpenApiContract,
    env: Readonly<Record<string, string>> = {},
  ): Promise<EditedTranscript> {
    return new EditedTranscript(await openTwoUsers({ ...NO_RATE_LIMITS, ...env }), contract);
  }

  /** As if nobody had changed it. */
  async reset(): Promise<void> {
    const { jobId } = this.users.anna;
    await this.users.execute(`
      delete from transcripts where job_id = '${jobId}';
      insert into transcripts values ('${jobId}', 'base', 'en', 1, 60, '${HEARD_TEXT}', '${JSON.stringify(HEARD)}', now())`);
  }

  close(): Promise<void> {
    return this.users.close();
  }

  ask(method: string, path: string, { body, ifMatch, headers }: Edit = {}): Promise<Response> {
    const { url, anna } = this.users;
    return fetch(`${url}/transcripts/${anna.jobId}${path}`, {
      method,
      headers: {
        ...bearer(anna.token),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  }

  async read<T = Transcript>(path = ''): Promise<T> {
    return jsonOf<T>(await this.ask('GET', path));
  }

  async tag(): Promise<string> {
    return (await this.ask('GET', '')).headers.get('etag') ?? '';
  }

  /** On what is there by now. */
  async edit(body: TranscriptChanges): Promise<Transcript> {
    const response = await this.ask('PATCH', '', { body, ifMatch: await this.tag() });
    expect([response.status, await this.contract.findFaults('editTranscript', response.clone())]).toEqual([
      200,
      [],
    ]);
    return jsonOf<Transcript>(response);
  }

  /** As if ten minutes had passed. */
  makeOld(): Promise<void> {
    return this.users.execute(`update transcripts set began_at = began_at - interval '10 minutes'`);
  }
}
