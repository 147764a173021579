import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import pLimit from 'p-limit';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../../platform/database/unit-of-work.js';
import { IsolatedPcm } from '../../../../platform/media/isolated-pcm.js';
import type { Principal } from '../../../auth/access/principal.view.js';
import type { MediaFileView } from '../media-file.view.js';
import { MediaFilesService } from '../media-files.service.js';
import { condense, PeakCollector, type Peak } from './peaks.js';
import { MediaPeaksRepository } from './media-peaks.repository.js';

/** The rest waits: each decodes a whole file. */
const DECODED_AT_ONCE = 2;

export interface PeaksOfMedia {
  readonly media: MediaFileView;
  readonly peaks: readonly Peak[];
}

/** How loud recordings are, decoded once for all who ask. */
@Injectable()
export class MediaPeaksService implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly limit = pLimit(DECODED_AT_ONCE);
  /** By the id of the media file. */
  private readonly running = new Map<string, Promise<Int8Array>>();

  constructor(
    private readonly media: MediaFilesService,
    private readonly repository: MediaPeaksRepository,
    private readonly pcm: IsolatedPcm,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /**
   * The peaks of the default track, at most `points` of them.
   *
   * @throws AppError media_not_found, storage_unavailable, storage_full; what `IsolatedPcm.open` throws
   */
  async get(principal: Principal, id: string, points: number): Promise<PeaksOfMedia> {
    const media = await this.media.get(principal, id);
    try {
      const kept = await this.unitOfWork.read(() => this.repository.find(media.id));
      return { media, peaks: condense(kept ?? (await this.computeOnce(media.id)), points) };
    } catch (error) {
      // What failed because the recording was deleted meanwhile is answered as such.
      await this.media.get(principal, id);
      throw error;
    }
  }

  private computeOnce(mediaFileId: string): Promise<Int8Array> {
    const running = this.running.get(mediaFileId);
    if (running !== undefined) return running;
    const computed = this.limit(() => this.compute(mediaFileId)).finally(() => {
      this.running.delete(mediaFileId);
    });
    this.running.set(mediaFileId, computed);
    return computed;
  }

  private async compute(mediaFileId: string): Promise<Int8Array> {
    const { signal } = this.stopping;
    const recording = await this.media.openLocal(mediaFileId, signal);
    try {
      const { maxAudioSeconds: maxDurationSeconds } = this.config.uploads;
      const order = { track: null, maxDurationSeconds, channels: 'mixed', signal } as const;
      const collector = new PeakCollector();
      for await (const [sound] of this.pcm.open(recording.path, order))
        if (sound !== undefined) collector.add(sound);
      const peaks = collector.finish();
      await this.unitOfWork.read(() => this.repository.keep(mediaFileId, peaks));
      return peaks;
    } finally {
      await recording.release();
    }
  }
}
