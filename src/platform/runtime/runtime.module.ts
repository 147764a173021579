import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock.js';
import { IdGenerator, UuidV7Generator } from './id-generator.js';
import { Shutdown } from './shutdown.js';

@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: IdGenerator, useClass: UuidV7Generator },
    Shutdown,
  ],
  exports: [Clock, IdGenerator, Shutdown],
})
export class RuntimeModule {}
