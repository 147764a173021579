import { Inject, Injectable } from '@nestjs/common';
import { Server } from '@tus/server';
import type { Request, Response as HttpResponse } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { emptyFile } from '../../../../platform/errors/empty-file.js';
import type { KnownActor } from '../../../auth/access/actor.view.js';
import { IdempotencyService } from '../../../auth/idempotency/idempotency.service.js';
import { UploadConcatenationService } from '../../../uploads/sessions/upload-concatenation.service.js';
import { UploadLeases } from '../../../uploads/sessions/upload-leases.service.js';
import { UploadReceiverService } from '../../../uploads/sessions/upload-receiver.service.js';
import { UploadSessionsService } from '../../../uploads/sessions/upload-sessions.service.js';
import { UploadFinisherService } from '../upload-finisher.service.js';
import { toUploadOptions } from '../upload-options.js';
import { TranscriptionRequestService } from '../transcription-request.service.js';
import { brokenOff, toTusProblem, versionUnsupported } from './tus-errors.js';
import { currentTusRequest, tusRequests, type TusRequest } from './tus-request.js';
import { LOCK_WAIT_MS, TusLocker } from './tus.locker.js';
import { assertNotGone, TusStore } from './tus.store.js';
import { hashBytes } from './tus-bytes.js';
import { idsOf, readAnnouncement, type TusAnnouncement } from './tus-announcement.reader.js';
import { TUS_PATH, VERSION } from './tus-version.js';
import { CHECKSUM_ALGORITHMS, parseUploadChecksum } from './upload-checksum.js';

/** What the library judges; of others it knows too much, and refuses those of two proxies. */
const OF_TUS = /^(?:tus-|upload-|content-(?:type|length)$)/;

/** Resumable uploads by tus 1.0. The library speaks the protocol; sessions, bytes, checksums and concatenation are ours. */
@Injectable()
export class TusServer {
  private readonly server: Server;
  private readonly store: TusStore;

  constructor(
    private readonly sessions: UploadSessionsService,
    private readonly concatenation: UploadConcatenationService,
    receiver: UploadReceiverService,
    private readonly leases: UploadLeases,
    private readonly finisher: UploadFinisherService,
    private readonly requests: TranscriptionRequestService,
    private readonly idempotency: IdempotencyService,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {
    this.store = new TusStore(sessions, receiver, config.uploads.maxBytes);
    this.server = new Server({
      path: TUS_PATH,
      datastore: this.store,
      locker: new TusLocker(leases),
      maxSize: config.uploads.maxBytes,
      // Origins are judged for all routes in one place.
      allowedOrigins: () => false,
      generateUrl: (_request, { id }) => this.urlOf(id),
      namingFunction: () => this.begin(),
      onIncomingRequest: (request, id) => this.admit(request, id),
      onUploadFinish: (_request, { id }) => this.finish(id),
      onResponseError: (_request, error) => {
        currentTusRequest().failure = error;
        return undefined;
      },
    });
  }

  /** Tells what of tus is spoken here, the same to everybody. */
  announce(response: HttpResponse): void {
    response.setHeader('tus-version', VERSION);
    response.setHeader('tus-extension', this.store.extensions.join(','));
    response.setHeader('tus-max-size', this.config.uploads.maxBytes);
    response.setHeader('tus-checksum-algorithm', CHECKSUM_ALGORITHMS.join(','));
  }

  /**
   * Sets status and headers of the answer to a request about an upload; it never has a body.
   *
   * @throws AppError as the upload has it
   */
  async handle(actor: KnownActor, request: Request, response: HttpResponse): Promise<void> {
    if (request.get('tus-resumable') !== VERSION) {
      response.setHeader('tus-version', VERSION);
      throw versionUnsupported();
    }
    const concat = request.get('upload-concat');
    const context: TusRequest = {
      actor,
      http: request,
      partial: concat === 'partial',
      checksum: parseUploadChecksum(request.get('upload-checksum')),
      uploadId: null,
      session: null,
      sha256: null,
      failure: null,
    };
    await tusRequests.run(context, async () => {
      if (request.method === 'POST' && isFinal(concat)) await this.concatenate(request, response, concat);
      else if (request.method === 'POST') await this.create(request, response, context);
      else await this.pass(request, response, context);
    });
  }

  private async create(request: Request, response: HttpResponse, context: TusRequest): Promise<void> {
    if (this.idempotency.isRepeat) {
      await this.createAgain(request, response, context);
      return;
    }
    await this.pass(request, response, context);
    // An answer that nobody is there to get is not the one that a repeat is to get.
    if (context.sha256 !== null && !request.complete) throw brokenOff();
    this.idempotency.complete({ ...askedIn(request), sha256: context.sha256 });
  }

  /** What came with a creation that was cut off is not taken twice: the client goes on from where the upload stands. */
  private async createAgain(request: Request, response: HttpResponse, context: TusRequest): Promise<void> {
    const asked = askedIn(request);
    const sha256 = await hashBytes(request, this.config.uploads.maxBytes);
    this.idempotency.recognise(this.idempotency.isAnswered ? { ...asked, sha256 } : asked);
    this.idempotency.complete({ ...asked, sha256 });
    const id = this.idempotency.createdEarlier;
    if (id === null) throw new Error('A repeated creation without its upload');
    const { offset, size } = await this.leases.hold(id, LOCK_WAIT_MS, () => this.store.getUpload(id));
    if (offset === size) await this.finish(id);
    if (sha256 !== null) response.setHeader('upload-offset', offset);
    context.uploadId = id;
    await this.answerCreated(response, id);
  }

  private async pass(request: Request, response: HttpResponse, context: TusRequest): Promise<void> {
    const answer = await this.server.handleWeb(withoutBody(request));
    if (context.failure instanceof Error) throw context.failure;
    if (answer.status >= 400) {
      response.setHeader('tus-version', VERSION);
      const said = { status: answer.status, text: await answer.text() };
      throw toTusProblem(context, said, this.config.uploads.maxBytes);
    }
    for (const [name, value] of answer.headers)
      if (!name.startsWith('access-control-')) response.setHeader(name, value);
    if (request.method !== 'DELETE') await this.describe(response);
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
    if (session.waitingFor !== null) response.setHeader('x-waiting-for', session.waitingFor);
  }

  private async begin(): Promise<string> {
    const { actor, http, partial } = currentTusRequest();
    const announced = readAnnouncement(http);
    this.idempotency.recognise(askedIn(http));
    // Nothing would come after that could tell what became of it.
    if (!partial && announced.sizeBytes === 0) throw emptyFile();
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

  /** One upload of several partial ones, whose bytes are all there. Asked again, the client gets the one that came of it. */
  private async concatenate(request: Request, response: HttpResponse, concat: string): Promise<void> {
    const { actor } = currentTusRequest();
    const announced = readAnnouncement(request);
    this.idempotency.recognise(askedIn(request));
    await this.requests.resolveOptions(actor.principal, announced.order);
    const session = await this.concatenation.join(actor, idsOf(concat), {
      door: 'tus',
      originalFilename: announced.filename,
      sizeBytes: null,
      options: toUploadOptions(announced.order),
      metadata: announced.metadata,
      concat,
    });
    assertNotGone(session);
    currentTusRequest().uploadId = session.id;
    await this.finisher.finishOrLeave(session.id, actor);
    await this.answerCreated(response, session.id);
  }

  private async answerCreated(response: HttpResponse, id: string): Promise<void> {
    response.setHeader('location', this.urlOf(id));
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
    const { actor, partial, session } = currentTusRequest();
    const isPiece = session === null ? partial : session.concat !== null;
    if (!isPiece) await this.finisher.finishOrLeave(id, actor);
    return {};
  }

  private urlOf(id: string): string {
    return `${this.config.http.publicUrl ?? ''}${TUS_PATH}/${id}`;
  }
}

/** What the library needs of a request to judge it. */
function withoutBody({ method, originalUrl, headers }: Request): globalThis.Request {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && OF_TUS.test(name) ? [[name, value] as [string, string]] : [],
  );
  return new globalThis.Request(new URL(originalUrl, 'http://tus.invalid'), { method, headers: pairs });
}

/** What a creation asks for, but for the bytes that come with it. */
function askedIn(request: Request): TusAnnouncement & { readonly concat: string | null } {
  return { ...readAnnouncement(request), concat: request.get('upload-concat') ?? null };
}

function isFinal(concat: string | null | undefined): concat is string {
  return concat?.startsWith('final;') ?? false;
}
