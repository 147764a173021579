import { EntityManager, ForeignKeyConstraintViolationException } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { lockUntilCommit } from '../../../platform/database/advisory-lock.js';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import type { KnownVoice } from '../../jobs/known-voice.view.js';
import { VoiceProfile } from './voice-profile.entity.js';

@Injectable()
export class VoicesRepository {
  constructor(private readonly em: EntityManager) {}

  /** Nobody else adds or renames voices of this owner until the transaction ends. */
  async lockOwner({ ownerId }: OwnerFilter): Promise<void> {
    await lockUntilCommit(this.em, 'voices', ownerId);
  }

  /** False when its owner was deleted meanwhile; the transaction is broken then. */
  async insert(voice: VoiceProfile): Promise<boolean> {
    try {
      await this.em.insert(VoiceProfile, voice);
      return true;
    } catch (error) {
      if (error instanceof ForeignKeyConstraintViolationException) return false;
      throw error;
    }
  }

  listOf(owner: OwnerFilter): Promise<VoiceProfile[]> {
    return this.em.find(
      VoiceProfile,
      { ...owner },
      { orderBy: { createdAt: 'asc', id: 'asc' }, disableIdentityMap: true },
    );
  }

  /** False when the owner has no such voice. */
  async rename(id: string, owner: OwnerFilter, name: string): Promise<boolean> {
    return (await this.em.nativeUpdate(VoiceProfile, { id, ...owner }, { name })) === 1;
  }

  /** False when the owner has no such voice. */
  async delete(id: string, owner: OwnerFilter): Promise<boolean> {
    return (await this.em.nativeDelete(VoiceProfile, { id, ...owner })) === 1;
  }

  /** Those of these that are still there, and notes that they are looked for. */
  async use({ ownerId }: OwnerFilter, ids: readonly string[]): Promise<KnownVoice[]> {
    return this.em.execute(
      `update voice_profiles set last_used_at = now()
       where owner_id = ? and id = any(string_to_array(?, ',')::uuid[]) returning name, embedding`,
      [ownerId, ids.join(',')],
    );
  }
}
