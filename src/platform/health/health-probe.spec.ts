import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { AppError } from '../errors/app-error.js';
import { HealthProbe } from './health-probe.js';

function open(ask: () => Promise<void>): { probe: HealthProbe; wait: (ms: number) => void } {
  let now = 0;
  const probe = new HealthProbe('part', new HealthIndicatorService(), ask, () => now);
  return { probe, wait: (ms) => (now += ms) };
}

describe('a probe of a part', () => {
  it('says in our words what is wrong, never in those of a driver', async () => {
    const ours = open(() => Promise.reject(new AppError('storage_full', 'The disk is full.')));
    const drivers = open(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432')));

    expect(await ours.probe.check()).toEqual({ part: { status: 'down', reason: 'The disk is full.' } });
    expect(await drivers.probe.check()).toEqual({ part: { status: 'down', reason: 'It does not answer.' } });
  });

  it('logs when the part ceases to work, with what the driver says, and when it works again', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const err = new Error('connect ECONNREFUSED 10.0.0.7:5432');
    const answers = [null, err, err, null];
    const { probe, wait } = open(() => {
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve();
    });
    for (let time = 0; time < 4; time += 1) {
      await probe.check();
      wait(1000);
    }

    expect(warn.mock.calls).toEqual([
      ['A part that this process needs does not work', { part: 'part', reason: 'It does not answer.', err }],
    ]);
    expect(log.mock.calls).toEqual([['A part that this process needs works again', { part: 'part' }]]);
    jest.restoreAllMocks();
  });

  it('asks once for all who want to know at the same time, and again when the answer is a second old', async () => {
    let asked = 0;
    const { probe, wait } = open(() => {
      asked += 1;
      return Promise.resolve();
    });
    await Promise.all([probe.check(), probe.check()]);
    wait(999);
    await probe.check();
    expect(asked).toBe(1);
    wait(1);
    await probe.check();

    expect(asked).toBe(2);
  });

  it('answers although the part never does, and does not bury it under questions', async () => {
    let asked = 0;
    const { probe, wait } = open(() => {
      asked += 1;
      return new Promise(() => undefined);
    });
    const silent = { part: { status: 'down', reason: 'No answer in time.' } };

    expect(await probe.check()).toEqual(silent);
    wait(1000);
    expect(await probe.check()).toEqual(silent);
    expect(asked).toBe(1);
    wait(9000);
    expect(await probe.check()).toEqual(silent);
    expect(asked).toBe(2);
  });
});
