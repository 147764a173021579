// `node --import ./test/support/exhaust-memory.mjs engine.child` has no memory for what its workers compute, as the runtime says it.
import { isMainThread } from 'node:worker_threads';
import { InferenceSession } from 'onnxruntime-node';

if (!isMainThread) {
  const { create } = InferenceSession;
  InferenceSession.create = async (...args) => {
    const session = await create.apply(InferenceSession, args);
    session.run = () =>
      Promise.reject(new Error('Failed to allocate memory for requested buffer of size 98304000'));
    return session;
  };
}
