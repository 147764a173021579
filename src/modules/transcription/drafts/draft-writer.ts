import { Logger } from '@nestjs/common';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { ClaimsService } from '../../jobs/claims.service.js';
import type { JobClaim, JobProgress } from '../../jobs/job.view.js';
import type { TranscriptionEvent } from '../engine/transcriber.port.js';
import type { DiarizerState } from '../engine/diarizer.port.js';
import type { TranscriptSegment } from '../transcripts/transcript.view.js';
import type { DraftPiece } from './draft.view.js';
import type { DraftsRepository } from './drafts.repository.js';

type Chunk = Extract<TranscriptionEvent, { type: 'chunk' }>;

/** Stores the text of one job as the engine finishes it, so that nothing of it has to be computed again. */
export class DraftWriter {
  private readonly logger = new Logger(DraftWriter.name);
  /** What is not stored yet. */
  private segments: TranscriptSegment[] = [];

  /** @param pieces how many there are already */
  constructor(
    private readonly claim: JobClaim,
    private readonly madeWith: string,
    private pieces: number,
    private readonly claims: ClaimsService,
    private readonly drafts: DraftsRepository,
  ) {}

  /**
   * Stores the chunk with what was left over before. What cannot be stored while the database is away is kept for the next time.
   *
   * @returns `lost` when the claim was lost
   */
  async add(chunk: Chunk, progress: JobProgress): Promise<'stored' | 'kept' | 'lost'> {
    this.segments.push(...chunk.segments);
    if (this.segments.length === 0) return 'kept';
    try {
      return (await this.store(chunk, progress)) ? 'stored' : 'lost';
    } catch (error) {
      if (!isDatabaseOutage(error)) throw error;
      this.logger.warn('A piece of a transcript waits for the database', { job_id: this.claim.job.id });
      return 'kept';
    }
  }

  /** Stores how far telling speakers apart is. While the database is away there will be another state soon. */
  async noteDiarizer(state: DiarizerState, progress: JobProgress): Promise<'stored' | 'kept' | 'lost'> {
    try {
      const { id } = this.claim.job;
      const held = await this.claims.checkpoint(this.claim, progress, () =>
        this.drafts.saveDiarizer(id, state),
      );
      return held ? 'stored' : 'lost';
    } catch (error) {
      if (!isDatabaseOutage(error)) throw error;
      return 'kept';
    }
  }

  /** All segments so far, stored or not. */
  async readAll(): Promise<TranscriptSegment[]> {
    return [...(await this.drafts.listSegments(this.claim.job.id)), ...this.segments];
  }

  /** All segments, stored or not, in the transaction that is open, and the number of the draft, of which nothing remains. */
  async close(): Promise<{ segments: TranscriptSegment[]; draftId: number | null }> {
    const { id } = this.claim.job;
    const segments = await this.readAll();
    const draftId = await this.drafts.delete(id);
    return { segments, draftId };
  }

  private async store({ language, position, engineState }: Chunk, progress: JobProgress): Promise<boolean> {
    const { id } = this.claim.job;
    const piece: DraftPiece = { language, position, engineState, segments: this.segments };
    const held = await this.claims.checkpoint(this.claim, progress, () =>
      this.drafts.save(id, this.madeWith, this.pieces, piece),
    );
    this.pieces += 1;
    this.segments = [];
    return held;
  }
}
