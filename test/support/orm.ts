import { MikroORM } from '@mikro-orm/postgresql';
import { ENTITIES } from '../../src/foundation.js';
import { ormOptions } from '../../src/platform/database/orm-options.js';

export async function openOrm(url: string): Promise<MikroORM> {
  return MikroORM.init(ormOptions(url, ENTITIES));
}
