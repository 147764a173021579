import { readFileSync } from 'node:fs';

/** What an image was built from. Null where nobody said it: outside of an image, or in one that was built without. */
export interface BuildInfo {
  readonly version: string | null;
  readonly sha: string | null;
  readonly date: string | null;
}

/** Lines of NAME=VALUE, as docker/Dockerfile writes them. Without the file nothing is known, which is no fault. */
export function readBuildInfo(file: string): BuildInfo {
  const values = new Map(linesOf(file).map((line) => splitOnce(line)));
  const valueOf = (name: string): string | null => {
    const value = values.get(name)?.trim();
    return value === undefined || value === '' ? null : value;
  };
  return {
    version: valueOf('BUILD_VERSION'),
    sha: valueOf('BUILD_SHA'),
    date: valueOf('BUILD_DATE'),
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function splitOnce(line: string): [string, string] {
  const end = line.indexOf('=');
  return end === -1 ? [line, ''] : [line.slice(0, end), line.slice(end + 1)];
}
