import type { Checkpoint } from '../../../platform/config/model-names.js';

/**
 * Where the hub keeps each checkpoint as ONNX. Repositories that end in `_timestamped` have the cross attentions among the outputs, which
 * exact word times need; the others give times of segments only.
 *
 * How certain this is: the nine `_timestamped` ones are those that the browser packages of Remotion and transformers.js list with their
 * sizes; `large-v3-ONNX` is named by many projects, and no `_timestamped` form of it is known; `large-v2-ONNX` rests on one project. None
 * was looked up on the hub itself when this was written. A repository that is not there ends a pull with `hub_file_missing` or
 * `hub_refused`, never with another model.
 */
export const HUB_REPOSITORIES: Readonly<Record<Checkpoint, string>> = {
  'tiny.en': 'onnx-community/whisper-tiny.en_timestamped',
  tiny: 'onnx-community/whisper-tiny_timestamped',
  'base.en': 'onnx-community/whisper-base.en_timestamped',
  base: 'onnx-community/whisper-base_timestamped',
  'small.en': 'onnx-community/whisper-small.en_timestamped',
  small: 'onnx-community/whisper-small_timestamped',
  'medium.en': 'onnx-community/whisper-medium.en_timestamped',
  medium: 'onnx-community/whisper-medium_timestamped',
  'large-v2': 'onnx-community/whisper-large-v2-ONNX',
  'large-v3': 'onnx-community/whisper-large-v3-ONNX',
  'large-v3-turbo': 'onnx-community/whisper-large-v3-turbo_timestamped',
};
