import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { validationFailed } from '../../../platform/http/validation.pipe.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, toUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy, type OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import type { KnownVoice } from '../../jobs/known-voice.view.js';
import type { VoiceProfile } from './voice-profile.entity.js';
import { ALL_VOICES, type VoiceView } from './voice.view.js';
import { VoicesRepository } from './voices.repository.js';

/** More are too many to tell apart well. */
const MAX_VOICES = 100;

/** The voices that users have saved under names. */
@Injectable()
export class VoicesService {
  constructor(
    private readonly repository: VoicesRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  /** Oldest first. */
  list(principal: Principal): Promise<VoiceView[]> {
    return this.unitOfWork.read(async () => (await this.repository.listOf(ownedBy(principal))).map(toView));
  }

  /** @throws AppError voice_name_taken, too_many_voices, unauthenticated when the owner was deleted meanwhile */
  async create(actor: KnownActor, name: string, embedding: readonly number[]): Promise<VoiceView> {
    const owner = ownedBy(actor.principal);
    const now = this.clock.now();
    const voice = { ...owner, id: this.ids.next(), name, embedding, createdAt: now, lastUsedAt: null };
    await this.unitOfWork.run(async () => {
      const others = await this.lockOthers(owner, name, null);
      if (others.length >= MAX_VOICES)
        throw new AppError('too_many_voices', `A user may have ${MAX_VOICES} voices. Delete one first.`);
      if (!(await this.repository.insert(voice)))
        throw new AppError('unauthenticated', 'The account was deleted.');
      await this.audit.record(actor, 'voice.created', voice.id, {});
    });
    return toView(voice);
  }

  /** @throws AppError voice_not_found, voice_name_taken */
  async rename(actor: KnownActor, voiceId: string, name: string): Promise<VoiceView> {
    const id = toUuid(voiceId);
    const owner = ownedBy(actor.principal);
    return this.unitOfWork.run(async () => {
      const voice = (await this.repository.listOf(owner)).find((own) => own.id === id);
      if (id === null || voice === undefined) throw notFound();
      await this.lockOthers(owner, name, id);
      if (!(await this.repository.rename(id, owner, name))) throw notFound();
      await this.audit.record(actor, 'voice.renamed', id, {});
      return { ...toView(voice), name };
    });
  }

  /** @throws AppError voice_not_found */
  async delete(actor: KnownActor, voiceId: string): Promise<void> {
    const id = toUuid(voiceId);
    await this.unitOfWork.run(async () => {
      if (id === null || !(await this.repository.delete(id, ownedBy(actor.principal)))) throw notFound();
      await this.audit.record(actor, 'voice.deleted', id, {});
    });
  }

  /**
   * The ids of voices that are asked for by id, name or ALL_VOICES.
   *
   * @throws AppError validation_failed
   */
  async resolve(principal: Principal, wanted: readonly string[]): Promise<readonly string[]> {
    if (wanted.length === 0) return [];
    const voices = await this.list(principal);
    if (wanted.includes(ALL_VOICES)) return voices.map(({ id }) => id);
    const found = wanted.map(
      (word) => voices.find(({ id, name }) => id === word || isSame(name, word.trim().normalize('NFC')))?.id,
    );
    if (found.includes(undefined))
      throw validationFailed([
        { field: 'known_voices', message: 'must be ids or names of voices that you have saved' },
      ]);
    return [...new Set(found.flatMap((id) => id ?? []))];
  }

  /** For a job of this owner: those of its voices that are still there. */
  findForJob(ownerId: string, ids: readonly string[]): Promise<readonly KnownVoice[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.unitOfWork.run(() => this.repository.use({ ownerId }, ids));
  }

  /** All but the one of this id, in the transaction that is open, to whose end there are no more. */
  private async lockOthers(owner: OwnerFilter, name: string, id: string | null): Promise<VoiceProfile[]> {
    await this.repository.lockOwner(owner);
    const others = (await this.repository.listOf(owner)).filter((voice) => voice.id !== id);
    if (others.some((voice) => isSame(voice.name, name)))
      throw new AppError('voice_name_taken', 'You have a voice with this name already.');
    return others;
  }
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function notFound(): AppError {
  return new AppError('voice_not_found', 'There is no voice with this id.');
}

function toView({ id, name, createdAt, lastUsedAt }: VoiceProfile): VoiceView {
  return { id, name, createdAt, lastUsedAt };
}
