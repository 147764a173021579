import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { LastBackup } from './last-backup.entity.js';
import { addReadGauge } from './read-gauge.js';

/** A series about backups. There is none before the first one: other ways to make them do not tell. */
@Injectable()
export class BackupMetrics {
  constructor(unitOfWork: UnitOfWork, em: EntityManager) {
    addReadGauge(
      { name: 'whisper_backup_last_timestamp_seconds', help: 'Of when the last backup is' },
      async () => {
        const last = await unitOfWork.read(() => em.findOne(LastBackup, { isOnly: true }));
        return (gauge) => {
          if (last !== null) gauge.set(last.madeAt.getTime() / 1000);
        };
      },
    );
  }
}
