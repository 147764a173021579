import type { Lock, Locker } from '@tus/server';
import type { UploadLease, UploadLeases } from '../../../uploads/sessions/upload-leases.service.js';
import { currentTusRequest } from './tus-request.js';

/** How long a request waits until another one of the same upload has stopped. */
export const LOCK_WAIT_MS = 12_000;

/** The locks of the tus library are the leases of upload sessions. */
export class TusLocker implements Locker {
  constructor(private readonly leases: UploadLeases) {}

  newLock(id: string): Lock {
    const { http } = currentTusRequest();
    // A client that came back over a new connection sends nothing more over this one. What has arrived is kept.
    const onWanted = (): void => {
      if (!http.complete) http.destroy();
    };
    let lease: UploadLease | null = null;
    return {
      lock: async (signal) => {
        lease = await this.leases.acquire(id, onWanted, { waitMs: LOCK_WAIT_MS, signal });
      },
      unlock: async () => {
        await lease?.release();
      },
    };
  }
}
