/** What the chart tells autoscalers: to add pods for what waits, and to leave those alone that are at work. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  pick,
  render,
  runProgram,
  SCALED,
  tryValues,
  type Manifest,
  type Values,
} from '../support/helm-chart.js';

const KEDA = { enabled: true, prometheusAddress: 'http://prometheus.monitoring:9090' };
const OURS = 'namespace="transcription",service=~"whisper-whisper-transcriber(-worker)?"';
const BUSY = `sum(whisper_worker_slots{state="busy",${OURS}})`;

const folder = mkdtempSync(path.join(tmpdir(), 'queries-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Trigger {
  readonly metadata: Readonly<Record<string, string>>;
}

function scaledObject(keda: Values = {}, others: Values = {}): Manifest {
  return pick(render({ ...SCALED, worker: { keda: { ...KEDA, ...keda } }, ...others }), 'ScaledObject');
}

function queriesOf(manifest: Manifest): (string | undefined)[] {
  return (manifest.spec?.['triggers'] as Trigger[]).map(({ metadata }) => metadata['query']);
}

describe('workers that KEDA scales', () => {
  it('are as many as are at work, and more by how long and how many jobs wait', () => {
    const manifest = scaledObject({ oldestSeconds: 60, queueDepth: 4 });

    expect(queriesOf(manifest)).toEqual([
      `${BUSY} / 1 + floor(max(whisper_jobs_oldest_seconds{${OURS}}) / 60)`,
      `${BUSY} / 1 + floor(max(whisper_job_queue_depth{${OURS}}) / 4)`,
    ]);
    for (const { metadata } of manifest.spec?.['triggers'] as Trigger[])
      expect(metadata).toMatchObject({ threshold: '1' });
  });

  it('are counted by the jobs that each takes at a time', () => {
    for (const query of queriesOf(scaledObject({}, { config: { WORKER_CONCURRENCY: '3' } })))
      expect(query).toContain(`${BUSY} / 3 + `);
  });

  it.each([0, 1])('are asked of Prometheus in its language, with %d at least', (minReplicas) => {
    const rules = queriesOf(scaledObject({ minReplicas })).map((expr) => ({ record: 'workers', expr }));
    const file = path.join(folder, 'queries.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }));

    expect(runProgram('promtool', ['check', 'rules', '--lint=none', file])).toMatchObject({ status: 0 });
  });

  it('stay as many as they are while Prometheus knows nothing of them', () => {
    for (const { metadata } of scaledObject().spec?.['triggers'] as Trigger[])
      expect(metadata).toMatchObject({ ignoreNullValues: 'false' });
  });

  it('may be none, which tell of no slots, until a job waits', () => {
    const manifest = scaledObject({ minReplicas: 0, scaleDownAfterSeconds: 900 });
    const [oldest, depth, any] = queriesOf(manifest);

    for (const query of [oldest, depth]) expect(query).toContain(`(${BUSY} or vector(0)) / 1 + floor(max(`);
    expect(any).toBe(`max(whisper_job_queue_depth{${OURS}}) > bool 0`);
    expect(manifest.spec).toMatchObject({ minReplicaCount: 0, cooldownPeriod: 900 });
  });

  it('are taken away only after a while in which fewer were enough', () => {
    const { spec } = scaledObject({ scaleDownAfterSeconds: 1200 });

    expect(spec).toMatchObject({
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 1200 } } },
      },
    });
    // KEDA heeds it on the way to no worker at all, and nowhere else.
    expect(spec).not.toHaveProperty('cooldownPeriod');
  });
});

describe('API pods that are scaled by their processors', () => {
  it('are taken away only after a while in which fewer were enough', () => {
    const autoscaling = { enabled: true, scaleDownAfterSeconds: 450 };

    expect(pick(render({ ...SCALED, api: { autoscaling } }), 'HorizontalPodAutoscaler').spec).toMatchObject({
      behavior: { scaleDown: { stabilizationWindowSeconds: 450 } },
    });
  });
});

describe('the time until pods are taken away', () => {
  it.each([
    ['of workers', { worker: { keda: { scaleDownAfterSeconds: 3601 } } }],
    ['of API pods', { api: { autoscaling: { scaleDownAfterSeconds: 3601 } } }],
  ])('is no longer than Kubernetes allows: %s', (_whose, values) => {
    expect(tryValues({ ...SCALED, ...values })).toEqual({
      status: 1,
      output: expect.stringMatching(/scaleDownAfterSeconds.*maximum/),
    });
  });
});
