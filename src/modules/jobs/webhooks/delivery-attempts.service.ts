import { Injectable, Logger } from '@nestjs/common';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { inLogContext } from '../../../platform/logging/log-context.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { inSpan, traceHeaders, type WorkSpan } from '../../../platform/tracing/spans.js';
import { SYSTEM_ACTOR } from '../../auth/access/actor.view.js';
import { AuditTrail } from '../../auth/audit/audit-trail.service.js';
import { DeliveriesRepository, type AttemptResult } from './deliveries.repository.js';
import { signedHeaders } from './delivery-headers.js';
import { pauseAfter } from './delivery-pauses.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookMetrics } from './webhook.metrics.js';
import { WebhookSecretsService } from './webhook-secrets.service.js';
import { WebhookTargetsService } from './webhook-targets.service.js';
import { WebhooksRepository } from './webhooks.repository.js';

const GONE = 410;

/** One attempt at a delivery that is claimed, and what follows of it. */
@Injectable()
export class DeliveryAttemptsService {
  private readonly logger = new Logger(DeliveryAttemptsService.name);

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly secrets: WebhookSecretsService,
    private readonly targets: WebhookTargetsService,
    private readonly metrics: WebhookMetrics,
    private readonly audit: AuditTrail,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Never rejects: what cannot be settled is due again when its lease is over. What the signal breaks off is due at once. */
  perform(delivery: WebhookDelivery, signal: AbortSignal): Promise<void> {
    const { requestId, jobId, traceparent, id, attempts } = delivery;
    const attributes = { 'whisper.delivery.id': id, 'whisper.delivery.attempt': attempts };
    return inLogContext({ requestId, ...(jobId === null ? {} : { jobId }) }, () =>
      inSpan('webhook deliver', { kind: 'client', traceparent, attributes }, (span) =>
        this.attempt(delivery, signal, span),
      ),
    );
  }

  private async attempt(delivery: WebhookDelivery, signal: AbortSignal, span: WorkSpan): Promise<void> {
    try {
      const result = await this.send(delivery, signal);
      if (result !== null) tell(span, result);
      if (result === null) await this.release(delivery);
      else await this.settle(delivery, result);
    } catch (error) {
      this.logger.error('A delivery could not be settled', { delivery_id: delivery.id, err: error });
    }
  }

  /** Null: it was broken off. */
  private async send(delivery: WebhookDelivery, signal: AbortSignal): Promise<AttemptResult | null> {
    const { id, targetId, ownerId, payload } = delivery;
    try {
      const address = await this.addressOf(delivery);
      const secrets = await this.secrets.getAll(targetId, ownerId);
      const headers = { ...signedHeaders(id, this.clock.now(), payload, secrets), ...traceHeaders() };
      return { status: await this.targets.post(address, headers, payload, signal), error: null };
    } catch (error) {
      if (signal.aborted) return null;
      if (!isDatabaseOutage(error) && error instanceof AppError) return { status: null, error: error.code };
      throw error;
    }
  }

  /** @throws AppError webhook_disabled */
  private async addressOf({ webhookId, callbackUrl }: WebhookDelivery): Promise<string> {
    if (callbackUrl !== null) return callbackUrl;
    const webhook = await this.unitOfWork.read(() => this.webhooks.find(webhookId ?? ''));
    if (webhook?.enabled !== true) throw new AppError('webhook_disabled', 'The webhook is disabled.');
    return webhook.url;
  }

  private release({ id, leaseToken }: WebhookDelivery): Promise<void> {
    return this.unitOfWork.read(() => this.deliveries.release(id, leaseToken));
  }

  private async settle(delivery: WebhookDelivery, result: AttemptResult): Promise<void> {
    const { id, leaseToken, attempts } = delivery;
    const outcome = outcomeOf(result, attempts);
    const held = await this.unitOfWork.run(async () => {
      if (outcome.name === 'failed')
        return this.deliveries.postpone(id, leaseToken, outcome.pauseSeconds, result);
      if (result.status === GONE && delivery.webhookId !== null)
        await this.disable(delivery.webhookId, delivery.ownerId);
      return this.deliveries.end(id, leaseToken, outcome.name, result);
    });
    if (!held) return;
    this.metrics.count(outcome.name);
    this.logger.log('Webhook attempt', { delivery_id: id, attempts, outcome: outcome.name, ...result });
  }

  private async disable(webhookId: string, ownerId: string): Promise<void> {
    if (await this.webhooks.disable(webhookId, 'gone'))
      await this.audit.record(SYSTEM_ACTOR, 'webhook.disabled', webhookId, { user_id: ownerId });
  }
}

function tell(span: WorkSpan, { status, error }: AttemptResult): void {
  if (status !== null) span.set({ 'http.response.status_code': status });
  if (error !== null) span.fail(error);
  else if (!isTaken(status)) span.fail(String(status));
}

/** Everything else is made again, or is dead. */
function isTaken(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

type Outcome =
  { readonly name: 'delivered' | 'dead' } | { readonly name: 'failed'; readonly pauseSeconds: number };

function outcomeOf({ status, error }: AttemptResult, attempts: number): Outcome {
  if (isTaken(status)) return { name: 'delivered' };
  const pauseSeconds = pauseAfter(attempts);
  const isFinal = status === GONE || error === 'webhook_disabled' || pauseSeconds === null;
  return isFinal ? { name: 'dead' } : { name: 'failed', pauseSeconds };
}
