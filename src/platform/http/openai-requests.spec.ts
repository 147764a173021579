import { describe, expect, it } from '@jest/globals';
import { openAiUrlOf } from './openai-requests.js';

describe('openAiUrlOf', () => {
  it.each([
    ['/v1/audio/transcriptions', '/v1/audio/transcriptions'],
    ['/v1//audio/transcriptions/', '/v1/audio/transcriptions'],
    ['//v1/models/?limit=3', '/v1/models?limit=3'],
    ['/v1/models/onnx-community%2Fwhisper-base', '/v1/models/onnx-community%2Fwhisper-base'],
    ['/audio/translations', '/v1/audio/translations'],
    ['/v1', '/v1'],
    ['/', null],
    ['/models', null],
    ['/v10/audio', null],
    ['/audio', null],
  ])('takes %s for %s', (url, meant) => {
    expect(openAiUrlOf(url)).toBe(meant);
  });
});
