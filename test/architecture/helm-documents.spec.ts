/** What docs/kubernetes.md tells people to do with the chart. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { codeBlocksOf } from '../support/code-blocks.js';
import { pick, render, runHelm, type Values } from '../support/helm-chart.js';

const blocks = codeBlocksOf('docs/kubernetes.md');
const upgrades = blocks
  .flatMap(({ code }) => code.replaceAll('\\\n', '').split('\n'))
  .filter((line) => line.startsWith('helm upgrade'));
const values = blocks
  .filter(({ language }) => language === 'yaml')
  .map(({ heading, code }): [string, Values] => [heading, parse(code) as Values]);

describe('docs/kubernetes.md', () => {
  it('upgrades with the defaults of the new chart, not with those of the old one alone', () => {
    expect(upgrades).not.toEqual([]);
    for (const line of upgrades) expect(line).toMatch(/ --reset-then-reuse-values | --values /);
    expect(runHelm(['upgrade', '--help']).output).toContain('--reset-then-reuse-values');
  });

  it.each(values)('has values under "%s" that the chart takes', (_heading, shown) => {
    const [, complete] = values[0] ?? [];

    expect(pick(render({ ...complete, ...shown }), 'Job').spec).toBeDefined();
  });
});
