import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { WebhookSecret } from './webhook-secret.entity.js';

const PAGE = 500;

@Injectable()
export class WebhookSecretsRepository {
  constructor(private readonly em: EntityManager) {}

  /** Without a previous secret whose time is over. */
  async find(targetId: string): Promise<Pick<WebhookSecret, 'secret' | 'previousSecret'> | null> {
    const [row] = await this.em.execute<Pick<WebhookSecret, 'secret' | 'previousSecret'>[]>(
      `select secret, case when previous_until > now() then previous_secret end as "previousSecret"
       from webhook_secrets where target_id = ?`,
      [targetId],
    );
    return row ?? null;
  }

  /** In place of the secret that there is, which signs too for a while. */
  async replace(
    targetId: string,
    ownerId: string,
    secret: Uint8Array,
    overlapSeconds: number,
  ): Promise<void> {
    await this.em.execute(
      `insert into webhook_secrets as old (target_id, owner_id, secret) values (?, ?, ?)
       on conflict (target_id) do update set secret = excluded.secret, previous_secret = old.secret,
         previous_until = now() + make_interval(secs => ?)`,
      [targetId, ownerId, secret, overlapSeconds],
    );
  }

  /** Unless there is one. */
  async add(targetId: string, ownerId: string, secret: Uint8Array): Promise<void> {
    await this.em.execute(
      `insert into webhook_secrets (target_id, owner_id, secret) values (?, ?, ?) on conflict (target_id) do nothing`,
      [targetId, ownerId, secret],
    );
  }

  async delete(targetId: string): Promise<void> {
    await this.em.nativeDelete(WebhookSecret, { targetId });
  }

  /** Page after page, in the order of their targets. */
  list(afterTargetId: string | null): Promise<WebhookSecret[]> {
    return this.em.find(WebhookSecret, afterTargetId === null ? {} : { targetId: { $gt: afterTargetId } }, {
      orderBy: { targetId: 'asc' },
      limit: PAGE,
      disableIdentityMap: true,
    });
  }

  /** The same secrets, sealed anew, unless they were changed meanwhile. */
  async reseal(
    before: WebhookSecret,
    after: Pick<WebhookSecret, 'secret' | 'previousSecret'>,
  ): Promise<void> {
    await this.em.nativeUpdate(WebhookSecret, { targetId: before.targetId, secret: before.secret }, after);
  }
}
