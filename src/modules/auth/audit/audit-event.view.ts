import type { ActorKind } from '../access/actor.view.js';
import type { AuditAction, ObjectKind, Outcome } from './audit-actions.view.js';

export interface AuditEventView {
  readonly id: string;
  readonly occurredAt: Date;
  readonly actorKind: ActorKind;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly credential: 'session' | 'api_key' | null;
  readonly credentialId: string | null;
  readonly action: AuditAction;
  readonly objectKind: ObjectKind;
  readonly objectId: string | null;
  readonly outcome: Outcome;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What is asked for; a field that is absent narrows nothing down. */
export interface AuditFilter {
  readonly actorId?: string | undefined;
  readonly actions?: readonly AuditAction[] | undefined;
  readonly objectKind?: ObjectKind | undefined;
  readonly objectId?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly address?: string | undefined;
  /** The first instant that is meant. */
  readonly from?: Date | undefined;
  /** The first instant that is no longer meant. */
  readonly to?: Date | undefined;
}

export interface AuditPage {
  readonly events: readonly AuditEventView[];
  /** Where the next page begins; null: this is the last. */
  readonly nextCursor: string | null;
}
