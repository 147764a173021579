import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import type { OrderedBatch, RefusedItem } from '../../../jobs/batches/batch.view.js';
import { BatchesService } from '../../../jobs/batches/batches.service.js';
import type { JobView } from '../../../jobs/job.view.js';
import { IngestService } from '../../../uploads/ingest/ingest.service.js';
import { toStoredFilename } from '../stored-filename.js';
import { TranscriptionRequestService, type TranscriptionOptions } from '../transcription-request.service.js';
import type { ReadBatch } from './batch.reader.js';

/** What a job is to be made of. */
interface OrderedItem {
  readonly name: Pick<RefusedItem, 'mediaId' | 'filename'>;
  /** @returns what writes the job into the transaction that is open */
  readonly prepare: () => Promise<(batchId: string) => Promise<JobView>>;
}

/** By their places in the order. */
interface Outcome {
  readonly jobIds: (string | null)[];
  readonly refused: RefusedItem[];
}

/** Orders several recordings at once. */
@Injectable()
export class BatchOrdersService {
  constructor(
    private readonly requests: TranscriptionRequestService,
    private readonly batches: BatchesService,
    private readonly ingest: IngestService,
    private readonly idempotency: IdempotencyService,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * Jobs for recordings that are there already. One that cannot be had is noted, and loses none of the others.
   *
   * @throws AppError too_many_items, batch_refused when no job came of any
   */
  async submitKept(
    actor: KnownActor,
    mediaIds: readonly string[],
    options: TranscriptionOptions,
    name: string | null,
  ): Promise<OrderedBatch> {
    const { maxItems } = this.config.batches;
    if (mediaIds.length > maxItems)
      throw new AppError('too_many_items', `A batch has at most ${maxItems} recordings.`);
    const items = mediaIds.map((mediaId) => ({
      name: { mediaId, filename: null },
      prepare: () => this.requests.prepareKept(actor, mediaId, options),
    }));
    return this.batches.getOrdered(actor.principal, await this.submit(actor, items, name));
  }

  /**
   * The same for files that came in this one request. Nothing remains of one that is not accepted.
   *
   * @throws AppError batch_refused when no job came of any
   */
  async submitReceived(actor: KnownActor, { items, options, name }: ReadBatch): Promise<OrderedBatch> {
    const spare = new Set(items.flatMap(({ file }) => file ?? []));
    const ordered = items.map(({ filename, file, refusal }) => {
      const stored = toStoredFilename(filename);
      const create = async (batchId: string): Promise<JobView> => {
        if (file === null) throw refusal;
        const job = await this.requests.submitWithin(actor, file, stored, options, batchId);
        spare.delete(file);
        return job;
      };
      return { name: { mediaId: null, filename: stored }, prepare: () => Promise.resolve(create) };
    });
    const id = await this.submit(actor, ordered, name).catch(async (error: unknown) => {
      for (const { file } of items) if (file !== null) await this.ingest.discardRefused(file, error);
      throw error;
    });
    for (const file of spare) await this.ingest.discard(file);
    return this.batches.getOrdered(actor.principal, id);
  }

  /** When it fails nothing was accepted, unless nobody knows; returns the id of the batch. */
  private async submit(
    actor: KnownActor,
    items: readonly OrderedItem[],
    name: string | null,
  ): Promise<string> {
    const { createdEarlier } = this.idempotency;
    if (createdEarlier !== null) return createdEarlier;
    const outcome: Outcome = { jobIds: items.map(() => null), refused: [] };
    const creations: ((batchId: string) => Promise<void>)[] = [];
    for (const [position, { name: itemName, prepare }] of items.entries())
      await orRefuse(outcome, { position, ...itemName }, async () => {
        const create = await prepare();
        creations.push((batchId) =>
          orRefuse(outcome, { position, ...itemName }, async () => {
            outcome.jobIds[position] = (await this.unitOfWork.run(() => create(batchId))).id;
          }),
        );
      });
    return this.unitOfWork.run(async () => {
      const batchId = await this.batches.create(actor.principal, name);
      for (const create of creations) await create(batchId);
      const refused = outcome.refused.toSorted((one, other) => one.position - other.position);
      if (refused.length === items.length) throw nothingAccepted(refused);
      await this.batches.noteOutcome(batchId, outcome.jobIds, refused);
      await this.idempotency.noteCreated(batchId);
      return batchId;
    });
  }
}

/** What is wrong with a recording, or with one more of them, is its own matter; what is wrong with the service is not. */
async function orRefuse(
  { refused }: Outcome,
  item: Omit<RefusedItem, 'code' | 'detail'>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'unavailable' || error.kind === 'internal')
      throw error;
    refused.push({ ...item, code: error.code, detail: error.detail });
  }
}

function nothingAccepted(refused: readonly RefusedItem[]): AppError {
  const errors = refused.map(({ position, mediaId, filename, code, detail }) => ({
    field: mediaId === null ? `files.${position}` : `media_ids.${position}`,
    message: `${mediaId ?? filename ?? ''}: ${code}: ${detail}`,
  }));
  return new AppError('batch_refused', 'No job could be made of any recording.', { errors });
}
