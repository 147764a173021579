import { Inject, Injectable } from '@nestjs/common';
import { Server } from '@tus/server';
import type { Request, Response as HttpResponse } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import { UploadLeases } from '../../../uploads/sessions/upload-leases.service.js';
import { UploadReceiverService } from '../../../uploads/sessions/upload-receiver.service.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { UploadFinisherService } from '../upload-finisher.service.js';
import { toUploadOptions } from '../upload-options.js';
import { TranscriptionRequestService } from '../transcription-request.service.js';
import { toTusProblem, versionUnsupported } from './tus-errors.js';
import { currentTusRequest, tusRequests, type TusRequest } from './tus-request.js';
import { TusLocker } from './tus.locker.js';
import { TusStore } from './tus.store.js';
import { idsOf, readAnnouncement } from './tus-announcement.reader.js';
import { CHECKSUM_ALGORITHMS, parseUploadChecksum } from './upload-checksum.js';

const PATH = '/uploads/tus';
/** What the library judges; of others it knows too much, and refuses those of two proxies. */
const OF_TUS = /^(?:tus-|upload-|content-(?:type|length)$)/;
const VERSION = '1.0.0';

/** Resumable uploads by tus 1.0. The library speaks the protocol; sessions, bytes, checksums and concatenation are ours. */
@Injectable()
export class TusServer {
  private readonly server: Server;
  private readonly store: TusStore;

  constructor(
    private readonly sessions: UploadSessionsService,
    receiver: UploadReceiverService,
    leases: UploadLeases,
    private readonly finisher: UploadFinisherService,
    private readonly requests: TranscriptionRequestService,
    private readonly idempotency: IdempotencyService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    this.store = new TusStore(sessions, receiver, config.uploads.maxBytes);
    this.server = new Server({
      path: PATH,
      datastore: this.store,
      locker: new TusLocker(leases),
      maxSize: config.uploads.maxBytes,
      // Origins are judged for all routes in one place.
      allowedOrigins: () => false,
      generateUrl: (_request, { id }) => this.urlOf(id),
      namingFunction: ({ headers }) => this.begin(headers),
      onIncomingRequest: (request, id) => this.admit(request, id),
      onUploadFinish: (_request, { id }) => this.finish(id),
      onResponseError: (_request, error) => {
        currentTusRequest().failure = error;
        return undefined;
      },
    });
  }

  /**
   * Sets status and headers of the answer to a request of the protocol; it never has a body.
   *
   * @throws AppError as the upload has it
   */
  async handle(actor: KnownActor, request: Request, response: HttpResponse): Promise<void> {
    if (request.method !== 'OPTIONS') {
      response.setHeader('tus-resumable', VERSION);
      if (request.get('tus-resumable') !== VERSION) {
        response.setHeader('tus-version', VERSION);
        throw versionUnsupported();
      }
    }
    const concat = request.get('upload-concat');
    const context: TusRequest = {
      actor,
      http: request,
      partial: concat === 'partial',
      checksum: parseUploadChecksum(request.get('upload-checksum')),
      uploadId: null,
      failure: null,
    };
    await tusRequests.run(context, async () => {
      if (request.method === 'POST' && isFinal(concat)) await this.concatenate(request, response, concat);
      else await this.pass(request, response, context);
    });
  }

  private async pass(request: Request, response: HttpResponse, context: TusRequest): Promise<void> {
    const answer = await this.server.handleWeb(withoutBody(request));
    if (context.failure instanceof Error) throw context.failure;
    if (answer.status >= 400) {
      response.setHeader('tus-version', VERSION);
      throw toTusProblem(answer.status, await answer.text(), this.config.uploads.maxBytes);
    }
    for (const [name, value] of answer.headers)
      if (!name.startsWith('access-control-')) response.setHeader(name, value);
    if (request.method === 'OPTIONS')
      response.setHeader('tus-checksum-algorithm', CHECKSUM_ALGORITHMS.join(','));
    else if (request.method !== 'DELETE') await this.describe(response);
    response.status(answer.status);
  }

  /** What the library does not know of: expiry that each piece postpones, the kind of upload, and what came of it. */
  private async describe(response: HttpResponse): Promise<void> {
    const { actor, uploadId } = currentTusRequest();
    if (uploadId === null) return;
    const session = await this.sessions.get(actor.principal, uploadId, 'tus');
    if (session.status === 'active') response.setHeader('upload-expires', session.expiresAt.toUTCString());
    if (session.concat !== null) response.setHeader('upload-concat', session.concat);
    if (session.jobId !== null) response.setHeader('x-job-id', session.jobId);
  }

  private async begin(headers: Headers): Promise<string> {
    const { actor, partial } = currentTusRequest();
    const announced = readAnnouncement((name) => headers.get(name));
    this.idempotency.recognise({ ...announced, partial });
    if (!partial) await this.requests.resolveOptions(actor.principal, announced.order);
    const session = await this.sessions.begin(actor, {
      door: 'tus',
      originalFilename: announced.filename,
      sizeBytes: announced.sizeBytes,
      options: toUploadOptions(announced.order),
      metadata: announced.metadata,
      concat: partial ? 'partial' : null,
    });
    return session.id;
  }

  /** One upload of several partial ones, whose bytes are all there. */
  private async concatenate(request: Request, response: HttpResponse, concat: string): Promise<void> {
    const { actor } = currentTusRequest();
    const announced = readAnnouncement((name) => request.get(name) ?? null);
    this.idempotency.recognise({ ...announced, concat });
    await this.requests.resolveOptions(actor.principal, announced.order);
    const session = await this.sessions.join(actor, idsOf(concat), {
      door: 'tus',
      originalFilename: announced.filename,
      sizeBytes: null,
      options: toUploadOptions(announced.order),
      metadata: announced.metadata,
      concat,
    });
    currentTusRequest().uploadId = session.id;
    await this.finisher.finishOrLeave(session.id, actor);
    response.setHeader('location', this.urlOf(session.id));
    await this.describe(response);
    response.status(201);
  }

  private async admit(request: { readonly method: string }, id: string): Promise<void> {
    const session = await this.sessions.get(currentTusRequest().actor.principal, id, 'tus');
    if (request.method === 'PATCH' && isFinal(session.concat))
      throw new AppError('upload_is_final', 'This upload was made of others. It takes no bytes of its own.');
    currentTusRequest().uploadId = id;
  }

  private async finish(id: string): Promise<Record<string, never>> {
    const { actor } = currentTusRequest();
    const { concat } = await this.sessions.get(actor.principal, id, 'tus');
    if (concat === null) await this.finisher.finishOrLeave(id, actor);
    return {};
  }

  private urlOf(id: string): string {
    return `${this.config.http.publicUrl ?? ''}${PATH}/${id}`;
  }
}

/** What the library needs of a request to judge it. */
function withoutBody({ method, originalUrl, headers }: Request): globalThis.Request {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && OF_TUS.test(name) ? [[name, value] as [string, string]] : [],
  );
  return new globalThis.Request(new URL(originalUrl, 'http://tus.invalid'), { method, headers: pairs });
}

function isFinal(concat: string | null | undefined): concat is string {
  return concat?.startsWith('final;') ?? false;
}
