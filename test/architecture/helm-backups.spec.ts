/** Backups that the chart has made by the clock. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { pick, podTemplatesIn, render, SCALED, tryValues, type Values } from '../support/helm-chart.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const COMMAND = readFileSync(path.join(ROOT, 'src/cli/backup.cli.ts'), 'utf8');
const NIGHTLY = { schedule: '15 3 * * *', existingClaim: 'backups' };

function backupWith(values: Values): ReturnType<typeof pick> {
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

  it.each<[string, Values, string]>([
    ['in mode single', { backup: NIGHTLY }, 'backup.schedule needs mode scaled'],
    ['without a claim', { ...SCALED, backup: { schedule: '@daily' } }, 'set backup.existingClaim'],
    ['at no time', { ...SCALED, backup: { ...NIGHTLY, schedule: 'every night' } }, 'schedule'],
    ['that keep none', { ...SCALED, backup: { ...NIGHTLY, keep: 0 } }, 'keep'],
  ])('are refused %s', (_how, values, message) => {
    expect(tryValues(values)).toEqual({ status: 1, output: expect.stringContaining(message) });
  });
});
