// `node --import ./test/support/lose-engine-workers.mjs engine.child` loses its workers as soon as there is a recording to work on, and is
// told in the same moment that nobody wants the text any more. No parent could be that exact.
const workers = [];
process.on('worker', (worker) => workers.push(worker));
process.on('message', async ({ type }) => {
  if (type !== 'transcribe') return;
  await Promise.all(workers.map((worker) => worker.terminate()));
  process.emit('message', { type: 'cancel' });
});
