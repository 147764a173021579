import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request } from 'express';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import type { UploadSessionView } from '../../../uploads/sessions/upload-session.view.js';
import type { UploadChecksum } from './upload-checksum.js';

/** What the parts of the tus server have to know of a request that its library does not pass on. */
export interface TusRequest {
  readonly actor: KnownActor;
  /** With the bytes: they come directly, past the web streams of the library, which cost more than all the rest. */
  readonly http: Request;
  readonly partial: boolean;
  readonly checksum: UploadChecksum | null;
  /** Known once the request was found to be about an upload of this user. */
  uploadId: string | null;
  /** As it was when this request had got its lease. */
  session: UploadSessionView | null;
  /** Of the bytes that came with it, hex; null while none were taken. */
  sha256: string | null;
  /** Why it failed; the library only turns errors into texts. */
  failure: unknown;
}

export const tusRequests = new AsyncLocalStorage<TusRequest>();

export function currentTusRequest(): TusRequest {
  const request = tusRequests.getStore();
  if (request === undefined) throw new Error('There is no tus request');
  return request;
}
