import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { GatheredReads } from '../../../platform/database/gathered-reads.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock, DAY_MS } from '../../../platform/runtime/clock.js';
import { IdGenerator, toUuid } from '../../../platform/runtime/id-generator.js';
import { AccessTokens } from './access-tokens.js';
import { knownAs, type AnonymousActor, type KnownActor } from '../access/actor.view.js';
import type { Principal } from '../access/principal.view.js';
import { scopesOf } from '../access/scopes.policy.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { keyedHash, keyedHashes } from './keyed-hash.js';
import type { RefreshToken } from './refresh-token.entity.js';
import type { Session } from './session.entity.js';
import type { BegunSession, IssuedTokens, SessionView } from './session.view.js';
import { type SessionHolder, SessionsRepository } from './sessions.repository.js';
import type { User } from '../users/user.entity.js';
import { UsersRepository } from '../users/users.repository.js';

/** Without a refresh a session ends after this... */
const IDLE_MS = 7 * DAY_MS;
/** ...and with them after this. */
const LONGEST_MS = 30 * DAY_MS;
const USER_AGENT_LENGTH = 200;

/** Sign-ins and what came of them. A session is a row: without it none of its tokens is good for anything. */
@Injectable()
export class SessionsService {
  private readonly holders: GatheredReads<string, SessionHolder | null>;

  constructor(
    private readonly repository: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {
    this.holders = new GatheredReads(unitOfWork, (ids) => repository.findHolders(ids, clock.now()));
  }

  /** Writes the session into the transaction that is open. */
  async begin(user: User, userAgent: string): Promise<BegunSession> {
    const now = this.clock.now();
    await this.repository.deleteExpired(now);
    const session: Session = {
      id: this.ids.next(),
      userId: user.id,
      userAgent: userAgent.slice(0, USER_AGENT_LENGTH),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + IDLE_MS),
    };
    await this.repository.insert(session);
    const tokens = await this.issue(session, session.expiresAt);
    return { principal: toPrincipal(user, session.id), sessionId: session.id, tokens };
  }

  /** Who asks with this access token; null when it is not ours, or its session or user is no more. */
  async authenticate(accessToken: string): Promise<Principal | null> {
    const claims = await this.tokens.verify(accessToken);
    if (claims === null) return null;
    const user = await this.holders.ask(claims.sessionId);
    return user?.id === claims.userId ? toPrincipal(user, claims.sessionId) : null;
  }

  /**
   * The next tokens of a session. Two who have the same refresh token are the user and a thief, and nobody can say which is which: so
   * its second use ends the session for both.
   *
   * @throws AppError refresh_token_invalid
   */
  async refresh(actor: AnonymousActor, refreshToken: string): Promise<IssuedTokens> {
    // The end of a stolen session has to be written, so the error is thrown when the transaction is done.
    const issued = await this.unitOfWork.run(() => this.rotate(actor, refreshToken));
    if (issued === null) throw new AppError('refresh_token_invalid', 'This session is over. Sign in again.');
    return issued;
  }

  list({ userId }: Principal): Promise<SessionView[]> {
    return this.unitOfWork.read(async () =>
      (await this.repository.listOf(userId, this.clock.now())).map(toSessionView),
    );
  }

  /** @throws AppError session_not_found */
  async end(actor: KnownActor, id: string): Promise<void> {
    const { userId, sessionId } = actor.principal;
    await this.unitOfWork.run(async () => {
      const uuid = toUuid(id);
      if (uuid === null || !(await this.repository.deleteOf(userId, uuid)))
        throw new AppError('session_not_found', 'There is no session with this id.');
      await this.audit.record(actor, uuid === sessionId ? 'sign_out' : 'session.ended', uuid, {});
    });
  }

  /** Ends the sessions that these tokens are of. A token that is over, or none, is of none. */
  async signOut(
    actor: AnonymousActor,
    { accessToken, refreshToken }: { accessToken: string | null; refreshToken: string | null },
  ): Promise<void> {
    const claims = accessToken === null ? null : await this.tokens.verify(accessToken);
    await this.unitOfWork.run(async () => {
      const token = refreshToken === null ? null : await this.findToken(refreshToken);
      const ids = [claims?.sessionId, token?.sessionId].filter((id) => id !== undefined);
      for (const id of new Set(ids)) await this.endFromWithin(actor, id);
    });
  }

  /** Ends every session of a user, in the transaction that is open; returns how many there were. */
  endAllOf(userId: string): Promise<number> {
    return this.repository.deleteAllOf(userId);
  }

  private findToken(refreshToken: string): Promise<RefreshToken | null> {
    return this.repository.findToken(keyedHashes(this.config.auth.secretKeys, refreshToken));
  }

  private async endFromWithin(actor: AnonymousActor, id: string): Promise<void> {
    const session = await this.repository.lock(id);
    const user = session === null ? null : await this.users.find(session.userId);
    if (session === null || user === null) return;
    await this.repository.deleteOf(user.id, id);
    await this.audit.record(knownAs(toPrincipal(user, session.id), actor), 'sign_out', id, {});
  }

  private async rotate(actor: AnonymousActor, refreshToken: string): Promise<IssuedTokens | null> {
    const now = this.clock.now();
    const token = await this.findToken(refreshToken);
    const session = token === null ? null : await this.repository.lock(token.sessionId);
    if (token === null || session === null || session.expiresAt <= now) return null;
    const user = await this.users.find(session.userId);
    if (user?.disabledAt !== null) return null;
    if (!(await this.repository.useToken(token.tokenHash, now))) {
      await this.repository.deleteOf(session.userId, session.id);
      await this.audit.record(actor, 'session.reuse_detected', session.id, { user_id: session.userId });
      return null;
    }
    const latest = session.createdAt.getTime() + LONGEST_MS;
    const expiresAt = new Date(Math.min(now.getTime() + IDLE_MS, latest));
    await this.repository.prolong(session.id, now, expiresAt);
    return this.issue(session, expiresAt);
  }

  private async issue({ id, userId }: Session, expiresAt: Date): Promise<IssuedTokens> {
    const refreshToken = `wr_${randomBytes(32).toString('base64url')}`;
    const tokenHash = keyedHash(this.config.auth.secretKeys, refreshToken);
    await this.repository.insertToken({
      tokenHash,
      sessionId: id,
      createdAt: this.clock.now(),
      usedAt: null,
    });
    const accessToken = await this.tokens.sign({ userId, sessionId: id });
    return { accessToken, refreshToken, refreshUntil: expiresAt };
  }
}

function toPrincipal(user: SessionHolder, sessionId: string): Principal {
  return {
    userId: user.id,
    username: user.username,
    role: user.role,
    scopes: scopesOf(user.role),
    how: 'session',
    sessionId,
    apiKeyId: null,
    validUntil: null,
    mustChangePassword: user.mustChangePassword,
  };
}

function toSessionView({ id, userAgent, createdAt, lastUsedAt, expiresAt }: Session): SessionView {
  return { id, userAgent, createdAt, lastUsedAt, expiresAt };
}
