import type { Lock, Locker } from '@tus/server';
import type { UploadLease, UploadLeases } from '../../../uploads/sessions/upload-leases.service.js';
import { currentTusRequest } from './tus-request.js';

/** How long a request waits until another one of the same upload has stopped. */
const WAIT_MS = 12_000;

/** The locks of the tus library are the leases of upload sessions. */
export class TusLocker implements Locker {
  constructor(private readonly leases: UploadLeases) {}

  newLock(id: string): Lock {
    // Nobody else knows of an upload that this very request creates.
    const isNew = currentTusRequest().uploadId === null;
    let lease: UploadLease | null = null;
    return {
      lock: async (signal, cancelRequest) => {
        if (!isNew)
          lease = await this.leases.acquire(id, () => void cancelRequest(), { waitMs: WAIT_MS, signal });
      },
      unlock: async () => {
        await lease?.release();
      },
    };
  }
}
