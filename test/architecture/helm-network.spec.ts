/** The network policies of the chart: what gets in and out, in each mode and with what people have in their clusters. */
import { describe, expect, it } from '@jest/globals';
import {
  CHART,
  NAMESPACE,
  pick,
  RELEASE,
  render,
  runHelm,
  SCALED,
  tryValues,
  type Manifest,
  type Values,
} from '../support/helm-chart.js';

const NAME = 'whisper-whisper-transcriber';
const CLUSTER_DNS = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};
const DEPENDENCIES = toPorts(5432, 6379, 443);

const NO_INTERNET: Values = { networkPolicy: { allowInternet: false } };

function toPorts(...ports: number[]): object {
  return { ports: ports.map((port) => ({ protocol: 'TCP', port })) };
}

function policies(values: Values): Manifest[] {
  return render(values).filter(({ kind }) => kind === 'NetworkPolicy');
}

function egressOf(values: Values, name = `${NAME}-egress`): unknown {
  return pick(policies(values), 'NetworkPolicy', name).spec?.['egress'];
}

function notes(values: Values): string {
  const args = ['install', RELEASE, CHART, '--namespace', NAMESPACE, '--dry-run=client', '--values', '-'];
  const { status, output } = runHelm(args, JSON.stringify(values));
  if (status !== 0) throw new Error(output);
  return output.slice(output.indexOf('\nNOTES:'));
}

describe('names', () => {
  it('are asked of the servers of the cluster, where nothing else is said', () => {
    expect(egressOf(NO_INTERNET)).toEqual([CLUSTER_DNS]);
  });

  it.each([
    ['a cache on each node', { to: [{ ipBlock: { cidr: '169.254.20.10/32' } }] }, [53]],
    [
      'the servers of OpenShift',
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } } }],
        ports: [53, 5353],
      },
      [53, 5353],
    ],
  ])('are asked of %s, by the service and by its migrations', (_whom, dns, ports) => {
    const rule = {
      to: dns.to,
      ports: ports.flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ protocol, port }))),
    };
    const values = { ...SCALED, networkPolicy: { allowInternet: false, dns } };

    expect(egressOf(values)).toEqual([rule, DEPENDENCIES]);
    expect(egressOf(values, `${NAME}-migrations`)).toEqual([rule, DEPENDENCIES]);
  });
});

describe('a collector of traces', () => {
  it.each([
    ['at its port', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:4318' }, 4318],
    ['at the port of https', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.org/otlp' }, 443],
    ['at the port of http', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' }, 80],
    [
      'by the address for traces before the other',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://[fd00::7]:4319/v1/traces',
      },
      4319,
    ],
  ])('is reached %s, also without S3 and PostgreSQL', (_how, config, port) => {
    expect(egressOf({ ...NO_INTERNET, config })).toEqual([CLUSTER_DNS, toPorts(port)]);
    expect(egressOf({ ...SCALED, ...NO_INTERNET, config })).toEqual([
      CLUSTER_DNS,
      DEPENDENCIES,
      toPorts(port),
    ]);
  });

  it('is reached where it is, if that is said', () => {
    const to = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }];
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:4318' };
    const networkPolicy = { allowInternet: false, collectorTo: to };

    expect(egressOf({ config, networkPolicy })).toEqual([CLUSTER_DNS, { ...toPorts(4318), to }]);
  });

  it.each([
    ['OTEL_SDK_DISABLED', 'true'],
    ['OTEL_TRACES_EXPORTER', 'none'],
  ])('has no way opened for it while %s is %s', (name, value) => {
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', [name]: value };

    expect(egressOf({ ...NO_INTERNET, config })).toEqual([CLUSTER_DNS]);
  });
});

describe('PostgreSQL, Redis and the store', () => {
  const dependenciesOf = (redis: string, endpoint: string, dependencyPorts?: number[]): unknown => {
    const blobs = { driver: 's3', s3: { bucket: 'recordings', endpoint } };
    const networkPolicy = { allowInternet: false, ...(dependencyPorts && { dependencyPorts }) };
    const values = { mode: 'scaled', redis: { url: redis }, blobs, networkPolicy };
    const [, dependencies] = egressOf(values) as object[];

    expect(egressOf(values, `${NAME}-migrations`)).toEqual([CLUSTER_DNS, dependencies]);
    return dependencies;
  };

  it.each([
    ['redis://redis:6380/0', 'http://minio:9000', [6380, 9000]],
    ['rediss://[fd00::7]:16380/0', 'http://[fd00::8]:9000/', [16380, 9000]],
    ['redis://redis/0', 'http://minio', [6379, 80]],
    ['rediss://redis.example.org?db=7', 'https://s3.example.org/', [6379, 443]],
    ['redis://redis:6379/0', '', [6379, 443]],
  ])('are reached where the values say that they are: %s, %s', (redis, endpoint, ports) => {
    expect(dependenciesOf(redis, endpoint)).toEqual(toPorts(5432, ...ports));
  });

  it('are reached at the ports that are added, too, each named once', () => {
    expect(dependenciesOf('redis://redis:6380/0', 'http://minio:9000', [6432, 6380, 9001])).toEqual(
      toPorts(6432, 6380, 9001, 9000),
    );
  });

  it('are one store in mode single, and that only where it speaks S3', () => {
    const blobs = { driver: 's3', s3: { bucket: 'recordings', endpoint: 'http://minio:9000' } };

    expect(egressOf({ ...NO_INTERNET, blobs })).toEqual([CLUSTER_DNS, toPorts(5432, 9000)]);
    expect(egressOf(NO_INTERNET)).toEqual([CLUSTER_DNS]);
  });
});

describe('other ways out', () => {
  it('are those that are added', () => {
    const rule = { to: [{ ipBlock: { cidr: '10.7.0.0/16' } }], ports: [{ protocol: 'TCP', port: 8443 }] };

    expect(egressOf({ networkPolicy: { allowInternet: false, extraEgress: [rule] } })).toEqual([
      CLUSTER_DNS,
      rule,
    ]);
    expect(tryValues({ networkPolicy: { extraEgress: ['10.7.0.0/16'] } }).output).toContain('extraEgress');
  });
});

describe('the migrations ahead of an upgrade', () => {
  const values = {
    mode: 'scaled',
    redis: { url: 'redis://redis:6380/0' },
    blobs: { driver: 's3', s3: { bucket: 'recordings', endpoint: 'http://minio:9000' } },
    networkPolicy: {
      dependencyPorts: [6432],
      dependenciesTo: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
    },
  };
  const manifests = render(values);
  const job = pick(manifests, 'Job');
  const policy = pick(manifests, 'NetworkPolicy', `${NAME}-migrations`);
  const weight = ({ metadata }: Manifest): number =>
    Number(metadata.annotations?.['helm.sh/hook-weight'] ?? 0);

  it('reach the servers of the new values, though the policies of the old ones are there still', () => {
    expect(policy.spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/component': 'migrations' } },
      policyTypes: ['Ingress', 'Egress'],
    });
    expect(policy.spec?.['egress']).toEqual([
      CLUSTER_DNS,
      { ...toPorts(6432, 6380, 9000), to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] },
    ]);
    expect(job.spec?.template?.metadata.labels).toMatchObject(
      (policy.spec?.['podSelector'] as { matchLabels: object }).matchLabels,
    );
  });

  it('have their way opened before they begin, and closed once they are done', () => {
    for (const annotation of ['helm.sh/hook', 'helm.sh/hook-delete-policy'])
      expect(policy.metadata.annotations?.[annotation]).toBe(job.metadata.annotations?.[annotation]);
    expect(policy.metadata.annotations?.['helm.sh/hook']).toBe('pre-install,pre-upgrade');
    expect(weight(policy)).toBeLessThan(weight(job));
  });

  it('have none where there are no policies, or no migrations of their own', () => {
    const names = (changed: Values): string[] => policies(changed).map(({ metadata }) => metadata.name);

    expect(names({ ...SCALED, networkPolicy: { enabled: false } })).toEqual([]);
    expect(names({})).not.toContain(`${NAME}-migrations`);
  });
});

describe('a service that is reached from outside of the cluster', () => {
  const warning = 'networkPolicy.ingressFrom lets in pods only';

  it.each(['NodePort', 'LoadBalancer'])('is said to be closed, as %s, while only pods get in', (type) => {
    expect(notes({ service: { type } })).toContain(warning);
  });

  it.each<[string, Values]>([
    ['is within', { service: { type: 'ClusterIP' } }],
    ['lets in addresses', { networkPolicy: { ingressFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }] } }],
    ['lets in everybody', { networkPolicy: { ingressFrom: [] } }],
    ['has no policies', { networkPolicy: { enabled: false } }],
  ])('is not, where it %s', (_why, values) => {
    expect(notes({ service: { type: 'LoadBalancer' }, ...values })).not.toContain(warning);
  });
});
