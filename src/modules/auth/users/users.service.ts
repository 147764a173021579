import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, toUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../access/actor.view.js';
import { LOCAL_USER_ID } from '../access/local-user.view.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import type { AuditDetails } from '../audit/audit-actions.view.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { newUser } from './new-user.js';
import { generatePassword, hashPassword } from './passwords.js';
import type { Principal } from '../access/principal.view.js';
import type { Role } from '../access/scopes.policy.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from './user.entity.js';
import type { OwnQuotas, UserView } from './user.view.js';
import { toNewUsername } from './usernames.js';
import { UsersRepository } from './users.repository.js';

/** A user with the password that is shown this once, and is good for one sign-in. */
export interface UserWithPassword {
  readonly user: UserView;
  readonly oneTimePassword: string;
}

@Injectable()
export class UsersService {
  constructor(
    private readonly repository: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly keys: ApiKeysService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  async getSelf({ userId }: Principal): Promise<UserView> {
    const user = await this.unitOfWork.read(() => this.repository.find(userId));
    if (user === null) throw new Error('Whoever asks has to exist');
    return toUserView(user);
  }

  list(): Promise<UserView[]> {
    return this.unitOfWork.read(async () => (await this.repository.listByName()).map(toUserView));
  }

  /** By id. Ids that are no user's are left out. */
  listNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.unitOfWork.read(() => this.repository.listNames(ids));
  }

  /** @throws AppError username_taken, validation_failed */
  async create(actor: KnownActor, typedName: string, role: Role): Promise<UserWithPassword> {
    const username = toNewUsername(typedName);
    const oneTimePassword = generatePassword();
    const now = this.clock.now();
    const passwordHash = await hashPassword(oneTimePassword);
    const user = newUser({ id: this.ids.next(), username, role, passwordHash }, now);
    await this.unitOfWork.run(async () => {
      if (!(await this.repository.insert(user)))
        throw new AppError('username_taken', 'There is a user of this name already.');
      await this.audit.record(actor, 'user.created', user.id, { username, role });
    });
    return { user: toUserView(user), oneTimePassword };
  }

  /**
   * Ends the sessions of the user at once; keys are refused until the user is enabled again.
   *
   * @throws AppError user_not_found, user_protected
   */
  disable(actor: KnownActor, id: string): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      await this.assertDispensable(actor.principal, id);
      const user = await this.change(id, { disabledAt: this.clock.now() });
      const sessions = await this.sessions.endAllOf(user.id);
      await this.audit.record(actor, 'user.disabled', user.id, { sessions });
      return user;
    });
  }

  /**
   * Ends the sessions of the user, who may do something else now; keys go on, with what the role allows.
   *
   * @throws AppError user_not_found, user_protected
   */
  changeRole(actor: KnownActor, id: string, role: Role): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      await this.assertDispensable(actor.principal, id);
      const before = await this.lock(id);
      if (before.role === role) return toUserView(before);
      const user = await this.change(id, { role });
      const sessions = await this.sessions.endAllOf(user.id);
      await this.audit.record(actor, 'user.role_changed', user.id, { role, sessions });
      return user;
    });
  }

  /**
   * They hold for what the user begins from now on.
   *
   * @throws AppError user_not_found
   */
  setQuotas(actor: KnownActor, id: string, quotas: OwnQuotas): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      const user = await this.change(id, quotas);
      await this.audit.record(actor, 'user.quotas_changed', user.id, {
        max_active_jobs: quotas.maxActiveJobs,
        max_audio_minutes_per_day: quotas.maxAudioMinutesPerDay,
        storage_quota_mb: quotas.storageQuotaMb,
      });
      return user;
    });
  }

  /** @throws AppError user_not_found */
  enable(actor: KnownActor, id: string): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      const user = await this.change(id, { disabledAt: null });
      await this.audit.record(actor, 'user.enabled', user.id, {});
      return user;
    });
  }

  /**
   * Ends the sessions of the user, who can sign in again; keys go on.
   *
   * @throws AppError user_not_found
   */
  signOut(actor: KnownActor, id: string): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      const user = await this.lock(id);
      const sessions = await this.sessions.endAllOf(user.id);
      await this.audit.record(actor, 'user.signed_out', user.id, { sessions });
      return toUserView(user);
    });
  }

  /**
   * Ends the sessions of the user; keys are refused until the new password was changed.
   *
   * @throws AppError user_not_found, user_protected, access_denied when the one who asks has lost that right meanwhile
   */
  async resetPassword(actor: KnownActor, id: string): Promise<UserWithPassword> {
    const uuid = toUuid(id);
    if (uuid === actor.principal.userId || uuid === LOCAL_USER_ID) throw isProtected();
    const oneTimePassword = generatePassword();
    const passwordHash = await hashPassword(oneTimePassword);
    const changes = { passwordHash, mustChangePassword: true, oneTimeUsedAt: null };
    const user = await this.unitOfWork.run(async () => {
      await this.assertStillAdministrator(actor.principal);
      const changed = await this.change(id, changes);
      const sessions = await this.sessions.endAllOf(changed.id);
      await this.audit.record(actor, 'user.password_reset', changed.id, { sessions });
      return changed;
    });
    return { user, oneTimePassword };
  }

  /**
   * Deletes the row, with sessions and keys, in the transaction that is open, and has the audit trail forget the name. What the user owns has
   * to be gone by then.
   *
   * @param owned how much that was
   * @throws AppError user_not_found
   */
  async delete(
    actor: KnownActor,
    id: string,
    owned: Pick<AuditDetails<'user.deleted'>, 'jobs' | 'media_files'>,
  ): Promise<void> {
    const user = await this.lock(id);
    const sessions = await this.sessions.endAllOf(user.id);
    const keys = await this.keys.deleteAllOf(user.id);
    await this.repository.delete(user.id);
    await this.audit.record(actor, 'user.deleted', user.id, {
      sessions,
      api_keys: keys,
      ...owned,
    });
    await this.audit.forgetNames(user.id);
  }

  /**
   * Nobody locks themselves out, and an administrator who can sign in is left. It holds until the end of the transaction that is open.
   *
   * @throws AppError user_not_found, user_protected
   */
  async assertDispensable(principal: Principal, id: string): Promise<void> {
    if (toUuid(id) === principal.userId) throw isProtected();
    await this.assertNotLast(id);
  }

  /**
   * An administrator who can sign in is left. It holds until the end of the transaction that is open.
   *
   * @throws AppError user_not_found, user_protected
   */
  async assertNotLast(id: string): Promise<void> {
    const administrators = await this.repository.lockAdministrators();
    const user = await this.lock(id);
    const left = administrators.filter((other) => other !== user.id);
    if (user.id === LOCAL_USER_ID || left.length === 0) throw isProtected();
  }

  /** Of two administrators who reset each other's passwords at the same moment one is left with their own. */
  private async assertStillAdministrator({ userId }: Principal): Promise<void> {
    await this.repository.lockAdministrators();
    const user = await this.repository.find(userId);
    if (user?.role !== 'admin' || user.disabledAt !== null || user.mustChangePassword)
      throw new AppError('access_denied', 'You are no administrator who could do this any more.');
  }

  private async change(id: string, changes: Partial<User>): Promise<UserView> {
    const user = await this.lock(id);
    const all = { ...changes, updatedAt: this.clock.now() };
    await this.repository.update(user.id, all);
    return toUserView(Object.assign(user, all));
  }

  /** What this user begins meanwhile, a session or a key, waits, and then finds the change. */
  private async lock(id: string): Promise<User> {
    const uuid = toUuid(id);
    const user = uuid === null ? null : await this.repository.lock(uuid);
    if (user === null) throw new AppError('user_not_found', 'There is no user with this id.');
    return user;
  }
}

function isProtected(): AppError {
  return new AppError(
    'user_protected',
    'This cannot be done to yourself, to the user of this machine, or to the last administrator.',
  );
}

function toUserView(user: User): UserView {
  const { id, username, role, disabledAt, mustChangePassword, lastSignInAt, createdAt } = user;
  const { maxActiveJobs, maxAudioMinutesPerDay, storageQuotaMb } = user;
  const quotas = { maxActiveJobs, maxAudioMinutesPerDay, storageQuotaMb };
  return { id, username, role, disabledAt, mustChangePassword, lastSignInAt, quotas, createdAt };
}
