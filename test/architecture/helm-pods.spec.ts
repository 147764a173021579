/** What the pods of the chart are asked, and what can be added to them. */
import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from '../../src/platform/config/settings.js';
import {
  podTemplatesIn,
  render,
  SCALED,
  tryValues,
  type Container,
  type PodTemplate,
  type Values,
} from '../support/helm-chart.js';

const MODES: [string, Values, string[]][] = [
  ['single', {}, ['api']],
  [
    'scaled',
    { ...SCALED, backup: { schedule: '15 3 * * *', existingClaim: 'backups' } },
    ['api', 'worker', 'backup', 'migrations'],
  ],
];
/** A migration waits so long for its table before it fails. */
const MIGRATION_SECONDS = 600;

function podsOf(values: Values): PodTemplate['spec'][] {
  return podTemplatesIn(render(values)).map(({ spec }) => spec);
}

function containersOf(values: Values): Container[] {
  return podsOf(values).flatMap(({ containers }) => containers);
}

function serversOf(values: Values): Container[] {
  return containersOf(values).filter(({ ports }) => ports !== undefined);
}

function placementFor(name: string): Values {
  const required = {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
  };
  return {
    nodeSelector: { pool: name },
    tolerations: [{ key: name, operator: 'Exists' }],
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  };
}

describe.each(MODES)('pods of mode %s', (_mode, values, names) => {
  it('have started once their model is loaded, live while they answer and serve while they are ready', () => {
    for (const { name, startupProbe, livenessProbe, readinessProbe } of serversOf(values)) {
      expect(startupProbe?.httpGet).toEqual({ path: '/startupz', port: 'http' });
      expect(livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'http' });
      // Who reads and sends needs no worker.
      const ready = name === 'api' ? '/readyz?exclude=worker&exclude=model' : '/readyz';
      expect(readinessProbe?.httpGet).toEqual({ path: ready, port: 'http' });
      // A part that hangs is told of within two seconds.
      for (const probe of [startupProbe, readinessProbe]) expect(probe?.timeoutSeconds).toBeGreaterThan(2);
    }
  });

  it('have what is added to them, each of them', () => {
    const extraEnv = [
      { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/company-ca/ca.crt' },
      { name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
    ];
    const extraVolumes = [{ name: 'company-ca', configMap: { name: 'company-ca' } }];
    const extraVolumeMounts = [{ name: 'company-ca', mountPath: '/etc/company-ca', readOnly: true }];
    const added = { extraEnv, extraVolumes, extraVolumeMounts, priorityClassName: 'speech' };
    const pods = podsOf({ ...values, ...added });

    expect(pods.flatMap(({ containers }) => containers.map(({ name }) => name))).toEqual(names);
    for (const { containers, volumes, priorityClassName } of pods) {
      expect(priorityClassName).toBe('speech');
      expect(volumes).toEqual(expect.arrayContaining(extraVolumes));
      for (const { env, volumeMounts } of containers) {
        expect(env).toEqual(expect.arrayContaining(extraEnv));
        expect(volumeMounts).toEqual(expect.arrayContaining(extraVolumeMounts));
      }
    }
    for (const { priorityClassName } of podsOf(values)) expect(priorityClassName).toBeUndefined();
  });

  it('run on the nodes that are said for each of them', () => {
    const placements = Object.fromEntries(names.map((name) => [name, placementFor(name)]));
    const placed = {
      ...values,
      ...placements,
      backup: { ...(values['backup'] ?? {}), ...placements['backup'] },
    };

    for (const pod of podsOf(placed)) expect(pod).toMatchObject(placementFor(pod.containers[0]?.name ?? ''));
    for (const pod of podsOf(values))
      for (const place of Object.keys(placementFor(''))) expect(pod).not.toHaveProperty(place);
  });

  it('can use what is added to the environment in other settings', () => {
    const extraEnv = [{ name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }];
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://$(NODE_IP):4318' };

    // Kubernetes puts in only what stands before.
    for (const { env } of containersOf({ ...values, extraEnv, config })) {
      const order = env.map(({ name }) => name);
      expect(order.indexOf('OTEL_EXPORTER_OTLP_ENDPOINT')).toBeGreaterThan(order.indexOf('NODE_IP'));
    }
  });

  it('have the image by its tag, or by its digest', () => {
    const image = { repository: 'registry.example.org/whisper', tag: '1.2.3' };
    const digest = `sha256:${'0a'.repeat(32)}`;
    const imagesOf = (changed: object): Set<string> =>
      new Set(containersOf({ ...values, image: changed }).map((container) => container.image));

    expect(imagesOf(image)).toEqual(new Set(['registry.example.org/whisper:1.2.3']));
    expect(imagesOf({ ...image, digest })).toEqual(new Set([`registry.example.org/whisper@${digest}`]));
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

describe('secret settings', () => {
  const secrets = Object.entries(SETTINGS)
    .filter(([, setting]) => 'secret' in setting && setting.secret)
    .map(([name]) => name)
    // The service refuses it with a password in it.
    .filter((name) => name !== 'MODEL_HUB_URL');

  it.each(secrets)('%s is refused in the open, and read from the secret', (name) => {
    const refused = { status: 1, output: expect.stringMatching(/is a secret|is set by the chart/) };

    expect(tryValues({ config: { [name]: 'x' } })).toEqual(refused);
    expect(tryValues({ extraEnv: [{ name, value: 'x' }] })).toEqual(refused);
    if (name !== 'REDIS_URL')
      for (const { env } of containersOf(SCALED))
        expect(env.find((variable) => variable.name === name)?.valueFrom?.secretKeyRef.key).toBe(name);
  });
});

describe('what is added to pods', () => {
  it.each<[string, Values, string]>([
    [
      'a variable of the chart',
      { extraEnv: [{ name: 'PORT', value: '1' }] },
      'extraEnv: PORT is set by the chart',
    ],
    [
      'a variable of the image',
      { extraEnv: [{ name: 'SERVICE_TYPE', value: 'app' }] },
      'SERVICE_TYPE is set by the chart',
    ],
    [
      'a setting that is given twice',
      { config: { LOG_LEVEL: 'debug' }, extraEnv: [{ name: 'LOG_LEVEL', value: 'info' }] },
      'LOG_LEVEL is in config too',
    ],
    ['a variable twice', { extraEnv: [{ name: 'A' }, { name: 'A' }] }, 'A is there twice'],
    ['a variable without a name', { extraEnv: [{ value: 'x' }] }, 'extraEnv'],
    ['a digest that is none', { image: { digest: 'latest' } }, 'digest'],
    ['a volume without a name', { extraVolumes: [{ emptyDir: {} }] }, 'extraVolumes'],
    ['a mount without a place', { extraVolumeMounts: [{ name: 'a' }] }, 'extraVolumeMounts'],
    ['a node that is a list', { ...SCALED, migrations: { nodeSelector: [] } }, 'nodeSelector'],
    ['a priority that is no name', { priorityClassName: 7 }, 'priorityClassName'],
  ])('is not %s', (_what, values, message) => {
    expect(tryValues(values)).toEqual({ status: 1, output: expect.stringContaining(message) });
  });
});
