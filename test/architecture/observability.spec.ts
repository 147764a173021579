/** Alert rules and dashboards: that they are sound, and ask for nothing that the service does not tell. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readDocumentedSeries } from '../support/documented-metrics.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PROMETHEUS = path.join(ROOT, 'deploy/observability/prometheus');
const DASHBOARDS = path.join(ROOT, 'deploy/observability/grafana/dashboards');
/** Labels that Prometheus puts to every series, and that of the buckets of histograms. */
const GIVEN_LABELS = ['job', 'instance', 'le'];
/** Series that are not ours: of Prometheus, and of the library that tells of the process. */
const OTHER_SERIES = [
  'up',
  'nodejs_eventloop_lag_p99_seconds',
  'process_resident_memory_bytes',
  'process_start_time_seconds',
];

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'rules-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function promtool(...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

const { groups } = parse(readFileSync(path.join(PROMETHEUS, 'rules/whisper.rules.yml'), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const dashboards = readdirSync(DASHBOARDS).map(
  (name) => JSON.parse(readFileSync(path.join(DASHBOARDS, name), 'utf8')) as Dashboard,
);
const queries = dashboards.flatMap(({ panels }) =>
  panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
);

/** What an expression asks for that the service does not tell. */
function unknownParts(expr: string): string[] {
  const documented = readDocumentedSeries();
  const recorded = rules.flatMap(({ record }) => record ?? []);
  const selectors = expr.matchAll(/\b((?:whisper|nodejs|process)[\w:]*|up)\b(?:\{([^}]*)\})?/g);
  const used = [...selectors].flatMap(([, name = '', matchers = '']) => {
    const series = documented.get(name) ?? documented.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (series === undefined) return recorded.includes(name) || OTHER_SERIES.includes(name) ? [] : [name];
    const known = [...series.labels, ...GIVEN_LABELS];
    const asked = [...matchers.matchAll(/(\w+)(?:=|!)/g)].map(([, label = '']) => label);
    return asked.filter((label) => !known.includes(label)).map((label) => `${name}{${label}}`);
  });
  const allLabels = [...documented.values()].flatMap(({ labels }) => labels).concat(GIVEN_LABELS);
  const grouped = [...expr.matchAll(/\b(?:by|without|on) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(/, */),
  );
  return [...used, ...grouped.filter((label) => !allLabels.includes(label))];
}

describe('the alert rules', () => {
  it('are sound, and so is the configuration that names them', () => {
    expect(promtool('check', 'rules', path.join(PROMETHEUS, 'rules/whisper.rules.yml'))).toMatchObject({
      status: 0,
    });
    expect(promtool('check', 'config', path.join(PROMETHEUS, 'prometheus.yml'))).toMatchObject({ status: 0 });
  });

  it('fire when they should, and are silent when they should', () => {
    const { status, output } = promtool('test', 'rules', path.join(PROMETHEUS, 'tests/whisper.tests.yml'));

    expect([status, output]).toEqual([0, expect.any(String)]);
  });

  it.each(alerts.map((rule): [string, Rule] => [rule.alert ?? '', rule]))(
    '%s is tested, and has a severity and a section in docs/alerts.md',
    (name, rule) => {
      const tests = readFileSync(path.join(PROMETHEUS, 'tests/whisper.tests.yml'), 'utf8');
      const docs = readFileSync(path.join(ROOT, 'docs/alerts.md'), 'utf8');

      expect(tests).toContain(`name: ${name} fires\n`);
      expect(tests).toContain(`name: ${name} is silent\n`);
      expect(['warning', 'critical']).toContain(rule.labels?.severity);
      expect(Object.keys(rule.annotations ?? {}).sort()).toEqual(['description', 'runbook_url', 'summary']);
      expect(rule.annotations?.['runbook_url']).toBe(`docs/alerts.md#${name.toLowerCase()}`);
      expect(docs).toContain(`\n## ${name}\n`);
    },
  );

  it('ask for nothing that the service does not tell', () => {
    expect(rules.flatMap(({ expr }) => unknownParts(expr))).toEqual([]);
  });

  it('would be found out if they did', () => {
    expect(unknownParts('max(whisper_jobs_waiting) > 1')).toEqual(['whisper_jobs_waiting']);
    expect(unknownParts('whisper_ready{part="x", place="y"} == 0')).toEqual(['whisper_ready{place}']);
    expect(unknownParts('sum by (user) (whisper_jobs_total)')).toEqual(['user']);
  });
});

describe('the dashboards', () => {
  it('have names, panels and queries of their own, in a form that Grafana reads', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    expect(dashboards.length).toBe(4);
    for (const { schemaVersion, panels } of dashboards) {
      expect(schemaVersion).toBeGreaterThanOrEqual(39);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { targets } of panels)
        expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('have queries that Prometheus understands', () => {
    const file = path.join(folder, 'queries.yml');
    const filled = queries.map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*'));
    const asRules = filled.map((expr, i) => ({ record: `query:number_${i}`, expr }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: asRules }] }));

    expect(promtool('check', 'rules', file)).toMatchObject({ status: 0 });
  });

  it('ask for nothing that the service does not tell', () => {
    expect(queries.length).toBeGreaterThan(40);
    expect(queries.flatMap(unknownParts)).toEqual([]);
  });
});
