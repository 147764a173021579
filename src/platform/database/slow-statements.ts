import { DefaultLogger, type LogContext, type Options } from '@mikro-orm/core';
import { Logger } from '@nestjs/common';

/** What answers within a few milliseconds on a sound database. */
const SLOW_MS = 1000;

/** The ORM tells this one of slow statements only. Their text has places for values, and the values are told to nobody. */
class SlowStatements extends DefaultLogger {
  private readonly logger = new Logger('database');

  override logQuery({ query, took, results, affected }: { query: string } & LogContext): void {
    this.logger.warn('A statement of the database was slow', {
      statement: query,
      took_ms: took,
      rows: results ?? affected,
    });
  }
}

/** Options of the ORM by which slow statements come into the log. */
export const TELL_SLOW_STATEMENTS: Pick<Options, 'slowQueryThreshold' | 'slowQueryLoggerFactory'> = {
  slowQueryThreshold: SLOW_MS,
  slowQueryLoggerFactory: (options) => new SlowStatements(options),
};
