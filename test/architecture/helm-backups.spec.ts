/** Backups that the chart has made by the clock. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EXIT } from '../../src/cli/backup/backup-problem.js';
import {
  pick,
  podTemplatesIn,
  render,
  SCALED,
  tryValues,
  type Manifest,
  type Values,
} from '../support/helm-chart.js';

const LOSSES = [EXIT.incomplete, EXIT.damagedRecordings];
const ROOT = path.resolve(import.meta.dirname, '../..');
const COMMAND = readFileSync(path.join(ROOT, 'src/cli/backup.cli.ts'), 'utf8');
const NIGHTLY = { schedule: '15 3 * * *', existingClaim: 'backups' };

function backupWith(values: Values): Manifest {
  return pick(render({ ...SCALED, backup: { ...NIGHTLY, ...values } }), 'CronJob');
}

describe('backups by the chart', () => {
  it('are made by the command of the image, into the claim', () => {
    const [pod] = podTemplatesIn([backupWith({ keep: 3 })]);
    const { command = [], volumeMounts } = pod!.spec.containers[0]!;

    expect(command.join(' ')).toBe('scripts/docker-entrypoint.sh backup --out /backups --verify --keep 3');
    for (const option of command.filter((part) => part.startsWith('--')))
      expect(COMMAND).toMatch(new RegExp(`^    ${option.slice(2)}: \\{ type: '`, 'm'));
    expect(volumeMounts).toContainEqual({ name: 'backup', mountPath: '/backups' });
    expect(pod!.spec.volumes).toContainEqual({
      name: 'backup',
      persistentVolumeClaim: { claimName: 'backups' },
    });
  });

  it('are made when it is said, one at a time', () => {
    const { spec } = backupWith({ timeZone: 'Europe/Berlin' });

    expect(spec).toMatchObject({
      schedule: '15 3 * * *',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
    });
    expect(backupWith({}).spec).not.toHaveProperty('timeZone');
    expect(render(SCALED).map(({ kind }) => kind)).not.toContain('CronJob');
  });

  it('are not made again where recordings are missing or damaged, which another one would lack too', () => {
    expect(backupWith({}).spec?.jobTemplate?.spec).toMatchObject({
      backoffLimit: 1,
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { containerName: 'backup', operator: 'In', values: LOSSES } },
        ],
      },
      // Kubernetes looks at exit codes of no other pods.
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'backup' }] } },
    });
  });

  it.each<[string, Values, string]>([
    ['in mode single', { backup: NIGHTLY }, 'backup.schedule needs mode scaled'],
    ['without a claim', { ...SCALED, backup: { schedule: '@daily' } }, 'set backup.existingClaim'],
    ['at no time', { ...SCALED, backup: { ...NIGHTLY, schedule: 'every night' } }, 'schedule'],
    ['that keep none', { ...SCALED, backup: { ...NIGHTLY, keep: 0 } }, 'keep'],
  ])('are refused %s', (_how, values, message) => {
    expect(tryValues(values)).toEqual({ status: 1, output: expect.stringContaining(message) });
  });
});
