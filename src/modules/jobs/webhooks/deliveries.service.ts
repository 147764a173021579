import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, toUuid } from '../../../platform/runtime/id-generator.js';
import type { KnownActor } from '../../auth/access/actor.view.js';
import { ownedBy } from '../../auth/access/ownership.policy.js';
import type { Principal } from '../../auth/access/principal.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { DeliveriesRepository, type DeliveryCondition } from './deliveries.repository.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';
import { testPayload } from './webhook-payload.js';
import { WebhookSenderService } from './webhook-sender.service.js';
import type { DeliveryFilter, DeliveryPage, DeliveryPlace, DeliveryView } from './webhook.view.js';
import { WebhooksService } from './webhooks.service.js';

/** What was sent, and what is to be. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly repository: DeliveriesRepository,
    private readonly webhooks: WebhooksService,
    private readonly sender: WebhookSenderService,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  /** To all webhooks and callbacks of a user, newest first. */
  listAll(principal: Principal, filter: DeliveryFilter, place: DeliveryPlace): Promise<DeliveryPage> {
    return this.list({ ...ownedBy(principal), ...filter }, place);
  }

  /**
   * To one webhook, newest first.
   *
   * @throws AppError webhook_not_found
   */
  async listOf(
    principal: Principal,
    webhookId: string,
    filter: DeliveryFilter,
    place: DeliveryPlace,
  ): Promise<DeliveryPage> {
    const { id } = await this.webhooks.get(principal, webhookId);
    return this.list({ webhookId: id, ...filter }, place);
  }

  /**
   * Sends a message that says nothing, as all others are sent.
   *
   * @throws AppError webhook_not_found, webhook_disabled
   */
  async sendTest(actor: KnownActor, webhookId: string): Promise<DeliveryView> {
    const { userId: ownerId } = actor.principal;
    const id = this.ids.next();
    return this.unitOfWork.run(async () => {
      const webhook = await this.webhooks.lockEnabled(actor.principal, webhookId);
      const payload = testPayload(id, webhook.id, this.clock.now());
      const target = { targetId: webhook.id, webhookId: webhook.id, callbackUrl: null };
      await this.repository.insert([
        { ...target, id, ownerId, eventId: null, jobId: null, type: 'webhook.test', payload },
      ]);
      await this.audit.record(actor, 'webhook.tested', webhook.id, {});
      return this.sendSoon(id);
    });
  }

  /**
   * Sends it again, whatever became of it, under the same id.
   *
   * @throws AppError webhook_delivery_not_found, webhook_delivery_in_progress, webhook_disabled
   */
  async redeliver(actor: KnownActor, deliveryId: string): Promise<DeliveryView> {
    const id = toUuid(deliveryId);
    return this.unitOfWork.run(async () => {
      const found = id === null ? null : await this.repository.findOwned(id, ownedBy(actor.principal));
      if (found === null) throw notFound();
      if (found.webhookId !== null) await this.webhooks.lockEnabled(actor.principal, found.webhookId);
      if (!(await this.repository.sendAgain(found.id))) throw inProgress();
      await this.audit.record(actor, 'webhook.redelivered', found.id, {});
      return this.sendSoon(found.id);
    });
  }

  /** For deleting a user, in the transaction that is open, after the jobs: nothing of theirs can be written any more. */
  deleteAllOf(ownerId: string): Promise<void> {
    return this.repository.deleteAllOf(ownerId);
  }

  /** In the transaction that is open. */
  private async sendSoon(id: string): Promise<DeliveryView> {
    this.unitOfWork.afterCommit(() => {
      this.sender.wake();
    });
    const delivery = await this.repository.find(id);
    if (delivery === null) throw notFound();
    return toDeliveryView(delivery);
  }

  private list(filter: DeliveryCondition, place: DeliveryPlace): Promise<DeliveryPage> {
    return this.unitOfWork.read(async () => {
      // One more than the page has tells whether there is another one.
      const found = await this.repository.list(filter, { ...place, limit: place.limit + 1 });
      const deliveries = found.slice(0, place.limit);
      const nextCursor = found.length > place.limit ? (deliveries.at(-1)?.id ?? null) : null;
      return {
        deliveries: deliveries.map(toDeliveryView),
        total: await this.repository.count(filter),
        nextCursor,
      };
    });
  }
}

function notFound(): AppError {
  return new AppError('webhook_delivery_not_found', 'There is no delivery with this id.');
}

function inProgress(): AppError {
  return new AppError('webhook_delivery_in_progress', 'It is being sent at this moment.');
}

function toDeliveryView(delivery: WebhookDelivery): DeliveryView {
  return {
    id: delivery.id,
    webhookId: delivery.webhookId,
    jobId: delivery.jobId,
    type: delivery.type,
    state: delivery.state,
    attempts: delivery.attempts,
    nextAttemptAt: delivery.nextAttemptAt,
    lastAttemptAt: delivery.lastAttemptAt,
    lastStatus: delivery.lastStatus,
    lastError: delivery.lastError,
    log: delivery.log,
    createdAt: delivery.createdAt,
    endedAt: delivery.endedAt,
  };
}
