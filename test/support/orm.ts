import { MikroORM } from '@mikro-orm/postgresql';
import { JOBS_ENTITIES } from '../../src/modules/jobs/jobs.module.js';
import { TRANSCRIPTION_ENTITIES } from '../../src/modules/transcription/transcription.module.js';
import { UPLOADS_ENTITIES } from '../../src/modules/uploads/uploads.module.js';
import { ormOptions } from '../../src/platform/database/orm-options.js';

export const ENTITIES = [...UPLOADS_ENTITIES, ...JOBS_ENTITIES, ...TRANSCRIPTION_ENTITIES];

export async function openOrm(url: string): Promise<MikroORM> {
  return MikroORM.init(ormOptions(url, ENTITIES));
}
