import { Logger } from '@nestjs/common';
import { Gauge, type GaugeConfiguration } from 'prom-client';

const logger = new Logger('DatabaseGauge');

/**
 * A gauge of what the database knows: it is asked when somebody scrapes, and the series are left out while it is away.
 *
 * @param read returns what sets the gauge
 */
export function addDatabaseGauge(
  { name, help, labelNames = [] }: Omit<GaugeConfiguration<string>, 'collect'>,
  read: () => Promise<(gauge: Gauge) => void>,
): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames,
    collect: async () => {
      const set = await read().catch((error: unknown) => {
        logger.warn('A metric could not be read', { metric: name, err: error });
        return null;
      });
      gauge.reset();
      // Without labels that would leave a zero, which is a statement.
      if (labelNames.length === 0) gauge.remove();
      set?.(gauge);
    },
  });
}
