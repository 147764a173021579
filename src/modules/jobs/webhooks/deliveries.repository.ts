import { EntityManager, type EntityData } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { OwnerFilter } from '../../auth/access/ownership.policy.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import type { DeliveryPlace, DeliveryState } from './webhook.view.js';

/** What is known of a delivery before the first attempt. */
export type NewDelivery = Pick<
  WebhookDelivery,
  'id' | 'ownerId' | 'targetId' | 'webhookId' | 'callbackUrl' | 'eventId' | 'jobId' | 'type' | 'payload'
> &
  Partial<Pick<WebhookDelivery, 'requestId' | 'traceparent'>>;

/** Which deliveries, by what they have. */
export type DeliveryCondition = Partial<
  Pick<WebhookDelivery, 'ownerId' | 'webhookId' | 'state' | 'type' | 'jobId'>
>;

/** How an attempt ended: with an answer, or with what went wrong instead. */
export interface AttemptResult {
  readonly status: number | null;
  readonly error: string | null;
}

/** Of one delivery: who has it sent again and again sees the last ones. */
const MOST_LOGGED = 50;

/** What is not to be begun now. */
export interface Busy {
  readonly targetIds: readonly string[];
  readonly ownerIds: readonly string[];
}

/** What is to be sent. Leases compare with the clock of the database only, as those of jobs. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly em: EntityManager) {}

  /** Of an event that was told to a target before, nothing is added. */
  async insert(deliveries: readonly NewDelivery[]): Promise<void> {
    // As one value: there may be more of them than a statement may have values.
    await this.em.execute(
      `insert into webhook_deliveries (id, owner_id, target_id, webhook_id, callback_url, event_id, job_id, type, payload, request_id, traceparent, state, attempts, next_attempt_at)
       select "id", "ownerId", "targetId", "webhookId", "callbackUrl", "eventId", "jobId", "type", "payload", "requestId", "traceparent", 'pending', 0, now()
       from jsonb_to_recordset(?::jsonb) as added ("id" uuid, "ownerId" uuid, "targetId" uuid, "webhookId" uuid, "callbackUrl" text,
         "eventId" bigint, "jobId" uuid, "type" text, "payload" text, "requestId" text, "traceparent" text)
       on conflict (event_id, target_id) do nothing`,
      [JSON.stringify(deliveries)],
    );
  }

  find(id: string): Promise<WebhookDelivery | null> {
    return this.em.findOne(WebhookDelivery, { id }, { disableIdentityMap: true });
  }

  findOwned(id: string, owner: OwnerFilter): Promise<WebhookDelivery | null> {
    return this.em.findOne(WebhookDelivery, { id, ...owner }, { disableIdentityMap: true });
  }

  /** Newest first, as their ids tell. */
  list(
    filter: DeliveryCondition,
    { before, skip: offset, limit }: DeliveryPlace,
  ): Promise<WebhookDelivery[]> {
    const where = before === null ? filter : { ...filter, id: { $lt: before } };
    return this.em.find(WebhookDelivery, where, {
      orderBy: { id: 'desc' },
      offset,
      limit,
      disableIdentityMap: true,
    });
  }

  count(filter: DeliveryCondition): Promise<number> {
    return this.em.count(WebhookDelivery, filter);
  }

  /**
   * Takes the one that has been due the longest. It is due again when the lease is over and nobody has settled it. It waits for the disk:
   * the delivery itself may not be there yet, and must not be written again, under another id, once it was sent.
   */
  async claimNext(leaseToken: string, leaseSeconds: number, busy: Busy): Promise<WebhookDelivery | null> {
    const [row] = await this.em.execute<EntityData<WebhookDelivery>[]>(
      `update webhook_deliveries set lease_token = ?, next_attempt_at = now() + make_interval(secs => ?), last_attempt_at = now(),
         attempts = attempts + 1
       where id = (select id from webhook_deliveries where state = 'pending' and next_attempt_at <= now()
         ${notIn('target_id', busy.targetIds)} ${notIn('owner_id', busy.ownerIds)}
         order by next_attempt_at, id limit 1 for update skip locked) returning *`,
      [leaseToken, leaseSeconds, ...busy.targetIds, ...busy.ownerIds],
    );
    return row === undefined ? null : this.em.map(WebhookDelivery, row);
  }

  /** False when the lease was lost. */
  end(
    id: string,
    leaseToken: string | null,
    state: Exclude<DeliveryState, 'pending'>,
    result: AttemptResult,
  ): Promise<boolean> {
    return this.settle(
      id,
      leaseToken,
      'state = ?, next_attempt_at = null, ended_at = now()',
      [state],
      result,
    );
  }

  /** False when the lease was lost. */
  postpone(id: string, leaseToken: string | null, seconds: number, result: AttemptResult): Promise<boolean> {
    const next = 'next_attempt_at = now() + make_interval(secs => ?)';
    return this.settle(id, leaseToken, next, [seconds], result);
  }

  /** As if this attempt had not been. */
  async release(id: string, leaseToken: string | null): Promise<void> {
    await this.em.execute(
      `update webhook_deliveries set lease_token = null, next_attempt_at = now(), attempts = attempts - 1
       where id = ? and lease_token = ?`,
      [id, leaseToken],
    );
  }

  /** To be sent at once, with all attempts before it. False for one that is being sent, which stays as it is. */
  async sendAgain(id: string): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update webhook_deliveries set state = 'pending', next_attempt_at = now(), attempts = 0, ended_at = null
       where id = ? and lease_token is null returning id`,
      [id],
    );
    return rows.length === 1;
  }

  async deleteEnded(days: number): Promise<void> {
    await this.em.execute(
      `delete from webhook_deliveries where ended_at < now() - make_interval(days => ?)`,
      [days],
    );
  }

  async deleteAllOf(ownerId: string): Promise<void> {
    await this.em.nativeDelete(WebhookDelivery, { ownerId });
  }

  countPending(): Promise<number> {
    return this.em.count(WebhookDelivery, { state: 'pending' });
  }

  private async settle(
    id: string,
    leaseToken: string | null,
    changes: string,
    values: readonly unknown[],
    { status, error }: AttemptResult,
  ): Promise<boolean> {
    const rows = await this.em.execute<unknown[]>(
      `update webhook_deliveries set ${changes}, lease_token = null, last_status = ?, last_error = ?,
         log = case when jsonb_array_length(log) < ? then log else log - 0 end
           || jsonb_build_array(jsonb_build_object('at', last_attempt_at, 'status', ?::integer, 'error', ?::text))
       where id = ? and lease_token = ? returning id`,
      [...values, status, error, MOST_LOGGED, status, error, id, leaseToken],
    );
    return rows.length === 1;
  }
}

function notIn(column: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `and ${column} not in (${values.map(() => '?').join(', ')})`;
}
