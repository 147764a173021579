import { Injectable, Logger } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator, isUuid } from '../../../platform/runtime/id-generator.js';
import type { Actor } from '../access/actor.view.js';
import { AUDIT_ACTIONS, type AuditAction, type AuditDetails } from './audit-actions.view.js';
import type { AuditEvent } from './audit-event.entity.js';
import type { AuditEventView, AuditFilter, AuditPage } from './audit-event.view.js';
import { AuditEventsRepository } from './audit-events.repository.js';

const EXPORT_PAGE = 1000;

type Act<A extends AuditAction> = readonly [
  actor: Actor,
  action: A,
  objectId: string | null,
  details: AuditDetails<A>,
];

/** Who did what. Things are added to it and read from it; all that it can forget is the names of who is erased. */
@Injectable()
export class AuditTrail {
  private readonly logger = new Logger('audit');

  constructor(
    private readonly repository: AuditEventsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
  ) {}

  /** Writes into the transaction that is open, which is that of the act itself: neither is there without the other. */
  async record<A extends AuditAction>(...act: Act<A>): Promise<void> {
    const event = this.describe(...act);
    this.unitOfWork.afterCommit(() => {
      this.log(event);
    });
    await this.repository.insert(event);
  }

  /** For an act that changes nothing else, as to look at something. */
  async recordAlone<A extends AuditAction>(...act: Act<A>): Promise<void> {
    const event = this.describe(...act);
    await this.unitOfWork.read(() => this.repository.insert(event));
    this.log(event);
  }

  /** What a user did stays, under an id that leads nowhere. A part of the transaction that is open. */
  forgetNames(userId: string): Promise<void> {
    return this.repository.forgetNames(userId);
  }

  /** @throws AppError audit_event_not_found */
  async get(id: string): Promise<AuditEventView> {
    const event = isUuid(id) ? await this.unitOfWork.read(() => this.repository.find(id)) : null;
    if (event === null) throw new AppError('audit_event_not_found', 'There is no event with this id.');
    return event;
  }

  /**
   * Newest first. What is added meanwhile moves nothing on the pages that follow.
   *
   * @param cursor that the page before gave
   * @throws AppError validation_failed
   */
  list(filter: AuditFilter, cursor: string | null, limit: number): Promise<AuditPage> {
    return this.unitOfWork.read(async () => {
      // Events do not go away, so that the last one of a page can always be found again.
      const last = cursor === null ? null : await this.repository.find(cursor);
      if (cursor !== null && last === null) throw noSuchCursor();
      const found = await this.repository.listNewestFirst(filter, last, limit + 1);
      const events = found.slice(0, limit);
      return { events, nextCursor: found.length > limit ? (events.at(-1)?.id ?? null) : null };
    });
  }

  /**
   * Everything that is meant, oldest first, page by page. Between two pages no connection is held, however slow the reader is. That it is
   * handed out is an act that the trail tells of, first of all.
   */
  async export(
    actor: Actor,
    filter: AuditFilter,
    details: AuditDetails<'audit.exported'>,
  ): Promise<AsyncGenerator<readonly AuditEventView[], void>> {
    await this.unitOfWork.run(() => this.record(actor, 'audit.exported', null, details));
    return this.readAll(filter);
  }

  private async *readAll(filter: AuditFilter): AsyncGenerator<readonly AuditEventView[], void> {
    let last: AuditEvent | null = null;
    let page: AuditEvent[];
    do {
      const after: AuditEvent | null = last;
      page = await this.unitOfWork.read(() => this.repository.listOldestFirst(filter, after, EXPORT_PAGE));
      yield page;
      last = page.at(-1) ?? null;
    } while (page.length === EXPORT_PAGE);
  }

  /** Ids only: logs go to more places than the trail. */
  private describe<A extends AuditAction>(...[actor, action, objectId, details]: Act<A>): AuditEvent {
    const { object, outcome } = AUDIT_ACTIONS[action];
    return {
      id: this.ids.next(),
      occurredAt: this.clock.now(),
      ...describeActor(actor),
      action,
      objectKind: object,
      objectId,
      outcome,
      details,
    };
  }

  private log({ id, action, outcome, actorKind, actorId, objectKind, objectId, address }: AuditEvent): void {
    this.logger[outcome === 'success' ? 'log' : 'warn'](action, {
      audit_event_id: id,
      actor_kind: actorKind,
      actor_id: actorId,
      object_kind: objectKind,
      object_id: objectId,
      address,
    });
  }
}

type ActorColumns = Pick<
  AuditEvent,
  'actorKind' | 'actorId' | 'actorName' | 'credential' | 'credentialId' | 'address' | 'requestId'
>;

function describeActor({ kind, principal, address, requestId }: Actor): ActorColumns {
  return {
    actorKind: kind,
    actorId: principal?.userId ?? null,
    actorName: principal?.username ?? null,
    credential: principal === null || principal.how === 'local' ? null : principal.how,
    credentialId: principal?.sessionId ?? principal?.apiKeyId ?? null,
    address,
    requestId,
  };
}

function noSuchCursor(): AppError {
  return new AppError('validation_failed', 'Please correct: cursor.', {
    errors: [{ field: 'cursor', message: 'is not one that a page gave' }],
  });
}
