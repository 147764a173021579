import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import type { BatchView, RefusedItem } from '../../../jobs/batches/batch.view.js';
import { BatchesService } from '../../../jobs/batches/batches.service.js';
import { TranscriptionRequestService, type TranscriptionOptions } from '../transcription-request.service.js';

interface PreparedItem {
  readonly mediaId: string;
  readonly create: (batchId: string) => Promise<unknown>;
}

/** Orders several recordings at once. */
@Injectable()
export class BatchOrdersService {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly batches: BatchesService,
    private readonly idempotency: IdempotencyService,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * Jobs for recordings that are there already. One that cannot be had is noted, and loses none of the others.
   *
   * @throws AppError too_many_items, batch_refused when no job came of any
   */
  async submit(
    actor: KnownActor,
    mediaIds: readonly string[],
    options: TranscriptionOptions,
    name: string | null,
  ): Promise<BatchView> {
    const { createdEarlier } = this.idempotency;
    if (createdEarlier !== null) return this.batches.get(actor.principal, createdEarlier);
    const { maxItems } = this.config.batches;
    if (mediaIds.length > maxItems)
      throw new AppError('too_many_items', `A batch has at most ${maxItems} recordings.`);
    const refused: RefusedItem[] = [];
    const items: PreparedItem[] = [];
    for (const mediaId of mediaIds)
      await this.orRefuse(mediaId, refused, async () => {
        items.push({ mediaId, create: await this.requests.prepareKept(actor, mediaId, options) });
      });
    const id = await this.unitOfWork.run(async () => {
      const batchId = await this.batches.create(actor.principal, name);
      for (const { mediaId, create } of items)
        await this.orRefuse(mediaId, refused, () => this.unitOfWork.run(() => create(batchId)));
      if (refused.length === mediaIds.length) throw nothingAccepted(refused);
      await this.batches.noteRefused(batchId, refused);
      await this.idempotency.noteCreated(batchId);
      return batchId;
    });
    return this.batches.get(actor.principal, id);
  }

  /** What is wrong with a recording, or with one more of them, is its own matter; what is wrong with the service is not. */
  private async orRefuse(
    mediaId: string,
    refused: RefusedItem[],
    work: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'unavailable' || error.kind === 'internal')
        throw error;
      refused.push({ mediaId, code: error.code, detail: error.detail });
    }
  }
}

function nothingAccepted(refused: readonly RefusedItem[]): AppError {
  const errors = refused.map(({ mediaId, code, detail }) => ({
    field: 'media_ids',
    message: `${mediaId}: ${code}: ${detail}`,
  }));
  return new AppError('batch_refused', 'No job could be made of any recording.', { errors });
}
