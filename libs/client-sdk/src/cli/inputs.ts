import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './exit-codes.js';

/** Files of a folder that are taken for recordings; a file that is named is sent whatever it is called. */
const MEDIA =
  /\.(aac|aif|aiff|amr|avi|caf|flac|m4a|m4b|m4v|mka|mkv|mov|mp3|mp4|mpeg|mpg|oga|ogg|opus|wav|webm|wma|wmv)$/i;

export interface Input {
  /** As the user names it. */
  readonly name: string;
  /** Where its transcript goes below the folder of results, without the ending. */
  readonly target: string;
  readonly source: { readonly url: string } | { readonly file: string };
}

/** What the arguments stand for: addresses, files, and the recordings in folders. @throws UsageError */
export async function findInputs(args: readonly string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const arg of args) inputs.push(...(await inputsOf(arg)));
  return inputs;
}

/** Two recordings would write the same file. @throws UsageError */
export function refuseSameTargets(inputs: readonly Input[]): void {
  const names = new Map<string, string>();
  for (const { name, target } of inputs) {
    const other = names.get(target);
    if (other !== undefined) throw new UsageError(`${other} and ${name} would be written to the same file.`);
    names.set(target, name);
  }
}

export async function findRecordings(folder: string): Promise<Input[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => MEDIA.test(name))
    .toSorted()
    .map((name) => ({
      name: path.join(folder, name),
      target: withoutEnding(name),
      source: { file: path.join(folder, name) },
    }));
}

/** A file that is read as it is sent. */
export async function openInput(file: string): Promise<File> {
  return new File([await openAsBlob(file)], path.basename(file));
}

async function inputsOf(arg: string): Promise<Input[]> {
  if (/^https?:\/\//i.test(arg)) {
    if (!URL.canParse(arg)) throw new UsageError(`${arg} is no address.`);
    const last = withoutEnding(path.posix.basename(new URL(arg).pathname));
    return [{ name: arg, target: last === '' ? 'recording' : last, source: { url: arg } }];
  }
  const found = await stat(arg).catch(() => null);
  if (found === null) throw new UsageError(`There is no ${arg}.`);
  if (found.isDirectory()) return findRecordings(arg);
  return [{ name: arg, target: withoutEnding(path.basename(arg)), source: { file: arg } }];
}

function withoutEnding(name: string): string {
  return name.slice(0, name.length - path.extname(name).length);
}
