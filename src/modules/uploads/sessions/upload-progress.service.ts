import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';

const NOTE_MS = 1000;

export interface ArrivingBytes {
  readonly sessionId: string;
  sizeBytes: number;
  /** Called when the session was ended meanwhile. */
  readonly onGone: () => void;
}

/** Every now and then writes down how much of each upload has arrived, for whoever asks: of all of them at once, as there may be hundreds. */
@Injectable()
export class UploadProgressService implements OnModuleDestroy {
  private readonly arriving = new Set<ArrivingBytes>();
  private timer: NodeJS.Timeout | undefined;
  private isNoting = false;

  constructor(
    private readonly repository: UploadSessionsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Until `end`. What the caller sets is what is noted. */
  begin(sessionId: string, onGone: () => void): ArrivingBytes {
    const bytes = { sessionId, sizeBytes: 0, onGone };
    this.arriving.add(bytes);
    this.timer ??= setInterval(() => void this.note(), NOTE_MS).unref();
    return bytes;
  }

  end(bytes: ArrivingBytes): void {
    this.arriving.delete(bytes);
  }

  private async note(): Promise<void> {
    const noted = [...this.arriving];
    if (noted.length === 0 || this.isNoting) return;
    this.isNoting = true;
    try {
      const active = await this.unitOfWork.read(() => this.repository.noteArriving(noted));
      for (const bytes of noted) if (this.arriving.has(bytes) && !active.has(bytes.sessionId)) bytes.onGone();
    } catch {
      // Nobody depends on it, and what is wrong with the database others will say.
    } finally {
      this.isNoting = false;
    }
  }
}
