import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';
import { RepeatedWork } from '../../../platform/runtime/repeated-work.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveryAttemptsService } from './delivery-attempts.service.js';
import { InFlight } from './in-flight.js';
import type { WebhookDelivery } from './webhook-delivery.entity.js';

/** How often it looks although nobody woke it: for what is due again, and what other processes wrote. */
const INTERVAL_MS = 1000;
/** Beyond the time that an attempt may take: for what the database needs before and after it. */
const LEASE_RESERVE_SECONDS = 10;
/** For what is being sent when the service stops; then it is broken off, and sent by the next who looks. */
const STOP_WITHIN_MS = 3000;

/** Sends what is due, in every process: each delivery by one of them at a time. */
@Injectable()
export class WebhookSenderService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WebhookSenderService.name);
  private readonly inFlight = new InFlight();
  private readonly breakOff = new AbortController();
  private readonly claiming = new RepeatedWork(() => this.claimAll(), {
    intervalMs: INTERVAL_MS,
    onFailure: (error) => {
      this.logger.error('Webhooks that are due cannot be read', { err: error });
    },
  });

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly attempts: DeliveryAttemptsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.claiming.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.claiming.stop();
    const timer = setTimeout(() => {
      this.breakOff.abort(new Error('The service is stopping'));
    }, STOP_WITHIN_MS);
    await this.inFlight.settled();
    clearTimeout(timer);
  }

  /** Tells that something may be due. Losing this only delays it. */
  wake(): void {
    this.claiming.wake();
  }

  private async claimAll(): Promise<void> {
    while (!this.claiming.isStopped && !this.inFlight.isFull) {
      const delivery = await this.claimNext();
      if (delivery === null) break;
      const attempt = this.attempts.perform(delivery, this.breakOff.signal);
      void this.inFlight.add(delivery, attempt).then(() => {
        this.wake();
      });
    }
  }

  private claimNext(): Promise<WebhookDelivery | null> {
    const leaseSeconds = this.config.webhooks.timeoutMs / 1000 + LEASE_RESERVE_SECONDS;
    return this.unitOfWork.read(() =>
      this.deliveries.claimNext(this.ids.next(), leaseSeconds, this.inFlight.busy),
    );
  }
}
