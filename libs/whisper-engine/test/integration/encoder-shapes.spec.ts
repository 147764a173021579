import { describe, expect, it } from '@jest/globals';
import type { InferenceSession } from 'onnxruntime-node';
import { join } from 'node:path';
import { logMel } from '../../src/audio/log-mel.js';
import { ENCODER_SHAPES, FAST_GRAPHS } from '../../src/model/model-folder.js';
import { openSession } from '../../src/model/onnx-session.js';
import { MODEL_DIR, sample } from './engine.fixture.js';

const ENCODER = join(MODEL_DIR, FAST_GRAPHS.encoder);

const openShaped = (shapes: string): Promise<InferenceSession> =>
  openSession(ENCODER, 1, {}, join(MODEL_DIR, shapes));

const expectModelInvalid = (opened: Promise<InferenceSession>): Promise<void> =>
  expect(opened).rejects.toMatchObject({ code: 'model_invalid' });

describe('an encoder with its shapes beside it', () => {
  it('hears the same as without them', async () => {
    const mel = await logMel(await openSession(join(MODEL_DIR, FAST_GRAPHS.logMel), 1), sample());
    const without = await openSession(ENCODER, 1);
    const shaped = await openShaped(ENCODER_SHAPES);
    const expected = await without.run({ mel });
    const heard = await shaped.run({ mel });

    expect(Object.keys(heard)).toEqual(Object.keys(expected));
    const differing = Object.entries(expected).filter(
      ([name, { data }]) => !Buffer.from(bytesOf(data)).equals(bytesOf(heard[name]?.data)),
    );
    expect(differing).toEqual([]);
    await Promise.all([without.release(), shaped.release()]);
  });

  it('is refused where the shapes are those of something else', () =>
    expectModelInvalid(openShaped(FAST_GRAPHS.logMel)));

  it('is refused where they are not there', () => expectModelInvalid(openShaped('onnx/none.shapes')));
});

function bytesOf(data: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
