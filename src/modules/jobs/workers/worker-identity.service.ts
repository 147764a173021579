import { Injectable } from '@nestjs/common';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';

/** Who this process is among the workers; another one after each start. */
@Injectable()
export class WorkerIdentity {
  readonly id: string;

  constructor(ids: IdGenerator) {
    this.id = ids.next();
  }
}
