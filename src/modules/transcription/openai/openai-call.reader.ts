import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { FieldLimits, FormField, MultipartForm } from '../../../platform/http/multipart-reader.js';
import type { Principal } from '../../auth/access/principal.view.js';
import type { Task } from '../../jobs/decoding-options.view.js';
import { UsageService } from '../../jobs/usage/usage.service.js';
import type { IngestedFile } from '../../uploads/ingest/ingest.service.js';
import { toStoredFilename } from '../requests/stored-filename.js';
import {
  TranscriptionRequestService,
  type TranscriptionOptions,
  type TranscriptionOrder,
} from '../requests/transcription-request.service.js';
import { UploadReader } from '../requests/upload.reader.js';
import type { CallKey } from './calls/openai-calls.repository.js';
import { OpenAiCallsService } from './calls/openai-calls.service.js';
import { LARGE_REFERENCES } from './known-speakers.js';
import { OpenAiForm } from './openai-form.js';
import { OpenAiModelsService } from './openai-models.service.js';
import { assertComplete, readOptions, type OpenAiOptions } from './openai-options.js';

export interface ReadCall {
  readonly file: IngestedFile;
  readonly filename: string;
  readonly asked: OpenAiOptions;
  readonly options: TranscriptionOptions;
  readonly key: CallKey;
  /** Whether it may be a repeat, by what the client says. */
  readonly mayBeRepeat: boolean;
}

type CallOptions = Pick<ReadCall, 'asked' | 'options'>;
type CallForm = MultipartForm<IngestedFile, CallOptions>;

const FIELD_LIMITS: FieldLimits = {
  count: 200,
  bytes: 64 * 1024,
  mayRepeat: true,
  large: LARGE_REFERENCES,
};

/** Reads a form of the OpenAI API: a file that was ingested while it arrived, and options that hold. */
@Injectable()
export class OpenAiCallReader {
  constructor(
    private readonly reader: UploadReader,
    private readonly requests: TranscriptionRequestService,
    private readonly models: OpenAiModelsService,
    private readonly usage: UsageService,
    private readonly calls: OpenAiCallsService,
  ) {}

  /** @throws AppError as UploadReader.readFile, and what is wrong with the fields */
  async read(principal: Principal, request: Request, task: Task): Promise<ReadCall> {
    const idempotencyKey = request.get('idempotency-key');
    const mayBeRepeat = idempotencyKey !== undefined || isRetry(request);
    if (!mayBeRepeat) await this.usage.assertRoom(principal);
    const readForm = (): Promise<CallForm> => this.readForm(principal, request, task);
    const { file, filename, fields, options } = mayBeRepeat
      ? await this.calls.whileRepeatArrives(principal.userId, readForm)
      : await readForm();
    const fingerprint = hash([principal.userId, principal.apiKeyId, task, toSorted(fields), file.sha256]);
    const keyHash =
      idempotencyKey === undefined ? fingerprint : hash([principal.userId, 'key', idempotencyKey]);
    return {
      file,
      filename: toStoredFilename(filename),
      ...options,
      key: { keyHash, fingerprint },
      mayBeRepeat,
    };
  }

  private readForm(principal: Principal, request: Request, task: Task): Promise<CallForm> {
    return this.reader.readFile(
      principal,
      request,
      (some, areAll) => this.resolve(principal, some, areAll, task),
      FIELD_LIMITS,
    );
  }

  /** Fields may come in any order, so that before the file only those that are wrong by themselves are refused. */
  private async resolve(
    principal: Principal,
    fields: readonly FormField[],
    areAll: boolean,
    task: Task,
  ): Promise<CallOptions> {
    const asked = readOptions(new OpenAiForm(fields), task);
    if (areAll) assertComplete(asked);
    return { asked, options: await this.requests.resolveOptions(principal, await this.toOrder(asked)) };
  }

  /** Before its model is named nothing is known of what that can do. */
  private async toOrder({ model, language, decoding }: OpenAiOptions): Promise<TranscriptionOrder> {
    return model === undefined ? {} : { model: await this.models.resolve(model), language, decoding };
  }
}

function isRetry(request: Request): boolean {
  return Number(request.get('x-stainless-retry-count') ?? 0) > 0;
}

/** By name; what is said under one name stays in its order. */
function toSorted(fields: readonly FormField[]): FormField[] {
  return fields.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
