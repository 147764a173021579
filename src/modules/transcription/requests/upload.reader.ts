import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { announcedFileBytes } from '../../../platform/http/expect-continue.js';
import {
  otherBytesOf,
  readMultipart,
  type FieldLimits,
  type FormField,
  type FormHandler,
  type MultipartForm,
} from '../../../platform/http/multipart-reader.js';
import { UNKNOWN_FIELD, validateFields, validationFailed } from '../../../platform/http/validation.pipe.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { IdempotencyService } from '../../auth/idempotency/idempotency.service.js';
import { UsageService } from '../../jobs/usage/usage.service.js';
import { IngestService, type IngestedFile } from '../../uploads/ingest/ingest.service.js';
import { CreateTranscriptionDto, toOrder } from './dto/create-transcription.dto.js';
import { toStoredFilename } from './stored-filename.js';
import { TranscriptionRequestService, type TranscriptionOptions } from './transcription-request.service.js';
import { UploadAdmission } from './upload-admission.service.js';

export interface ReadUpload {
  readonly file: IngestedFile;
  readonly filename: string;
  readonly options: TranscriptionOptions;
}

/** Reads an upload form: a file that was ingested while it arrived, and options that hold. */
@Injectable()
export class UploadReader {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly ingest: IngestService,
    private readonly usage: UsageService,
    private readonly admission: UploadAdmission,
    private readonly idempotency: IdempotencyService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * The form of an order to transcribe.
   *
   * @throws AppError as `readFile`, and model_unknown, language_unknown …, too_many_active_jobs, audio_quota_exceeded
   */
  async read(principal: Principal, request: Request): Promise<ReadUpload> {
    if (!this.idempotency.isRepeat) await this.usage.assertRoom(principal);
    const form = await this.readFile(principal, request, (fields) =>
      this.requests.resolveOptions(
        principal,
        toOrder(validateFields(CreateTranscriptionDto, new Map(fields))),
      ),
    );
    return { file: form.file, filename: toStoredFilename(form.filename), options: form.options };
  }

  /**
   * The form of a recording that nothing is to be done with yet.
   *
   * @throws AppError as `readFile`
   */
  async readMedia(principal: Principal, request: Request): Promise<Omit<ReadUpload, 'options'>> {
    const form = await this.readFile(principal, request, (fields) => {
      refuseAny(fields);
      return Promise.resolve();
    });
    return { file: form.file, filename: toStoredFilename(form.filename) };
  }

  /**
   * A form of whatever fields.
   *
   * @param parseFields as of `readMultipart`
   * @throws AppError shutting_down, malformed_multipart and the like, file_too_large, storage_quota_exceeded, storage_full, what is wrong
   *   with the file, idempotency_key_reused
   */
  async readFile<Options>(
    principal: Principal,
    request: Request,
    parseFields: FormHandler<IngestedFile, Options>['parseFields'],
    fieldLimits?: FieldLimits,
  ): Promise<MultipartForm<IngestedFile, Options>> {
    const announcedBytes = announcedFileBytes(request, fieldLimits && otherBytesOf(fieldLimits));
    let release = (): void => undefined;
    const form = await readMultipart(
      request,
      { field: 'file', maxBytes: this.config.uploads.maxBytes, ...(fieldLimits && { fieldLimits }) },
      {
        parseFields,
        receive: async (bytes) => {
          const admitted = await this.admission.admit(principal, announcedBytes, announcedBytes ?? 0);
          ({ release } = admitted);
          return this.ingest.receive(bytes, admitted);
        },
        discard: (file) => this.ingest.discard(file),
      },
    ).finally(() => {
      release();
    });
    await this.recognise(form);
    return form;
  }

  /** The boundary of the form, and the order of its fields, say nothing of what is asked. */
  private async recognise({ file, filename, fields }: MultipartForm<IngestedFile, unknown>): Promise<void> {
    const { sha256, sizeBytes } = file;
    try {
      this.idempotency.recognise({ fields: Object.fromEntries(fields), filename, sha256, sizeBytes });
    } catch (error) {
      await this.ingest.discard(file);
      throw error;
    }
  }
}

function refuseAny(fields: readonly FormField[]): void {
  const errors = fields.map(([field]) => ({ field, message: UNKNOWN_FIELD }));
  if (errors.length > 0) throw validationFailed(errors);
}
