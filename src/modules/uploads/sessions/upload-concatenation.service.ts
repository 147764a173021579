import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { isUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { IdempotencyService } from '../../auth/idempotency/idempotency.service.js';
import { StorageRoomService } from '../room/storage-room.service.js';
import { UploadPartsRepository } from './upload-parts.repository.js';
import { notActive, toUploadSessionView, UploadSessionBuilder } from './upload-session.builder.js';
import type { UploadSession } from './upload-session.entity.js';
import type { NewUpload, UploadSessionView } from './upload-session.view.js';
import { UploadSessionsRepository } from './upload-sessions.repository.js';

/** Uploads whose pieces come as uploads of their own, in parallel. */
@Injectable()
export class UploadConcatenationService {
  constructor(
    private readonly repository: UploadSessionsRepository,
    private readonly parts: UploadPartsRepository,
    private readonly builder: UploadSessionBuilder,
    private readonly room: StorageRoomService,
    private readonly idempotency: IdempotencyService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes one upload of partial ones, in this order, as soon as all their bytes are there. It is to be assembled next. Asked again for the
   * same, it gives the same, whatever has become of it.
   *
   * @throws AppError upload_not_found, upload_not_active, upload_incomplete, file_too_large, storage_full
   */
  async join(actor: KnownActor, ids: readonly string[], upload: NewUpload): Promise<UploadSessionView> {
    const owner = ownedBy(actor.principal);
    return this.unitOfWork.run(async () => {
      await this.repository.lockOwner(owner);
      const joined = await this.repository.findJoined(ids, owner);
      const session = joined ?? (await this.joinPieces(actor, ids, upload));
      await this.idempotency.noteCreated(session.id);
      return toUploadSessionView(session);
    });
  }

  private async joinPieces(
    actor: KnownActor,
    ids: readonly string[],
    upload: NewUpload,
  ): Promise<UploadSession> {
    const session = this.builder.build(actor, upload, 'assembling', ids);
    await this.repository.insert(session);
    let parts = 0;
    for (const id of ids) {
      const piece = await this.takePiece(actor.principal, id);
      parts += await this.parts.moveTo(session.id, id, parts);
      session.receivedBytes += piece.receivedBytes;
    }
    // Asked here, where the pieces cannot grow any more.
    await this.room.assertSize(session.receivedBytes);
    await this.repository.setWhole(session.id, session.receivedBytes);
    session.sizeBytes = session.receivedBytes;
    return session;
  }

  private async takePiece(principal: Principal, id: string): Promise<UploadSession> {
    const piece = isUuid(id) ? await this.repository.findOwned(id, ownedBy(principal)) : null;
    if (piece?.concat !== 'partial')
      throw new AppError('upload_not_found', 'There is no such partial upload.');
    if (piece.receivedBytes !== piece.sizeBytes)
      throw new AppError('upload_incomplete', 'One of the partial uploads is not complete.');
    if (!(await this.repository.move(id, 'join', {}, this.clock.now()))) throw notActive(piece);
    return piece;
  }
}
