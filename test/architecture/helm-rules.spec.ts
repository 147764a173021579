/** The alert rules as the chart brings them: about its own release, whatever else Prometheus watches. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { CHART, NAMESPACE, pick, render, runProgram, tryValues } from '../support/helm-chart.js';

const PROMETHEUS = path.resolve(import.meta.dirname, '../../deploy/observability/prometheus');
const KEYWORDS = ['and', 'or', 'unless', 'offset', 'bool', 'start', 'end', 'inf', 'nan'];
const SERVICE = 'whisper-whisper-transcriber';
const OURS = [`namespace="${NAMESPACE}"`, `service=~"${SERVICE}(-worker)?"`];
const LABELS = { namespace: NAMESPACE, service: SERVICE };

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Groups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly AlertTest[];
}

interface AlertTest {
  readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'chart-rules-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const plain = parse(readFileSync(path.join(CHART, 'files/whisper.rules.yml'), 'utf8')) as Groups;
const rendered: Groups = {
  groups: pick(render({ prometheusRule: { enabled: true } }), 'PrometheusRule').spec?.[
    'groups'
  ] as Groups['groups'],
};
const rulesFile = path.join(folder, 'rules.yml');
writeFileSync(rulesFile, JSON.stringify(rendered));
const { tests } = parse(readFileSync(path.join(PROMETHEUS, 'tests/whisper.tests.yml'), 'utf8')) as {
  readonly tests: readonly RuleTest[];
};

/** The series that an expression names, each with its matchers; found otherwise than the chart does. */
function selectorsIn(expr: string): { readonly name: string; readonly matchers: string[] }[] {
  const strings: string[] = [];
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, (text) => `"${String(strings.push(text) - 1)}"`)
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right) *\([^)]*\)/g, '')
    .replace(/\[[^\]]*\]|\boffset +\w+/g, '');
  return [...bare.matchAll(/([a-zA-Z_:][\w:]*)(?: *\{([^}]*)\})?(?! *\(|[\w:])/g)]
    .map(([, name = '', inside = '']) => ({ name, inside }))
    .filter(({ name }) => !KEYWORDS.includes(name.toLowerCase()))
    .map(({ name, inside }) => {
      const written = inside.replace(/"(\d+)"/g, (_all, index: string) => strings[Number(index)] ?? '');
      return { name, matchers: written.split(/, *(?=\w+ *(?:=|!))/).filter((one) => one !== '') };
    });
}

function labelled(series: string, labels: string): string {
  return series.includes('{') ? series.replace('{', `{${labels}, `) : `${series}{${labels}}`;
}

function testRules(changed: readonly RuleTest[]): ReturnType<typeof runProgram> {
  const file = path.join(folder, 'tests.yml');
  const head = { rule_files: [rulesFile], evaluation_interval: '1m' };
  writeFileSync(file, JSON.stringify({ ...head, tests: changed }));
  return runProgram('promtool', ['test', 'rules', file]);
}

/** What a test puts in, as the operator labels it: by where it was found. */
function seriesOf(test: RuleTest, labels: string): RuleTest['input_series'] {
  return test.input_series.map((one) => ({ ...one, series: labelled(one.series, labels) }));
}

describe('the alert rules of the chart', () => {
  it('are those that are tested, all of them, and differ in what they look at only', () => {
    const withoutScope = (rule: Rule): object => ({
      ...rule,
      expr: '',
      labels: { ...rule.labels, ...LABELS },
    });
    const scopeless = ({ groups }: Groups): object[] =>
      groups.map((group) => ({ ...group, rules: group.rules.map(withoutScope) }));

    expect(scopeless(rendered)).toEqual(scopeless(plain));
  });

  it('name pages that can be opened, where it is said where these are', () => {
    const runbookBase = 'https://github.com/example/whisper-transcriber/blob/v0.1.0/';
    const values = { prometheusRule: { enabled: true, runbookBase } };
    const { groups } = pick(render(values), 'PrometheusRule').spec as unknown as Groups;

    for (const { annotations } of groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert))
      expect(annotations?.['runbook_url']).toMatch(
        /^https:\/\/github\.com\/example\/whisper-transcriber\/blob\/v0\.1\.0\/docs\/alerts\.md#whisper\w+$/,
      );
    for (const runbook of ['docs', 'https://example.org/without-slash'])
      expect(tryValues({ prometheusRule: { runbookBase: runbook } }).output).toContain('runbookBase');
  });

  it('are sound', () => {
    expect(runProgram('promtool', ['check', 'rules', rulesFile])).toMatchObject({ status: 0 });
  });

  it.each(
    rendered.groups
      .flatMap(({ rules }) => rules)
      .map((rule, index): [string, Rule, number] => [rule.alert ?? rule.record ?? '', rule, index]),
  )('%s looks at series of its release only, and says of which it is', (_name, rule, index) => {
    const before = selectorsIn(plain.groups.flatMap(({ rules }) => rules)[index]?.expr ?? '');

    expect(selectorsIn(rule.expr)).toEqual(
      before.map(({ name, matchers }) => ({
        name,
        matchers: [...OURS, ...matchers],
      })),
    );
    expect(before.length).toBeGreaterThan(0);
    expect(rule.labels).toMatchObject(LABELS);
  });

  it('would be found out if one did not', () => {
    expect(selectorsIn('sum by (le) (rate(a_b{x="}", y=~"c(d|e), f"}[5m])) / max(up) offset 5m > 1')).toEqual(
      [
        { name: 'a_b', matchers: ['x="}"', 'y=~"c(d|e), f"'] },
        { name: 'up', matchers: [] },
      ],
    );
  });

  it.each([SERVICE, `${SERVICE}-worker`])('do with what %s tells as they are tested to', (service) => {
    const changed = tests.map((test) => ({
      ...test,
      input_series: seriesOf(test, `namespace="${NAMESPACE}", service="${service}"`),
      alert_rule_test: test.alert_rule_test.map((one) => ({
        ...one,
        exp_alerts: one.exp_alerts.map((alert) => ({
          ...alert,
          exp_labels: { ...alert.exp_labels, ...LABELS },
        })),
      })),
    }));

    expect(testRules(changed)).toEqual({ status: 0, output: expect.any(String) });
  });

  it.each([
    ['in another namespace', `namespace="elsewhere", service="${SERVICE}"`],
    ['of another name', `namespace="${NAMESPACE}", service="another-whisper-transcriber"`],
  ])('are silent about a release %s', (_where, theirs) => {
    const changed = tests
      .filter(({ name }) => name.endsWith(' is silent'))
      .map((silent) => {
        const fires = tests.find(({ name }) => name === silent.name.replace(/ is silent$/, ' fires'));
        const ours = seriesOf(silent, `namespace="${NAMESPACE}", service="${SERVICE}"`);
        return { ...silent, input_series: [...ours, ...(fires ? seriesOf(fires, theirs) : [])] };
      });

    expect(changed.length).toBeGreaterThan(20);
    expect(testRules(changed)).toEqual({ status: 0, output: expect.any(String) });
  });
});
