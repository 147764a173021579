import { Injectable } from '@nestjs/common';
import { SERVICE_VERSION } from '../../../platform/runtime/service-version.js';
import { ClaimsService } from '../../jobs/claims.service.js';
import type { JobClaim } from '../../jobs/job.view.js';
import type { ReadyModel } from '../models/model-catalogue.service.js';
import { DraftWriter } from './draft-writer.js';
import type { DraftView } from './draft.view.js';
import { DraftsRepository } from './drafts.repository.js';

export interface OpenedDraft {
  /** Where to go on; null: at the beginning. */
  readonly begun: DraftView | null;
  readonly writer: DraftWriter;
}

/** Transcripts that are not finished. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly repository: DraftsRepository,
    private readonly claims: ClaimsService,
  ) {}

  /**
   * The draft of a job that a worker holds; null, and nothing touched, when the claim was lost. What was made with another model or other
   * options is of no use and goes.
   */
  open(claim: JobClaim, model: ReadyModel): Promise<OpenedDraft | null> {
    const madeWith = describeMaking(claim, model);
    return this.claims.whileHeld(claim, async () => {
      const { id } = claim.job;
      const begun = await this.repository.find(id, madeWith);
      if (begun === null) await this.repository.delete(id);
      const writer = new DraftWriter(claim, madeWith, begun?.pieces ?? 0, this.claims, this.repository);
      return { begun, writer };
    });
  }
}

/** Two runs that this is the same of give the same text. */
function describeMaking({ job }: JobClaim, { name, revision }: ReadyModel): string {
  const { language, track, decoding } = job;
  return JSON.stringify({ service: SERVICE_VERSION, model: name, revision, language, track, decoding });
}
