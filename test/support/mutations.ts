import { readFileSync } from 'node:fs';
import path from 'node:path';

const SEED = 20_261_128;
/** Headers and tables, where damage does most, lie at the ends. */
const END_BYTES = 2048;

/** Damaged copies of files, the same ones in every run. */
export function* mutationsOf(
  files: readonly string[],
  times: number,
): Generator<[what: string, content: Buffer]> {
  const random = numbersFrom(SEED);
  for (const file of files) {
    const whole = readFileSync(file);
    for (let time = 0; time < times; time += 1) {
      yield [`${path.basename(file)} ${time}`, mutate(whole, random)];
    }
  }
}

type Random = (below: number) => number;

function mutate(whole: Buffer, random: Random): Buffer {
  let content: Buffer = Buffer.from(whole);
  for (let changes = 1 + random(8); changes > 0; changes -= 1) content = change(content, random);
  return content;
}

function change(content: Buffer, random: Random): Buffer {
  const at = placeIn(content.length, random);
  const length = Math.min(1 + random(64), content.length - at);
  switch (random(5)) {
    case 0:
      return content.fill(0xff, at, at + length);
    case 1:
      return content.fill(0, at, at + Math.min(length, 4));
    case 2:
      return Buffer.concat([content.subarray(0, at), content.subarray(at + length)]);
    case 3:
      return Buffer.concat([content.subarray(0, at + length), content.subarray(at)]);
    default:
      content.writeUInt8(random(256), at);
      return content;
  }
}

function placeIn(length: number, random: Random): number {
  const near = random(Math.min(END_BYTES, length));
  switch (random(3)) {
    case 0:
      return near;
    case 1:
      return length - 1 - near;
    default:
      return random(length);
  }
}

/** Park and Miller's generator: enough to choose places, and the same everywhere. */
function numbersFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
