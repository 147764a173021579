import { Injectable } from '@nestjs/common';
import { AppError } from '../../../platform/errors/app-error.js';
import { joinInTurns } from '../../../platform/runtime/join-in-turns.js';
import type { WholeFile } from '../../../platform/runtime/zip-files.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { writtenLanguage } from '../../jobs/decoding-options.view.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { TranscriptsService } from '../transcripts/transcripts.service.js';
import { DocxWriter } from './docx/docx-writer.service.js';
import type { ExportOptions } from './export-options.js';
import { exportName, FileNames } from './file-names.js';
import { TRANSCRIPT_FORMATS, type TranscriptFormatName } from './transcript-formats.js';

/** What became of one of many. */
interface ManifestEntry {
  readonly job_id: string;
  readonly file: string | null;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

const MANIFEST = 'manifest.json';

/** Writes transcripts to files. Each is an act that the audit trail tells of. */
@Injectable()
export class TranscriptExportsService {
  constructor(
    private readonly transcripts: TranscriptsService,
    private readonly jobs: JobsService,
    private readonly documents: DocxWriter,
  ) {}

  /** @throws AppError job_not_found, transcript_not_ready, transcript_unavailable */
  async write(
    actor: KnownActor,
    jobId: string,
    format: TranscriptFormatName,
    options: ExportOptions,
  ): Promise<WholeFile> {
    const { originalFilename, decoding } = await this.jobs.get(actor.principal, jobId);
    const transcript = await this.transcripts.export(actor, jobId, format);
    const recording = { title: originalFilename, language: writtenLanguage(decoding, transcript.language) };
    const written = TRANSCRIPT_FORMATS[format].write(transcript, options, recording);
    const content =
      'paragraphs' in written ? await this.documents.write(written) : await joinInTurns(written);
    return { name: exportName(originalFilename, format), content };
  }

  /**
   * The transcripts that there are, and at last a list of all that were asked for, with what is wrong with the others.
   *
   * @param signal aborted when nobody wants them any more: no other one is begun
   */
  async *writeAll(
    actor: KnownActor,
    jobIds: readonly string[],
    format: TranscriptFormatName,
    options: ExportOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WholeFile, void> {
    const names = new FileNames();
    names.take(MANIFEST);
    const manifest: ManifestEntry[] = [];
    for (const jobId of jobIds) {
      if (signal.aborted) return;
      const written = await this.write(actor, jobId, format, options).catch(toProblem);
      if ('code' in written) {
        manifest.push({ job_id: jobId, file: null, problem: written });
      } else {
        const name = names.take(written.name);
        manifest.push({ job_id: jobId, file: name, problem: null });
        yield { ...written, name };
      }
    }
    yield { name: MANIFEST, content: `${JSON.stringify({ format, transcripts: manifest }, null, 2)}\n` };
  }
}

/** What is the matter with this transcript; what is wrong with the service ends the export. */
function toProblem(error: unknown): { code: string; detail: string } {
  const isOfTranscript = error instanceof AppError && ['not_found', 'conflict'].includes(error.kind);
  if (!isOfTranscript) throw error;
  return { code: error.code, detail: error.detail };
}
