/** Entry of the probe's child process: one request in, one answer out, then it leaves. */
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

process.once('message', (message) => {
  process.send?.(answer(message), () => {
    process.disconnect();
  });
});
process.once('disconnect', () => {
  process.exit(0);
});
