import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { readMultipart } from '../../../platform/http/multipart-reader.js';
import { validateFields } from '../../../platform/http/validation.pipe.js';
import { IngestService, type IngestedFile } from '../../uploads/ingest.service.js';
import { CreateTranscriptionDto } from './dto/create-transcription.dto.js';
import { toStoredFilename } from './stored-filename.js';
import { TranscriptionRequestService, type TranscriptionOptions } from './transcription-request.service.js';

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
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async read(request: Request): Promise<ReadUpload> {
    const form = await readMultipart(request, this.config.uploads.maxBytes, {
      parseFields: (fields) => this.parseOptions(fields),
      receive: (bytes) => this.ingest.receive(bytes),
      discard: (file) => this.ingest.discard(file),
    });
    return { file: form.file, filename: toStoredFilename(form.filename), options: form.options };
  }

  private parseOptions(fields: ReadonlyMap<string, string>): TranscriptionOptions {
    return this.requests.resolveOptions(validateFields(CreateTranscriptionDto, fields));
  }
}
