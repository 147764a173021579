import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import type { Principal } from '../access/principal.view.js';
import type { IdempotencyKey } from './idempotency-key.entity.js';
import { IdempotencyKeysRepository, LEASE_SECONDS } from './idempotency-keys.repository.js';
import { AnsweredBefore, IdempotentAttempt, type KeptAnswer } from './idempotent-attempt.js';
import { KeySecrets } from './key-secrets.js';

const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const RETRY_AFTER_SECONDS = 1;
/** Of an answer that is kept. Only a transcript that a client waits for can be larger. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface IdempotentRequest {
  readonly principal: Principal;
  readonly key: string;
  /** What is asked, but for the body. */
  readonly target: readonly string[];
  /** The body, of which undefined is none; without it the work has to `recognise` what it reads. */
  readonly body?: { readonly json: unknown };
  /** Whether all that the work does is one transaction, which the answer becomes part of. */
  readonly atomic: boolean;
}

/** Does what a client asks for under a key once, however often and wherever it is asked. */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);
  private readonly attempts = new AsyncLocalStorage<IdempotentAttempt>();

  constructor(
    private readonly repository: IdempotencyKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * The answer of the work, or the one that was given before to the same request. What fails is not kept.
   *
   * @throws AppError idempotency_in_progress, idempotency_key_reused; what the work throws
   */
  async answerOnce(
    request: IdempotentRequest,
    work: () => Promise<KeptAnswer>,
  ): Promise<{ answer: KeptAnswer; replayed: boolean }> {
    const attempt = await this.begin(request);
    const renewal = setInterval(() => {
      void this.renew(attempt);
    }, RENEW_MS);
    renewal.unref();
    try {
      const answer = await this.attempts.run(attempt, () => this.perform(attempt, request, work));
      return { answer, replayed: false };
    } catch (error) {
      if (error instanceof AnsweredBefore) return { answer: error.answer, replayed: true };
      if (!attempt.isAnswered) await this.release(attempt);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** Whether the open request repeats one that has created something: then limits on creating do not apply. */
  get isRepeat(): boolean {
    const attempt = this.attempts.getStore();
    return attempt !== undefined && (attempt.isAnswered || attempt.createdEarlier !== null);
  }

  /**
   * Takes the body of the open request, in a form that is the same whenever the same is asked.
   *
   * @throws AppError idempotency_key_reused
   * @throws Error which is to go up: the request was answered before
   */
  recognise(body: unknown): void {
    this.attempts.getStore()?.recognise(body);
  }

  /** Takes the rest of the body of the open request, which was not known when it was recognised and something was created. */
  complete(body: unknown): void {
    this.attempts.getStore()?.complete(body);
  }

  /** Whether the open request repeats one whose answer is kept. What does so has to be recognised by its whole body. */
  get isAnswered(): boolean {
    return this.attempts.getStore()?.isAnswered ?? false;
  }

  /** The id of what this request has created before it was cut off; null when it has to be created. */
  get createdEarlier(): string | null {
    return this.attempts.getStore()?.createdEarlier ?? null;
  }

  /**
   * Binds what is created to the key of the open request, in the transaction that is open.
   *
   * @throws AppError idempotency_in_progress when another attempt has taken the key over
   */
  async noteCreated(id: string): Promise<void> {
    const attempt = this.attempts.getStore();
    if (attempt === undefined) return;
    const { keyHash, leaseToken, fingerprint } = attempt;
    if (!(await this.repository.noteCreated(keyHash, leaseToken, fingerprint, id))) throw inProgress();
  }

  /** Removes the keys that no longer hold. */
  deleteOld(): Promise<void> {
    return this.unitOfWork.read(() => this.repository.deleteOld());
  }

  /** @throws AppError idempotency_in_progress */
  private begin({ principal, key, target, atomic }: IdempotentRequest): Promise<IdempotentAttempt> {
    // While secrets rotate, processes differ in which comes first. A key is known under each of them.
    const candidates = this.config.auth.secretKeys.map(
      (secret) => new KeySecrets(secret, principal.userId, key),
    );
    // An answer may show what only these scopes may see.
    const asked = [...target, ...principal.scopes.toSorted()];
    // Those of atomic routes hold secrets, which would outlive credentials that end sooner than the ones that made them.
    if (atomic) asked.push(principal.how, principal.sessionId ?? principal.apiKeyId ?? '');
    return this.unitOfWork.run(async () => {
      await this.repository.lockUser(principal.userId);
      for (const secrets of candidates) {
        const row = await this.repository.find(secrets.hash);
        if (row !== null) return new IdempotentAttempt(secrets, asked, await this.claim(row));
      }
      const [secrets] = candidates;
      if (secrets === undefined) throw new Error('There is no SECRET_KEY');
      const row = await this.repository.insert(secrets.hash, principal.userId, this.ids.next());
      return new IdempotentAttempt(secrets, asked, row);
    });
  }

  /** An answer is there for everybody; a request that was cut off is for the first who repeats it. */
  private async claim(row: IdempotencyKey): Promise<IdempotencyKey> {
    if (row.answer !== null) return row;
    const leaseToken = this.ids.next();
    if (!(await this.repository.takeOver(row.keyHash, leaseToken))) throw inProgress();
    return Object.assign(row, { leaseToken });
  }

  private async perform(
    attempt: IdempotentAttempt,
    { body, atomic }: IdempotentRequest,
    work: () => Promise<KeptAnswer>,
  ): Promise<KeptAnswer> {
    if (body !== undefined) attempt.recognise(body.json);
    if (!atomic) {
      const answer = await work();
      await this.unitOfWork.read(() => this.keep(attempt, answer));
      return answer;
    }
    return this.unitOfWork.run(async () => {
      const answer = await work();
      if (!(await this.keep(attempt, answer))) throw inProgress();
      return answer;
    });
  }

  /** False when another attempt has taken the key over. An answer that is too large is left out, which is no failure. */
  private async keep(attempt: IdempotentAttempt, answer: KeptAnswer): Promise<boolean> {
    const { keyHash, leaseToken, fingerprint } = attempt;
    const text = JSON.stringify(answer);
    if (Buffer.byteLength(text) > MAX_ANSWER_BYTES) {
      await this.repository.release(keyHash, leaseToken);
      return true;
    }
    return this.repository.keep(keyHash, leaseToken, fingerprint, attempt.secrets.seal(text));
  }

  private async renew({ keyHash, leaseToken }: IdempotentAttempt): Promise<void> {
    await this.unitOfWork
      .read(() => this.repository.renew(keyHash, leaseToken))
      .catch((error: unknown) => {
        this.logger.warn('The lease of an idempotency key was not renewed', { err: error });
      });
  }

  /** What went wrong before matters more to the client: without this the lease ends by itself. */
  private async release({ keyHash, leaseToken }: IdempotentAttempt): Promise<void> {
    await this.unitOfWork
      .read(() => this.repository.release(keyHash, leaseToken))
      .catch((error: unknown) => {
        this.logger.warn('An idempotency key was not released', { err: error });
      });
  }
}

function inProgress(): AppError {
  return new AppError(
    'idempotency_in_progress',
    'The first request with this Idempotency-Key is still being answered.',
    { retryAfter: RETRY_AFTER_SECONDS },
  );
}
