/** What the pods of the chart are asked, and what can be added to them. */
import { describe, expect, it } from '@jest/globals';
import { render, SCALED, type Container, type Manifest, type Values } from '../support/helm-chart.js';

const MODES: [string, Values, string[]][] = [
  ['single', {}, ['api']],
  ['scaled', SCALED, ['api', 'migrations', 'worker']],
];
/** A migration waits so long for its table before it fails. */
const MIGRATION_SECONDS = 600;

function podsOf(values: Values): NonNullable<NonNullable<Manifest['spec']>['template']>['spec'][] {
  return render(values).flatMap(({ spec }) => spec?.template?.spec ?? []);
}

function containersOf(values: Values): Container[] {
  return podsOf(values).flatMap(({ containers }) => containers);
}

function serversOf(values: Values): Container[] {
  return containersOf(values).filter(({ ports }) => ports !== undefined);
}

describe.each(MODES)('pods of mode %s', (_mode, values) => {
  it('have started once their model is loaded, live while they answer and serve while they are ready', () => {
    for (const { startupProbe, livenessProbe, readinessProbe } of serversOf(values)) {
      expect(startupProbe?.httpGet).toEqual({ path: '/startupz', port: 'http' });
      expect(livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'http' });
      expect(readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' });
      // A part that hangs is told of within two seconds.
      for (const probe of [startupProbe, readinessProbe]) expect(probe?.timeoutSeconds).toBeGreaterThan(2);
    }
  });

  it('may take as long to start as a migration that waits, and a model after it, and as long as is said', () => {
    const seconds = ({ startupProbe }: Container): number =>
      (startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0);

    for (const container of serversOf(values)) expect(seconds(container)).toBe(MIGRATION_SECONDS + 300);
    for (const container of serversOf({ ...values, startupSeconds: 1802 })) {
      expect(seconds(container)).toBeGreaterThanOrEqual(1802);
      expect(seconds(container)).toBeLessThan(1802 + (container.startupProbe?.periodSeconds ?? 0));
    }
  });
});
