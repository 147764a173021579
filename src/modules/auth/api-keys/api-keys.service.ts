import { Injectable } from '@nestjs/common';
import { GatheredReads } from '../../../platform/database/gathered-reads.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, toUuid } from '../../../platform/runtime/id-generator.js';
import type { ApiKey } from './api-key.entity.js';
import { generateApiKey, hashSecret, prefixOf } from './api-key.secret.js';
import type { ApiKeyView, NewApiKey } from './api-key.view.js';
import { ApiKeysRepository, type KeyHolder } from './api-keys.repository.js';
import type { KnownActor } from '../access/actor.view.js';
import type { Principal } from '../access/principal.view.js';
import { limitToRole } from '../access/scopes.policy.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { UsersRepository } from '../users/users.repository.js';

const MAX_KEYS_OF_A_USER = 100;
/** A key in use would otherwise cost a write for each request. */
const NOTE_USE_EVERY_MS = 60_000;

@Injectable()
export class ApiKeysService {
  private readonly holders: GatheredReads<string, KeyHolder | null>;

  constructor(
    private readonly repository: ApiKeysRepository,
    private readonly users: UsersRepository,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {
    this.holders = new GatheredReads(unitOfWork, (hashes) => repository.findHolders(hashes));
  }

  /**
   * Makes a key, which is shown this once.
   *
   * @throws AppError access_denied, too_many_api_keys, unauthenticated when the user was deleted meanwhile
   */
  async create(actor: KnownActor, order: NewApiKey): Promise<{ key: string; view: ApiKeyView }> {
    const { principal } = actor;
    assertNoMore(principal, order);
    const key = generateApiKey();
    const row: ApiKey = {
      ...order,
      id: this.ids.next(),
      userId: principal.userId,
      prefix: prefixOf(key),
      keyHash: hashSecret(key),
      lastUsedAt: null,
      createdAt: this.clock.now(),
    };
    await this.unitOfWork.run(async () => {
      // Requests at the same moment would all find the last free place.
      if ((await this.users.lock(principal.userId)) === null)
        throw new AppError('unauthenticated', 'There is no such user any more.');
      if ((await this.repository.countOf(principal.userId)) >= MAX_KEYS_OF_A_USER)
        throw new AppError(
          'too_many_api_keys',
          `A user may have ${MAX_KEYS_OF_A_USER} keys. Revoke one first.`,
        );
      await this.repository.insert(row);
      await this.audit.record(actor, 'api_key.created', row.id, {
        scopes: row.scopes,
        expires_at: row.expiresAt?.toISOString() ?? null,
      });
    });
    return { key, view: toApiKeyView(row) };
  }

  list({ userId }: Principal): Promise<ApiKeyView[]> {
    return this.unitOfWork.read(async () => (await this.repository.listOf(userId)).map(toApiKeyView));
  }

  /**
   * The next request with the key is refused.
   *
   * @throws AppError api_key_not_found
   */
  async revoke(actor: KnownActor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const uuid = toUuid(id);
      if (uuid === null || !(await this.repository.deleteOf(actor.principal.userId, uuid)))
        throw new AppError('api_key_not_found', 'There is no API key with this id.');
      await this.audit.record(actor, 'api_key.revoked', uuid, {});
    });
  }

  /** Revokes every key of a user, in the transaction that is open; returns how many there were. */
  deleteAllOf(userId: string): Promise<number> {
    return this.repository.deleteAllOf(userId);
  }

  /** Who asks with this key; null when it is not, or no longer, good. */
  async authenticate(secret: string): Promise<Principal | null> {
    const key = await this.holders.ask(hashSecret(secret));
    const now = this.clock.now();
    if (key === null || (key.expiresAt !== null && key.expiresAt <= now)) return null;
    const { user } = key;
    await this.noteUse(key, now);
    return {
      userId: user.id,
      username: user.username,
      role: user.role,
      scopes: limitToRole(key.scopes, user.role),
      how: 'api_key',
      sessionId: null,
      apiKeyId: key.id,
      validUntil: key.expiresAt,
      mustChangePassword: user.mustChangePassword,
    };
  }

  private async noteUse({ id, lastUsedAt }: KeyHolder, now: Date): Promise<void> {
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() >= NOTE_USE_EVERY_MS)
      await this.unitOfWork.read(() => this.repository.noteUse(id, now));
  }
}

/** Whoever has a key could otherwise make one that may more, or that outlives it. */
function assertNoMore({ scopes, validUntil }: Principal, order: NewApiKey): void {
  const beyond = order.scopes.filter((scope) => !scopes.includes(scope));
  if (beyond.length > 0)
    throw new AppError('access_denied', `You cannot give what you do not have: ${beyond.join(', ')}.`);
  const outlives = order.expiresAt === null || (validUntil !== null && order.expiresAt > validUntil);
  if (validUntil !== null && outlives)
    throw new AppError('access_denied', 'A key that is made with a key cannot be valid for longer.');
}

function toApiKeyView({ id, name, prefix, scopes, expiresAt, lastUsedAt, createdAt }: ApiKey): ApiKeyView {
  return { id, name, prefix, scopes, expiresAt, lastUsedAt, createdAt };
}
