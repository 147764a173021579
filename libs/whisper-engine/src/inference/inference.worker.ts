import { parentPort, workerData } from 'node:worker_threads';
import type { StopFlag } from '../errors.js';
import { openModel } from '../model/open-model.js';
import { WindowTranscriber, type StartedWindows } from '../window-transcriber.js';
import type { InferenceReply, InferenceRequest, WorkerData } from './inference.protocol.js';
import { OPENING, failure, type WorkerFailure } from './worker-thread.js';

/** A thread that holds the sessions of a model: their runs block the thread that they are called on. */
if (parentPort === null) throw new Error('this is the program of a worker thread');
const port = parentPort;
const { modelDir, threads, precision, cancelled } = workerData as WorkerData;
const lastCancelled = new Int32Array(cancelled);

/** Messages do not arrive while the thread computes, shared memory is seen. */
const stopFlag = (id: number): StopFlag => ({
  get aborted() {
    return Atomics.load(lastCancelled, 0) >= id;
  },
});

try {
  const model = await openModel(modelDir, threads, precision);
  const transcriber = new WindowTranscriber(model);
  const { clock } = transcriber;
  let started: StartedWindows | undefined;

  const answer = async (request: InferenceRequest): Promise<InferenceReply> => {
    const { id } = request;
    switch (request.type) {
      case 'encode':
        started = await transcriber.start(request.windows, stopFlag(id));
        return { id, type: 'encoded', votes: transcriber.languageVotes(started), stages: clock.take() };
      case 'decode': {
        if (started === undefined) throw new TypeError('nothing was encoded');
        const { languages, options } = request;
        const batch = started;
        const texts = await clock.measure('decode', () =>
          transcriber.finish(batch, languages, options, stopFlag(id)),
        );
        return { id, type: 'decoded', texts, stages: clock.take() };
      }
      case 'release':
        await model.graphs.release();
        return { id, type: 'released' };
    }
  };

  port.on('message', (request: InferenceRequest) => {
    void answer(request)
      .catch((error: unknown): WorkerFailure => failure(request.id, error))
      .then((reply) => {
        port.postMessage(reply);
        if (reply.type === 'released') port.close();
      });
  });
  const { alignmentHeads } = model.graphs;
  port.postMessage({ id: OPENING, type: 'opened', alignmentHeads } satisfies InferenceReply);
} catch (error) {
  port.postMessage(failure(OPENING, error));
}
