import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { assertStrong, hashPassword, isPassword } from '../users/passwords.js';
import { knownAs, type AnonymousActor, type KnownActor } from '../access/actor.view.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { KnownAddresses } from './known-addresses.js';
import type { IssuedTokens } from './session.view.js';
import { SessionsService } from './sessions.service.js';
import { accountNamed, accountWithId, SignInBackoff, type Attempt } from './sign-in-backoff.js';
import { SignInFailures } from './sign-in-failures.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';

export interface SignIn {
  readonly username: string;
  readonly password: string;
  readonly userAgent: string;
}

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
  /** Whoever had the old one may have made keys. */
  readonly revokeApiKeys: boolean;
  readonly userAgent: string;
}

@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsService,
    private readonly keys: ApiKeysService,
    private readonly addresses: KnownAddresses,
    private readonly backoff: SignInBackoff,
    private readonly failures: SignInFailures,
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
    const { user, attempt } = await this.unitOfWork.read(() => this.lookUp(username, actor.address));
    const pauseSeconds = await this.backoff.begin(attempt);
    const correct = await isPassword(password, user?.passwordHash ?? null);
    const issued =
      user !== null && correct && user.disabledAt === null ? await this.begin(actor, user, userAgent) : null;
    if (issued === null) {
      const failure = { account: attempt.account, userId: user?.id ?? null, pauseSeconds };
      await this.failures.record(actor, 'sign_in.failed', failure);
      throw new AppError('credentials_wrong', 'The user name or the password is wrong.');
    }
    await this.backoff.succeed(attempt);
    return issued;
  }

  /**
   * Ends every session of the user and begins a new one; keys go on unless they are to be revoked.
   *
   * @throws AppError current_password_wrong, password_weak, sign_in_limited, unauthenticated when the account was changed meanwhile
   */
  async changePassword(
    actor: KnownActor,
    { current, next, revokeApiKeys, userAgent }: PasswordChange,
  ): Promise<IssuedTokens> {
    const verified = await this.verify(actor, current, 'password.change_failed');
    await assertStrong(next, verified.username, 'new_password');
    if (await isPassword(next, verified.passwordHash))
      throw new AppError('password_weak', 'Choose another password: this one is the current one.');
    const passwordHash = await hashPassword(next);
    return this.unitOfWork.run(async () => {
      const user = await this.lockUnchanged(verified);
      if (user === null)
        throw new AppError('unauthenticated', 'The account was changed meanwhile. Sign in again.');
      const changes = { passwordHash, mustChangePassword: false, oneTimeUsedAt: null };
      await this.users.update(user.id, { ...changes, updatedAt: this.clock.now() });
      const sessions = await this.sessions.endAllOf(user.id);
      const keys = revokeApiKeys ? await this.keys.deleteAllOf(user.id) : 0;
      const { sessionId, tokens } = await this.sessions.begin(Object.assign(user, changes), userAgent);
      const ended = { sessions, api_keys: keys, session_id: sessionId };
      await this.audit.record(actor, 'password.changed', user.id, ended);
      return tokens;
    });
  }

  /**
   * For what is not done to who has only left the screen unlocked.
   *
   * @throws AppError current_password_wrong, sign_in_limited
   */
  async assertPassword(actor: KnownActor, password: string, failure: 'user.deletion_failed'): Promise<void> {
    await this.verify(actor, password, failure);
  }

  /** The user who asks, whose password this is. */
  private async verify(
    actor: KnownActor,
    password: string,
    action: 'password.change_failed' | 'user.deletion_failed',
  ): Promise<User> {
    const { userId } = actor.principal;
    // Who is signed in is no stranger, wherever they are.
    const attempt = { account: accountWithId(userId), address: actor.address, isKnownAddress: true };
    const pauseSeconds = await this.backoff.begin(attempt);
    const user = await this.unitOfWork.read(() => this.users.find(userId));
    if (user === null || !(await isPassword(password, user.passwordHash))) {
      const failure = { account: attempt.account, userId, pauseSeconds };
      await this.failures.record(actor, action, failure);
      throw new AppError('current_password_wrong', 'The current password is not this one.');
    }
    await this.backoff.succeed(attempt);
    return user;
  }

  /** By the same statements for every name. */
  private async lookUp(name: string, address: string): Promise<{ user: User | null; attempt: Attempt }> {
    const user = await this.users.findByName(name);
    const isKnownAddress = await this.addresses.isKnown(user?.id ?? null, address);
    return { user, attempt: { account: accountNamed(name), address, isKnownAddress } };
  }

  /** Null when the password is not that of the user any more, or was good for one sign-in and that has been. */
  private begin(actor: AnonymousActor, verified: User, userAgent: string): Promise<IssuedTokens | null> {
    return this.unitOfWork.run(async () => {
      const user = await this.lockUnchanged(verified);
      if (user === null) return null;
      const spent =
        user.mustChangePassword && !(await this.users.useOneTimePassword(user.id, this.clock.now()));
      if (spent) return null;
      const { principal, tokens } = await this.sessions.begin(user, userAgent);
      await this.users.update(user.id, { lastSignInAt: this.clock.now() });
      await this.addresses.remember(user.id, actor.address);
      await this.audit.record(knownAs(principal, actor), 'sign_in.succeeded', user.id, {});
      return tokens;
    });
  }

  /**
   * The user, held until the transaction ends. Looking at a password takes long; null when it was changed, or the user disabled or deleted,
   * meanwhile: else the session that begins now would be one that nobody has ended.
   */
  private async lockUnchanged({ id, passwordHash }: User): Promise<User | null> {
    const user = await this.users.lock(id);
    return user?.passwordHash === passwordHash && user.disabledAt === null ? user : null;
  }
}
