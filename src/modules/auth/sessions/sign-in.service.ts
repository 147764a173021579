import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { assertStrong, hashPassword, isPassword } from '../users/passwords.js';
import type { Principal } from '../access/principal.view.js';
import type { IssuedTokens } from './session.view.js';
import { SessionsService } from './sessions.service.js';
import { SignInBackoff } from './sign-in-backoff.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';

export interface SignIn {
  readonly username: string;
  readonly password: string;
  readonly userAgent: string;
  readonly address: string;
}

@Injectable()
export class SignInService {
  private readonly logger = new Logger(SignInService.name);

  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly backoff: SignInBackoff,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the user exists, is disabled, or has another password, the answer and its time are the same.
   *
   * @throws AppError credentials_wrong, sign_in_limited
   */
  async signIn({ username, password, userAgent, address }: SignIn): Promise<IssuedTokens> {
    this.backoff.begin(username, address);
    const user = await this.unitOfWork.read(() => this.users.findByName(username));
    const correct = await isPassword(password, user?.passwordHash ?? null);
    const issued =
      user !== null && correct && user.disabledAt === null ? await this.begin(user, userAgent) : null;
    if (issued === null) {
      this.logger.warn('A sign-in failed', { address });
      throw new AppError('credentials_wrong', 'The user name or the password is wrong.');
    }
    this.backoff.succeed(username, address);
    return issued;
  }

  /**
   * Ends every session of the user and begins a new one.
   *
   * @throws AppError current_password_wrong, password_weak, sign_in_limited
   */
  async changePassword(
    principal: Principal,
    current: string,
    next: string,
    from: Omit<SignIn, 'username' | 'password'>,
  ): Promise<IssuedTokens> {
    this.backoff.begin(principal.userId, from.address);
    const user = await this.unitOfWork.read(() => this.users.find(principal.userId));
    if (user === null || !(await isPassword(current, user.passwordHash))) {
      throw new AppError('current_password_wrong', 'The current password is not this one.');
    }
    this.backoff.succeed(principal.userId, from.address);
    await assertStrong(next, user.username, 'new_password');
    if (await isPassword(next, user.passwordHash))
      throw new AppError('password_weak', 'Choose another password: this one is the current one.');
    const passwordHash = await hashPassword(next);
    return this.unitOfWork.run(async () => {
      const updatedAt = this.clock.now();
      await this.users.update(user.id, {
        passwordHash,
        mustChangePassword: false,
        oneTimeUsedAt: null,
        updatedAt,
      });
      await this.sessions.endAllOf(user.id);
      this.logger.log('Password changed', { user_id: user.id });
      return this.sessions.begin(user.id, from.userAgent);
    });
  }

  /** Null when the password was good for one sign-in and that has been. */
  private begin(user: User, userAgent: string): Promise<IssuedTokens | null> {
    return this.unitOfWork.run(async () => {
      const spent =
        user.mustChangePassword && !(await this.users.useOneTimePassword(user.id, this.clock.now()));
      if (spent) return null;
      this.logger.log('Signed in', { user_id: user.id });
      return this.sessions.begin(user.id, userAgent);
    });
  }
}
