import { Inject, Injectable } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, toUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import type { Webhook } from './webhook.entity.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';
import { WebhookTargetsService } from './webhook-targets.service.js';
import type { NewWebhook, WebhookView } from './webhook.view.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** The addresses of users that are told of their jobs. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly repository: WebhooksRepository,
    private readonly secrets: WebhookSecretsService,
    private readonly targets: WebhookTargetsService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  /**
   * Makes a webhook with a secret, which is shown this once.
   *
   * @throws AppError url_invalid, url_forbidden, too_many_webhooks
   */
  async create(actor: KnownActor, order: NewWebhook): Promise<{ webhook: WebhookView; secret: string }> {
    const owner = ownedBy(actor.principal);
    const now = this.clock.now();
    const webhook: Webhook = {
      ...order,
      ...owner,
      id: this.ids.next(),
      url: await this.targets.accept(order.url),
      disabledReason: null,
      createdAt: now,
      updatedAt: now,
    };
    const secret = await this.unitOfWork.run(async () => {
      await this.repository.lockOwner(owner);
      const limit = this.config.webhooks.perUser;
      if ((await this.repository.count(owner)) >= limit)
        throw new AppError('too_many_webhooks', `A user may have ${limit} webhooks. Delete one first.`);
      await this.repository.insert(webhook);
      await this.audit.record(actor, 'webhook.created', webhook.id, {});
      return this.secrets.renew(webhook.id, webhook.ownerId);
    });
    return { webhook: toWebhookView(webhook), secret };
  }

  /** Newest first. */
  list(principal: Principal): Promise<WebhookView[]> {
    return this.unitOfWork.read(async () =>
      (await this.repository.listOf(ownedBy(principal))).map(toWebhookView),
    );
  }

  /** @throws AppError webhook_not_found */
  async get(principal: Principal, webhookId: string): Promise<WebhookView> {
    const id = toUuid(webhookId);
    const find = (): Promise<Webhook | null> => this.repository.findOwned(id ?? '', ownedBy(principal));
    const webhook = id === null ? null : await this.unitOfWork.read(find);
    if (webhook === null) throw notFound();
    return toWebhookView(webhook);
  }

  /**
   * In the transaction that is open, until whose end the webhook stays as it is.
   *
   * @throws AppError webhook_not_found, webhook_disabled
   */
  async lockEnabled(principal: Principal, webhookId: string): Promise<WebhookView> {
    const webhook = await this.lock(principal, webhookId);
    if (!webhook.enabled)
      throw new AppError('webhook_disabled', 'Nothing is sent to a disabled webhook. Enable it first.');
    return toWebhookView(webhook);
  }

  /**
   * What is sent from now on, also of what happened before, goes to the address that it has then.
   *
   * @throws AppError webhook_not_found, url_invalid, url_forbidden
   */
  async change(actor: KnownActor, webhookId: string, changes: Partial<NewWebhook>): Promise<WebhookView> {
    const { id } = await this.get(actor.principal, webhookId);
    const url = changes.url === undefined ? {} : { url: await this.targets.accept(changes.url) };
    const enabled = changes.enabled === undefined ? {} : { disabledReason: null };
    const all = { ...changes, ...url, ...enabled, updatedAt: this.clock.now() };
    await this.unitOfWork.run(async () => {
      if (!(await this.repository.update(id, ownedBy(actor.principal), all))) throw notFound();
      await this.audit.record(actor, 'webhook.changed', id, {});
    });
    return this.get(actor.principal, id);
  }

  /**
   * Deletes it with its deliveries: what was not sent by now is not.
   *
   * @throws AppError webhook_not_found
   */
  async delete(actor: KnownActor, webhookId: string): Promise<void> {
    const { id } = await this.get(actor.principal, webhookId);
    await this.unitOfWork.run(async () => {
      if (!(await this.repository.delete(id, ownedBy(actor.principal)))) throw notFound();
      await this.secrets.delete(id);
      await this.audit.record(actor, 'webhook.deleted', id, {});
    });
  }

  /**
   * Gives it another secret, which is shown this once. The one before signs too for a while.
   *
   * @throws AppError webhook_not_found
   */
  async rotateSecret(actor: KnownActor, webhookId: string): Promise<string> {
    return this.unitOfWork.run(async () => {
      const { id } = await this.lock(actor.principal, webhookId);
      await this.audit.record(actor, 'webhook.secret_rotated', id, {});
      return this.secrets.renew(id, actor.principal.userId);
    });
  }

  /** The same for the secret that signs callbacks of the user's jobs; the first time it is simply made. */
  async rotateCallbackSecret(actor: KnownActor): Promise<string> {
    const { userId } = actor.principal;
    return this.unitOfWork.run(async () => {
      await this.audit.record(actor, 'webhook.callback_secret_rotated', userId, {});
      return this.secrets.renew(userId, userId);
    });
  }

  private async lock(principal: Principal, webhookId: string): Promise<Webhook> {
    const id = toUuid(webhookId);
    const webhook = id === null ? null : await this.repository.lockOwned(id, ownedBy(principal));
    if (webhook === null) throw notFound();
    return webhook;
  }
}

function notFound(): AppError {
  return new AppError('webhook_not_found', 'There is no webhook with this id.');
}

function toWebhookView(webhook: Webhook): WebhookView {
  const { id, url, description, events, enabled, disabledReason, createdAt, updatedAt } = webhook;
  return { id, url, description, events, enabled, disabledReason, createdAt, updatedAt };
}
