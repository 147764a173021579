/** Entry of the probe's child process: requests come one after the other, each gets one answer; it leaves with its parent. */
import { inspectMedia } from './media-inspection.js';
import { type ProbeAnswer, isProbeRequest } from './media-probe.protocol.js';
import { toRefusal } from './refusal.js';

function answer(message: unknown): ProbeAnswer {
  if (!isProbeRequest(message)) return toRefusal(new Error('unexpected message'));
  try {
    return { kind: 'info', info: inspectMedia(message.path, message.maxDurationSeconds) };
  } catch (error) {
    return toRefusal(error);
  }
}

process.on('message', (message) => {
  process.send?.(answer(message));
});
process.once('disconnect', () => {
  process.exit(0);
});
