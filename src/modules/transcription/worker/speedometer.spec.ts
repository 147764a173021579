import { describe, expect, it } from '@jest/globals';
import { Speedometer } from './speedometer.js';

describe('the speed of a job', () => {
  function openAt(from: number): { meter: Speedometer; wait: (seconds: number) => void } {
    let now = 100;
    const meter = new Speedometer(from, () => now);
    return { meter, wait: (seconds) => (now += seconds) };
  }

  it('is unknown until something is done', () => {
    const { meter, wait } = openAt(60);
    wait(5);

    expect(meter.read()).toBeNull();
  });

  it('is what was done since the work was taken up, by the time until it was done', () => {
    const { meter, wait } = openAt(60);
    wait(5);
    meter.advance(110);
    wait(3);

    expect(meter.read()).toBe(10);
  });

  it('is unknown again when nothing was done for much longer than before, until something is', () => {
    const { meter, wait } = openAt(0);
    wait(20);
    meter.advance(200);
    wait(39);
    expect(meter.read()).toBe(10);
    wait(2);
    expect(meter.read()).toBeNull();
    wait(19);
    meter.advance(400);

    expect(meter.read()).toBe(5);
  });
});
