import type { MikroORM } from '@mikro-orm/postgresql';
import { AuditEventsRepository } from '../../src/modules/auth/audit/audit-events.repository.js';
import { AuditTrail } from '../../src/modules/auth/audit/audit-trail.service.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { SystemClock } from '../../src/platform/runtime/clock.js';
import { UuidV7Generator } from '../../src/platform/runtime/id-generator.js';

/** It takes part in the transactions of this unit of work. */
export function openAuditTrail(orm: MikroORM, unitOfWork: UnitOfWork): AuditTrail {
  return new AuditTrail(
    new AuditEventsRepository(orm.em),
    unitOfWork,
    new UuidV7Generator(),
    new SystemClock(),
  );
}
