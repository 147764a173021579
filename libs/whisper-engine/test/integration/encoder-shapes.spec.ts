import { describe, expect, it } from '@jest/globals';
import type { InferenceSession } from 'onnxruntime-node';
import { join } from 'node:path';
import { logMel } from '../../src/audio/log-mel.js';
import { ENCODER_SHAPES, FAST_GRAPHS } from '../../src/model/model-folder.js';
import { openSession, openShapedSession } from '../../src/model/onnx-session.js';
import { MODEL_DIR, sample } from './engine.fixture.js';

const ENCODER = join(MODEL_DIR, FAST_GRAPHS.encoder);

const expectModelInvalid = (opened: Promise<InferenceSession>): Promise<void> =>
  expect(opened).rejects.toMatchObject({ code: 'model_invalid' });

describe('an encoder with its shapes beside it', () => {
  it('hears the same as without them', async () => {
    const mel = await logMel(await openSession(join(MODEL_DIR, FAST_GRAPHS.logMel), 1), sample());
    const without = await openSession(ENCODER, 1);
    const shaped = await openShapedSession(ENCODER, join(MODEL_DIR, ENCODER_SHAPES), 1);
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
    expectModelInvalid(openShapedSession(ENCODER, join(MODEL_DIR, FAST_GRAPHS.logMel), 1)));

  it('is refused where they are not there', () =>
    expectModelInvalid(openShapedSession(ENCODER, join(MODEL_DIR, 'onnx/none.shapes'), 1)));
});

function bytesOf(data: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
