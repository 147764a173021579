import { Logger } from '@nestjs/common';
import { Gauge, type GaugeConfiguration } from 'prom-client';

const logger = new Logger('Metrics');

/** Registers a gauge that is read when somebody scrapes, and left out while it cannot be. */
export function addReadGauge(
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

/** The same without labels, for what this process knows itself. */
export function addTold(name: string, help: string, read: () => number): void {
  addReadGauge({ name, help }, () =>
    Promise.resolve((gauge) => {
      gauge.set(read());
    }),
  );
}
