/** The chart, rendered by helm with several sets of values, and the plain manifests that are made from it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadAppConfig } from '../../src/platform/config/app-config.js';
import { SETTINGS } from '../../src/platform/config/settings.js';
import {
  CHART,
  KUBERNETES_VERSIONS,
  manifestsIn,
  podTemplatesIn,
  runHelm,
  runProgram,
  template,
  validate,
  type Container,
  type Manifest,
} from '../support/helm-chart.js';
import { PRODUCTION } from '../support/production.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RULES = 'deploy/observability/prometheus/rules/whisper.rules.yml';
const VALUES = ['single', 'scaled', 'keda', 'everything'];
/** Kinds that operators bring; Kubernetes has no schemas of them. */
const BROUGHT_KINDS = ['ScaledObject', 'ServiceMonitor', 'PrometheusRule'];
/** Of the entry point of the image, of Node, and of nobody but the values themselves. */
const OWN_VARIABLES = ['SERVICE_TYPE', 'NODE_EXTRA_CA_CERTS', 'NODE_IP'];

const SECRETS: Readonly<Record<string, string>> = PRODUCTION;

const folder = mkdtempSync(path.join(tmpdir(), 'chart-'));
const rendered = new Map<string, string>();

beforeAll(() => {
  for (const name of VALUES) {
    const { status, output } = template('--values', path.join(CHART, `ci/${name}.yaml`));
    if (status !== 0) throw new Error(output);
    rendered.set(name, output);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function manifestsOf(name: string): Manifest[] {
  return manifestsIn(rendered.get(name) ?? '');
}

function kindsOf(name: string): Set<string> {
  return new Set(manifestsOf(name).map(({ kind }) => kind));
}

function containersOf(name: string): Container[] {
  return podTemplatesIn(manifestsOf(name)).flatMap(({ spec }) => spec.containers);
}

describe.each(VALUES)('the chart with the values of ci/%s.yaml', (name) => {
  it('satisfies helm', () => {
    const values = path.join(CHART, `ci/${name}.yaml`);
    const { status, output } = runHelm(['lint', '--strict', CHART, '--values', values]);

    expect([status, output]).toEqual([0, expect.any(String)]);
  });

  it.each(KUBERNETES_VERSIONS)('satisfies the schemas of Kubernetes %s', (version) => {
    const known = manifestsOf(name).filter(({ kind }) => !BROUGHT_KINDS.includes(kind));
    const file = path.join(folder, `${name}.yaml`);
    writeFileSync(file, known.map((manifest) => `---\n${JSON.stringify(manifest)}\n`).join(''));

    expect(known.length).toBeGreaterThan(5);
    expect(validate(file, version)).toEqual({ status: 0, output: '' });
  });

  it('names no thing twice', () => {
    const names = manifestsOf(name).map(({ kind, metadata }) => `${kind}/${metadata.name}`);

    expect(names).toEqual([...new Set(names)]);
  });

  it('gives each container settings that there are, each once, and secrets by reference only', () => {
    for (const { env } of containersOf(name)) {
      const names = env.map((variable) => variable.name);
      expect(names.filter((each) => !(each in SETTINGS) && !OWN_VARIABLES.includes(each))).toEqual([]);
      expect(names).toEqual([...new Set(names)]);
      const secrets = env.filter((variable) => /SECRET|PASSWORD|TOKEN|ACCESS_KEY/.test(variable.name));
      expect(secrets.length).toBeGreaterThan(3);
      for (const { value, valueFrom } of secrets)
        expect([value, valueFrom?.secretKeyRef.key]).toEqual([undefined, expect.any(String)]);
    }
  });

  it('gives each container settings that production starts with', () => {
    for (const { env } of containersOf(name)) {
      const given = env.map((variable): [string, string] => [
        variable.name,
        variable.value ?? SECRETS[variable.name] ?? '',
      ]);
      const settings = Object.fromEntries(given.filter(([variable]) => !OWN_VARIABLES.includes(variable)));

      expect(loadAppConfig(settings, false)).toMatchObject({
        production: true,
        dataDir: '/app/data',
        blobs: { s3: name === 'single' ? null : { bucket: 'recordings' } },
        worker: { embedded: name === 'single' },
      });
    }
  });

  it('lets no container do more than it has to', () => {
    for (const { spec: pod } of podTemplatesIn(manifestsOf(name))) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const { securityContext, resources } of pod.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(resources).toMatchObject({
          requests: { memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
    }
  });

  it('has the ports that the settings name', () => {
    for (const { name: container, env, ports } of containersOf(name).filter(
      (each) => each.ports !== undefined,
    )) {
      const setting = container === 'worker' ? 'WORKER_PORT' : 'PORT';
      expect(ports?.map(({ containerPort }) => String(containerPort))).toEqual([
        env.find((variable) => variable.name === setting)?.value,
      ]);
    }
  });
});

describe('the chart', () => {
  it('is one pod with a volume, or several with what they need', () => {
    expect(kindsOf('single')).toEqual(
      new Set(['NetworkPolicy', 'ServiceAccount', 'PersistentVolumeClaim', 'Service', 'Deployment']),
    );
    expect(kindsOf('scaled')).toEqual(
      new Set(['NetworkPolicy', 'PodDisruptionBudget', 'ServiceAccount', 'Service', 'Deployment', 'Job']),
    );
    expect([...kindsOf('everything')]).toEqual(
      expect.arrayContaining(['HorizontalPodAutoscaler', 'Ingress', 'CronJob', ...BROUGHT_KINDS]),
    );
  });

  it('leaves the number of pods to what scales them', () => {
    const replicas = (name: string): unknown[] =>
      manifestsOf(name)
        .filter(({ kind }) => kind === 'Deployment')
        .map(({ spec }) => spec?.replicas);

    expect(replicas('scaled')).toEqual([2, 2]);
    expect(replicas('keda')).toEqual([undefined, undefined]);
  });

  it('has the alert rules that are tested', () => {
    const rules = readFileSync(path.join(ROOT, RULES), 'utf8');

    expect(readFileSync(path.join(CHART, 'files/whisper.rules.yml'), 'utf8')).toBe(rules);
  });

  it.each([
    ['api.replicas=2', 'mode single is one pod'],
    ['api.autoscaling.enabled=true', 'mode single is one pod'],
    ['worker.keda.enabled=true', 'no worker pods'],
    ['redis.url=redis://redis:6379/0', 'needs mode scaled'],
    ['mode=scaled,redis.url=redis://redis:6379/0', 'set blobs.driver to s3'],
    ['mode=scaled,blobs.driver=s3,blobs.s3.bucket=b', 'set redis.url'],
    ['mode=scaled,blobs.driver=s3,blobs.s3.bucket=b,redis.url=redis://:pw@redis:6379/0', 'REDIS_PASSWORD'],
    ['blobs.driver=s3', 'needs blobs.s3.bucket'],
    [
      'mode=scaled,blobs.driver=s3,blobs.s3.bucket=b,redis.url=redis://r:1/0,worker.keda.enabled=true',
      'prometheusAddress',
    ],
    [
      'mode=scaled,blobs.driver=s3,blobs.s3.bucket=b,redis.url=redis://r:1/0,worker.keda.enabled=true,worker.keda.prometheusAddress=http://p,worker.keda.minReplicas=20,worker.keda.maxReplicas=2',
      'worker.keda.minReplicas',
    ],
    [
      'mode=scaled,blobs.driver=s3,blobs.s3.bucket=b,redis.url=redis://r:1/0,api.autoscaling.enabled=true,api.autoscaling.minReplicas=9,api.autoscaling.maxReplicas=2',
      'api.autoscaling.minReplicas',
    ],
    ['ingress.enabled=true', 'needs ingress.host'],
    ['config.SECRET_KEY=x', 'is a secret'],
    ['config.PORT=x', 'is set by the chart'],
  ])('says of %s what is wrong', (values, message) => {
    const { status, output } = template('--set', values);

    expect([status, output]).toEqual([1, expect.stringContaining(message)]);
  });

  it.each([
    'mode=cluster',
    'api.replicas=many',
    'existingSecret=',
    'ingres.enabled=true',
    'config.port=1',
    'service.port=0',
    'persistence.size=big',
    'nameOverride=Foo Bar',
    'fullnameOverride=UPPER_x',
    'existingSecret=a b',
    'ingress.host=bad host',
  ])('refuses %s by its schema', (values) => {
    const { status, output } = template('--set', values);

    expect([status, output]).toEqual([1, expect.stringMatching(/schema/)]);
  });

  it('lets what is annotated go before what it annotates itself, once', () => {
    const name = 'nginx.ingress.kubernetes.io/proxy-read-timeout';
    const given = `ingress.annotations.${name.replaceAll('.', '\\.')}=60`;
    const { output } = template(
      '--set',
      'ingress.enabled=true,ingress.host=speech.test',
      '--set-string',
      given,
    );

    expect([...output.matchAll(/proxy-read-timeout: (.*)/g)].map(([, value]) => value)).toEqual(['"60"']);
    expect(output).toContain('nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"');
  });

  it('knows every value that it has a default for', () => {
    const schema = JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8')) as {
      properties: object;
    };
    const defaults = parse(readFileSync(path.join(CHART, 'values.yaml'), 'utf8')) as object;

    expect(
      Object.keys(schema.properties)
        .filter((key) => key !== 'global')
        .sort(),
    ).toEqual(Object.keys(defaults).sort());
  });

  it('gives the plain manifests that lie beside it (npm run manifests)', () => {
    const { status, output } = runProgram(process.execPath, [
      path.join(ROOT, 'scripts/kubernetes-manifests.mjs'),
      folder,
    ]);
    expect([status, output]).toEqual([0, '']);
    for (const file of readdirSync(path.join(ROOT, 'deploy/kubernetes')))
      expect(readFileSync(path.join(folder, file), 'utf8')).toBe(
        readFileSync(path.join(ROOT, 'deploy/kubernetes', file), 'utf8'),
      );
  });
});
