import { AppError } from '../../../platform/errors/app-error.js';
import { canonicalJson } from './canonical-json.js';
import type { IdempotencyKey } from './idempotency-key.entity.js';
import type { KeySecrets } from './key-secrets.js';

/** What a client gets, as far as it is kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Ends the work on a request whose answer is there already. */
export class AnsweredBefore extends Error {
  constructor(readonly answer: KeptAnswer) {
    super('The request was answered before');
  }
}

/** One request under a key, from the moment on that the key is its own. */
export class IdempotentAttempt {
  private asked: string | undefined;

  /**
   * @param request what is asked, but for the body
   * @param row what is known of the key
   */
  constructor(
    readonly secrets: KeySecrets,
    private readonly request: readonly unknown[],
    private readonly row: IdempotencyKey,
  ) {}

  get keyHash(): string {
    return this.row.keyHash;
  }

  get leaseToken(): string {
    return this.row.leaseToken;
  }

  /** What an attempt that was cut off has created; null when there was none. */
  get createdEarlier(): string | null {
    return this.row.createdId;
  }

  get isAnswered(): boolean {
    return this.row.answer !== null;
  }

  /** Of the whole request. It is an error to create something before it is known. */
  get fingerprint(): string {
    if (this.asked === undefined) throw new Error('The body of an idempotent request was not recognised');
    return this.asked;
  }

  /**
   * Takes the body, in a form that is the same whenever the same is asked.
   *
   * @throws AppError idempotency_key_reused
   * @throws AnsweredBefore which is to go up to the interceptor
   */
  recognise(body: unknown): void {
    this.complete(body);
    if (this.row.fingerprint !== null && this.row.fingerprint !== this.asked)
      throw new AppError(
        'idempotency_key_reused',
        'Another request was sent with this Idempotency-Key. Make a new key for each thing to create.',
      );
    if (this.row.answer !== null)
      throw new AnsweredBefore(JSON.parse(this.secrets.open(this.row.answer)) as KeptAnswer);
  }

  /** Takes the body in full, of which only a part was known when something was created: what is kept with the answer is all of it. */
  complete(body: unknown): void {
    this.asked = this.secrets.fingerprint(canonicalJson([...this.request, body ?? null]));
  }
}
