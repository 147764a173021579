import { MikroOrmModule } from '@mikro-orm/nestjs';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseIndicator } from './database.indicator.js';
import { ormOptions, type DatabaseEntities } from './orm-options.js';
import { TELL_SLOW_STATEMENTS } from './slow-statements.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({})
export class DatabaseModule {
  static async forRoot(url: string, entities: DatabaseEntities): Promise<DynamicModule> {
    return {
      module: DatabaseModule,
      imports: [
        await MikroOrmModule.forRoot({
          ...ormOptions(url, entities),
          ...TELL_SLOW_STATEMENTS,
          driver: PostgreSqlDriver,
          registerRequestContext: false,
        }),
        TerminusModule,
      ],
      providers: [UnitOfWork, DatabaseIndicator],
      exports: [UnitOfWork, DatabaseIndicator],
    };
  }
}
