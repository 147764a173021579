import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { assertStrong, hashPassword, isPassword } from '../users/passwords.js';
import { knownAs, type AnonymousActor, type KnownActor } from '../access/actor.view.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import type { IssuedTokens } from './session.view.js';
import { SessionsService } from './sessions.service.js';
import { SignInBackoff } from './sign-in-backoff.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';

export interface SignIn {
  readonly username: string;
  readonly password: string;
  readonly userAgent: string;
}

@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly backoff: SignInBackoff,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the user exists, is disabled, or has another password, the answer and its time are the same.
   *
   * @throws AppError credentials_wrong, sign_in_limited
   */
  async signIn(actor: AnonymousActor, { username, password, userAgent }: SignIn): Promise<IssuedTokens> {
    const pauseSeconds = await this.backoff.begin(username, actor.address);
    const user = await this.unitOfWork.read(() => this.users.findByName(username));
    const correct = await isPassword(password, user?.passwordHash ?? null);
    const issued =
      user !== null && correct && user.disabledAt === null ? await this.begin(actor, user, userAgent) : null;
    if (issued === null) {
      // Of what was typed as a name nothing is kept: people type their password there.
      await this.recordFailure(actor, 'sign_in.failed', user?.id ?? null, pauseSeconds);
      throw new AppError('credentials_wrong', 'The user name or the password is wrong.');
    }
    await this.backoff.succeed(username, actor.address);
    return issued;
  }

  /**
   * Ends every session of the user and begins a new one.
   *
   * @throws AppError current_password_wrong, password_weak, sign_in_limited
   */
  async changePassword(
    actor: KnownActor,
    current: string,
    next: string,
    userAgent: string,
  ): Promise<IssuedTokens> {
    const { userId } = actor.principal;
    const pauseSeconds = await this.backoff.begin(userId, actor.address);
    const user = await this.unitOfWork.read(() => this.users.find(userId));
    if (user === null || !(await isPassword(current, user.passwordHash))) {
      await this.recordFailure(actor, 'password.change_failed', userId, pauseSeconds);
      throw new AppError('current_password_wrong', 'The current password is not this one.');
    }
    await this.backoff.succeed(userId, actor.address);
    await assertStrong(next, user.username, 'new_password');
    if (await isPassword(next, user.passwordHash))
      throw new AppError('password_weak', 'Choose another password: this one is the current one.');
    const changes = {
      passwordHash: await hashPassword(next),
      mustChangePassword: false,
      oneTimeUsedAt: null,
    };
    return this.unitOfWork.run(async () => {
      await this.users.update(user.id, { ...changes, updatedAt: this.clock.now() });
      const sessions = await this.sessions.endAllOf(user.id);
      const { sessionId, tokens } = await this.sessions.begin(Object.assign(user, changes), userAgent);
      await this.audit.record(actor, 'password.changed', user.id, { sessions, session_id: sessionId });
      return tokens;
    });
  }

  /** Null when the password was good for one sign-in and that has been. */
  private begin(actor: AnonymousActor, user: User, userAgent: string): Promise<IssuedTokens | null> {
    return this.unitOfWork.run(async () => {
      const spent =
        user.mustChangePassword && !(await this.users.useOneTimePassword(user.id, this.clock.now()));
      if (spent) return null;
      const { principal, tokens } = await this.sessions.begin(user, userAgent);
      await this.audit.record(knownAs(principal, actor), 'sign_in.succeeded', user.id, {});
      return tokens;
    });
  }

  /** What is refused while a pause lasts leaves no trace, so that trying fills the trail only as fast as addresses can be changed. */
  private recordFailure(
    actor: AnonymousActor | KnownActor,
    action: 'sign_in.failed' | 'password.change_failed',
    userId: string | null,
    pauseSeconds: number,
  ): Promise<void> {
    return this.unitOfWork.run(async () => {
      await this.audit.record(actor, action, userId, {});
      if (pauseSeconds > 0)
        await this.audit.record(actor, 'sign_in.limited', userId, { pause_seconds: pauseSeconds });
    });
  }
}
