import { parentPort, workerData } from 'node:worker_threads';
import type { StopFlag } from '../errors.js';
import { OPENING, failure, type WorkerFailure } from '../inference/worker-thread.js';
import { conclude } from './conclude.js';
import { packPieces, unpackPieces } from './diarization-checkpoint.js';
import { DiarizerGraphs } from './diarizer-graphs.js';
import type { DiarizerReply, DiarizerRequest, DiarizerWorkerData } from './diarizer.protocol.js';
import { embedVoice, listen } from './listen.js';

/** A thread that holds the graphs that tell speakers apart: their runs block the thread that they are called on. */
if (parentPort === null) throw new Error('this is the program of a worker thread');
const port = parentPort;
const { modelDir, vadPath, cancelled } = workerData as DiarizerWorkerData;
const lastCancelled = new Int32Array(cancelled);

/** Messages do not arrive while the thread computes, shared memory is seen. */
const stopFlag = (id: number): StopFlag => ({
  get aborted() {
    return Atomics.load(lastCancelled, 0) >= id;
  },
});

try {
  const graphs = await DiarizerGraphs.open(modelDir, vadPath);

  const answer = async (request: DiarizerRequest): Promise<DiarizerReply> => {
    const { id } = request;
    switch (request.type) {
      case 'listen': {
        const pieces = await listen(graphs, request.block, request.samples, stopFlag(id));
        return { id, type: 'heard', pieces: packPieces(pieces) };
      }
      case 'embed':
        return { id, type: 'embedded', embedding: await embedVoice(graphs, request.samples, stopFlag(id)) };
      case 'conclude': {
        const blocks = request.blocks.map(unpackPieces);
        return { id, type: 'concluded', diarization: conclude(blocks, request.samples, request.limits) };
      }
      case 'release':
        await graphs.release();
        return { id, type: 'released' };
    }
  };

  port.on('message', (request: DiarizerRequest) => {
    void answer(request)
      .catch((error: unknown): WorkerFailure => failure(request.id, error))
      .then((reply) => {
        port.postMessage(reply);
        if (reply.type === 'released') port.close();
      });
  });
  port.postMessage({ id: OPENING, type: 'opened' } satisfies DiarizerReply);
} catch (error) {
  port.postMessage(failure(OPENING, error));
}
