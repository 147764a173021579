/** What docs/kubernetes.md tells people to do with the chart. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { codeBlocksOf } from '../support/code-blocks.js';
import {
  KUBERNETES_VERSIONS,
  migrationSeconds,
  patienceOf,
  pick,
  podTemplatesIn,
  render,
  runHelm,
  validate,
  type Manifest,
  type PodTemplate,
  type Values,
} from '../support/helm-chart.js';
import { PRODUCTION } from '../support/production.js';

const DOCUMENT = 'docs/kubernetes.md';
const SECRET = 'whisper-transcriber';

interface Pod extends Manifest {
  readonly spec: PodTemplate['spec'];
}

const blocks = codeBlocksOf(DOCUMENT);
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.replaceAll('\\\n', '').split('\n'));
const upgrades = commands.filter((line) => line.startsWith('helm upgrade'));
const shown = blocks
  .filter(({ language }) => language === 'yaml')
  .map(({ heading, code }): [string, Values] => [heading, parse(code) as Values]);
const values = shown.filter(([, { kind }]) => kind === undefined);
const [single, scaled] = shown.flatMap(([, one]) => (one['kind'] === 'Pod' ? [one as unknown as Pod] : []));
const [, complete] = values[0] ?? [];
const nightly = values.find(([, one]) => 'backup' in one)?.[1];
const manifests = render({ ...complete, ...nightly });

const folder = mkdtempSync(path.join(tmpdir(), 'documents-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The settings of the container in a pod that are no secrets. */
function settingsOf({ containers }: PodTemplate['spec']): Record<string, string> {
  const plain = containers[0]?.env.filter(({ value }) => value !== undefined) ?? [];
  return Object.fromEntries(plain.map(({ name, value = '' }) => [name, value]));
}

describe('docs/kubernetes.md', () => {
  it('upgrades with the defaults of the new chart, not with those of the old one alone', () => {
    expect(upgrades).not.toEqual([]);
    for (const line of upgrades) expect(line).toMatch(/ --reset-then-reuse-values | --values /);
    expect(runHelm(['upgrade', '--help']).output).toContain('--reset-then-reuse-values');
  });

  it('installs and upgrades with more patience than migrations may need', () => {
    const waiting = commands.filter((line) => /^helm (install|upgrade) /.test(line));

    expect(waiting.length).toBeGreaterThan(3);
    for (const line of waiting) expect(patienceOf(line.split(' '))).toBeGreaterThan(migrationSeconds());
  });

  it.each(values)('has values under "%s" that the chart takes', (_heading, some) => {
    expect(pick(render({ ...complete, ...some }), 'Job').spec).toBeDefined();
  });

  it('names what the chart makes', () => {
    const made = [...render({}), ...manifests].map(({ metadata }) => metadata.name);
    const text = readFileSync(path.resolve(import.meta.dirname, '../..', DOCUMENT), 'utf8');
    const named = new Set(text.match(/\bwhisper-whisper-transcriber[\w-]*/g));

    expect(named.size).toBeGreaterThan(4);
    expect([...named].filter((name) => !made.includes(name))).toEqual([]);
  });
});

describe.each([
  ['single', single, render({})],
  ['scaled', scaled, manifests],
] as const)('the pod of docs/kubernetes.md that restores in mode %s', (mode, pod, chart) => {
  const [api] = podTemplatesIn(chart);

  it.each(KUBERNETES_VERSIONS)('satisfies the schemas of Kubernetes %s', (version) => {
    const file = path.join(folder, `${mode}.yaml`);
    writeFileSync(file, JSON.stringify(pod));

    expect(validate(file, version)).toEqual({ status: 0, output: '' });
  });

  it('may do no more than those of the chart, and is not closed in by their network policies', () => {
    const [container] = pod!.spec.containers;

    expect(pod!.spec).toMatchObject({ automountServiceAccountToken: false, restartPolicy: 'Never' });
    expect(pod!.spec.securityContext).toEqual(api!.spec.securityContext);
    expect(container?.securityContext).toEqual(api!.spec.containers[0]?.securityContext);
    expect(pod!.metadata).not.toHaveProperty('labels');
  });

  it('has the settings of the installation, its secret, and a place of its own in the store', () => {
    const { S3_PREFIX: prefix, QUEUE_DRIVER: queue, ...same } = settingsOf(pod!.spec);

    expect(settingsOf(api!.spec)).toMatchObject(same);
    // It needs no Redis.
    expect(queue).toBe('embedded');
    expect(pod!.spec.containers[0]).toMatchObject({ envFrom: [{ secretRef: { name: SECRET } }] });
    if (mode === 'scaled') expect(upgrades.join('\n')).toContain(` --set blobs.s3.prefix=${prefix ?? ''}`);
    else expect(prefix).toBeUndefined();
  });

  it('is in order for the command that restores', () => {
    const given = { ...PRODUCTION, REDIS_URL: '', ...settingsOf(pod!.spec) };
    const s3 = mode === 'single' ? null : { bucket: 'recordings', prefix: 'restored/' };

    expect(loadAppConfig(given, false)).toMatchObject({
      production: true,
      dataDir: '/app/data',
      database: { url: mode === 'single' ? null : PRODUCTION.DATABASE_URL },
      blobs: { s3 },
    });
  });

  it('has the claim of the data, or of the backups', () => {
    const claim = mode === 'single' ? pick(chart, 'PersistentVolumeClaim').metadata.name : 'backups';

    expect(pod!.spec.volumes).toContainEqual(
      expect.objectContaining({ persistentVolumeClaim: { claimName: claim } }),
    );
    if (mode === 'scaled') expect(nightly).toMatchObject({ backup: { existingClaim: claim } });
  });
});
