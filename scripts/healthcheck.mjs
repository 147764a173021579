/** Asks this machine for paths at a port: healthcheck.mjs PORT PATH... What is not the page has to say in JSON that it is well. */

const LIMIT_MS = 8000;

const [port, ...paths] = process.argv.slice(2);

async function faultOf(path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(LIMIT_MS) });
  const text = await response.text();
  if (!response.ok) return `answers ${response.status}`;
  if (path === '/') return null;
  const { status } = JSON.parse(text);
  return status === 'ok' ? null : 'does not say that it is well';
}

for (const path of paths) {
  // Neither the answer nor a reason that could name a host is told: what a healthcheck prints is kept by the container engine.
  const fault = await faultOf(path).catch((error) =>
    error instanceof SyntaxError ? 'is no JSON' : 'does not answer',
  );
  if (fault !== null) {
    process.stdout.write(`${path} ${fault}\n`);
    process.exit(1);
  }
}
process.stdout.write('well\n');
