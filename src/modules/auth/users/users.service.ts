import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, isUuid } from '../../../platform/runtime/id-generator.js';
import { LOCAL_USER_ID } from '../access/local-user.view.js';
import { generatePassword, hashPassword } from './passwords.js';
import type { Principal } from '../access/principal.view.js';
import type { Role } from '../access/scopes.policy.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from './user.entity.js';
import type { UserView } from './user.view.js';
import { UsersRepository } from './users.repository.js';

/** A user with the password that is shown this once, and is good for one sign-in. */
export interface UserWithPassword {
  readonly user: UserView;
  readonly oneTimePassword: string;
}

@Injectable()
export class UsersService {
  private readonly logger = new Logger(UsersService.name);

  constructor(
    private readonly repository: UsersRepository,
    private readonly sessions: SessionsService,
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

  /** @throws AppError username_taken */
  async create(username: string, role: Role): Promise<UserWithPassword> {
    const oneTimePassword = generatePassword();
    const now = this.clock.now();
    const user: User = {
      id: this.ids.next(),
      // Letters that look the same are the same name.
      username: username.normalize('NFKC'),
      passwordHash: await hashPassword(oneTimePassword),
      role,
      mustChangePassword: true,
      oneTimeUsedAt: null,
      disabledAt: null,
      createdAt: now,
      updatedAt: now,
    };
    const inserted = await this.unitOfWork.read(() => this.repository.insert(user));
    if (!inserted) throw new AppError('username_taken', 'There is a user of this name already.');
    this.logger.log('User created', { user_id: user.id, role });
    return { user: toUserView(user), oneTimePassword };
  }

  /**
   * Ends the sessions of the user at once; keys are refused until the user is enabled again.
   *
   * @throws AppError user_not_found, user_protected
   */
  async disable(principal: Principal, id: string): Promise<UserView> {
    return this.unitOfWork.run(async () => {
      await this.assertDispensable(principal, id);
      await this.sessions.endAllOf(id);
      return this.change(id, { disabledAt: this.clock.now() }, 'User disabled');
    });
  }

  /** @throws AppError user_not_found */
  enable(id: string): Promise<UserView> {
    return this.unitOfWork.run(() => this.change(id, { disabledAt: null }, 'User enabled'));
  }

  /**
   * Ends the sessions of the user; keys are refused until the new password was changed.
   *
   * @throws AppError user_not_found, user_protected
   */
  async resetPassword(principal: Principal, id: string): Promise<UserWithPassword> {
    if (id === principal.userId || id === LOCAL_USER_ID) throw isProtected();
    const oneTimePassword = generatePassword();
    const passwordHash = await hashPassword(oneTimePassword);
    const changes = { passwordHash, mustChangePassword: true, oneTimeUsedAt: null };
    const user = await this.unitOfWork.run(async () => {
      const changed = await this.change(id, changes, 'Password reset');
      await this.sessions.endAllOf(id);
      return changed;
    });
    return { user, oneTimePassword };
  }

  /**
   * Deletes the row, with sessions and keys, in the transaction that is open. What the user owns has to be gone by then.
   */
  async delete(id: string): Promise<void> {
    await this.repository.delete(id);
    this.logger.log('User deleted', { user_id: id });
  }

  /**
   * Nobody locks themselves out, and an administrator who can sign in is left. It holds until the end of the transaction that is open.
   *
   * @throws AppError user_not_found, user_protected
   */
  async assertDispensable(principal: Principal, id: string): Promise<void> {
    const administrators = await this.repository.lockAdministrators();
    await this.getEntity(id);
    const left = administrators.filter((other) => other !== id);
    if (id === principal.userId || id === LOCAL_USER_ID || left.length === 0) throw isProtected();
  }

  private async change(id: string, changes: Partial<User>, event: string): Promise<UserView> {
    const user = await this.getEntity(id);
    const all = { ...changes, updatedAt: this.clock.now() };
    await this.repository.update(id, all);
    this.logger.log(event, { user_id: id });
    return toUserView(Object.assign(user, all));
  }

  private async getEntity(id: string): Promise<User> {
    const user = isUuid(id) ? await this.repository.find(id) : null;
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

function toUserView({ id, username, role, disabledAt, mustChangePassword, createdAt }: User): UserView {
  return { id, username, role, disabledAt, mustChangePassword, createdAt };
}
