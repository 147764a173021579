import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureHelm } from './kubernetes-programs.mjs';
import { giveUp, inRoot, SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';

const CHART = inRoot('deploy', 'helm', 'whisper-transcriber');
const RULES = ['deploy', 'observability', 'prometheus', 'rules', 'whisper.rules.yml'];
const HEAD =
  '# Rendered from deploy/helm by "npm run manifests". For those who use no Helm: docs/kubernetes.md.\n';

/** Writes the plain manifests and the chart's copy of the alert rules; into another folder only the manifests. */
async function main() {
  const helm = await ensureHelm();
  const target = path.resolve(inRoot(), process.argv[2] ?? path.join('deploy', 'kubernetes'));
  mkdirSync(target, { recursive: true });
  if (process.argv[2] === undefined)
    copyFileSync(inRoot(...RULES), path.join(CHART, 'files', 'whisper.rules.yml'));
  for (const name of ['single', 'scaled']) {
    const values = path.join(CHART, 'ci', `${name}.yaml`);
    const args = ['template', 'whisper', CHART, '--namespace', 'transcription', '--values', values];
    const { code, output } = await runTool(helm, args);
    if (code !== 0) throw new SetupError(output);
    writeFileSync(path.join(target, `${name}.yaml`), HEAD + withoutHelm(output));
  }
}

/** What only Helm reads would tell people wrong things. */
function withoutHelm(manifests) {
  return manifests
    .replace(
      /^ +(helm\.sh\/(chart|hook|hook-weight|hook-delete-policy|resource-policy)|app\.kubernetes\.io\/managed-by): .*\n/gm,
      '',
    )
    .replace(/^ +# An uninstalled release leaves its data\.\n/gm, '')
    .replace(/^# The job that migrates runs before .*\n/gm, '')
    .replace(/^ +annotations:\n(?=\S)/gm, '')
    .replace(/^ +annotations:\n(?=spec:)/gm, '');
}

main().catch(giveUp);
