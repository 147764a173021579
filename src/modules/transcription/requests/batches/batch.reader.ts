import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import type { ErrorCode } from '../../../../platform/errors/error-codes.js';
import { announcedFileBytes } from '../../../../platform/http/expect-continue.js';
import {
  type FormField,
  readMultipartFiles,
  type FormItem,
  type MultipartFiles,
} from '../../../../platform/http/multipart-reader.js';
import { validateFields } from '../../../../platform/http/validation.pipe.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import { UsageService } from '../../../jobs/usage/usage.service.js';
import type { AdmittedBytes } from '../../../uploads/ingest/bytes-rules.view.js';
import { IngestService, type IngestedFile } from '../../../uploads/ingest/ingest.service.js';
import { toOrder } from '../dto/create-transcription.dto.js';
import { TranscriptionRequestService, type TranscriptionOptions } from '../transcription-request.service.js';
import { UploadAdmission } from '../upload-admission.service.js';
import { FILE_PROBLEMS } from '../upload-problems.js';
import { BatchFieldsDto } from './create-batch.request.dto.js';

export interface ReadBatch {
  readonly items: readonly FormItem<IngestedFile>[];
  readonly options: TranscriptionOptions;
  readonly name: string | null;
}

interface BatchFields {
  readonly options: TranscriptionOptions;
  readonly name: string | null;
}

/**
 * What is wrong with one file alone, whenever it is sent. A disk that is full is not: the same form may be accepted later, and has to be
 * the same one then.
 */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([...FILE_PROBLEMS, 'file_too_large']);

/** Reads the form of a batch: files that were ingested while they arrived, one after the other, and options that hold for all. */
@Injectable()
export class BatchReader {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly ingest: IngestService,
    private readonly usage: UsageService,
    private readonly admission: UploadAdmission,
    private readonly idempotency: IdempotencyService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * What is wrong with a file stands in its item.
   *
   * @throws AppError shutting_down, malformed_multipart and the like, too_many_items, storage_quota_exceeded, storage_full,
   *   too_many_active_jobs, audio_quota_exceeded, what is wrong with the options, idempotency_key_reused. Then nothing of any file remains.
   */
  async read(principal: Principal, request: Request): Promise<ReadBatch> {
    if (!this.idempotency.isRepeat) await this.usage.assertRoom(principal);
    const admitted = await this.admission.admit(principal, announcedFileBytes(request), 0);
    const form = await this.readForm(principal, request, admitted).finally(admitted.release);
    await this.recognise(form);
    return { items: form.items, ...form.options };
  }

  private readForm(
    principal: Principal,
    request: Request,
    admitted: AdmittedBytes,
  ): Promise<MultipartFiles<IngestedFile, BatchFields>> {
    let beforeBytes = 0;
    return readMultipartFiles<IngestedFile, BatchFields>(
      request,
      {
        field: 'files',
        maxBytes: this.config.uploads.maxBytes,
        maxFiles: this.config.batches.maxItems,
        isRefusal: ({ code }) => REFUSALS.has(code),
      },
      {
        parseFields: (fields) => this.parseFields(principal, fields),
        receive: async (bytes) => {
          const file = await this.ingest.receive(bytes, leftOf(admitted, beforeBytes));
          beforeBytes += file.sizeBytes;
          return file;
        },
        discard: (file) => this.ingest.discard(file),
      },
    );
  }

  private async parseFields(principal: Principal, fields: readonly FormField[]): Promise<BatchFields> {
    const { name = null, ...order } = validateFields(BatchFieldsDto, new Map(fields));
    return { name, options: await this.requests.resolveOptions(principal, toOrder(order)) };
  }

  /** A file that was refused is known by its name and its place, since it is refused whenever it is sent. */
  private async recognise({ items, fields }: MultipartFiles<IngestedFile, unknown>): Promise<void> {
    const files = items.map(({ filename, file }) => [filename, file?.sha256, file?.sizeBytes]);
    try {
      this.idempotency.recognise({ fields: Object.fromEntries(fields), files });
    } catch (error) {
      for (const { file } of items) if (file !== null) await this.ingest.discard(file);
      throw error;
    }
  }
}

/** Room for the next one of several files. */
function leftOf(admitted: AdmittedBytes, beforeBytes: number): AdmittedBytes {
  return {
    ...admitted,
    limits: admitted.limits.map((limit) => ({ ...limit, maxBytes: limit.maxBytes - beforeBytes })),
    arrived: (sizeBytes) => {
      admitted.arrived(beforeBytes + sizeBytes);
    },
  };
}
