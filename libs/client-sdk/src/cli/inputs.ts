import { openAsBlob } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { UsageError } from './exit-codes.js';

/** Files of a folder that are taken for recordings; a file that is named is sent whatever it is called. */
const MEDIA =
  /\.(aac|aif|aiff|amr|avi|caf|flac|m4a|m4b|m4v|mka|mkv|mov|mp3|mp4|mpeg|mpg|oga|ogg|opus|wav|webm|wma|wmv)$/i;

/** The argument that stands for what is piped in. */
const STDIN = '-';

/** What programs put beside recordings for themselves. */
const HIDDEN = /(^|[\\/])\./;

export interface Input {
  /** As the user names it. */
  readonly name: string;
  /** Where its transcript goes below the folder of results, without the ending of the format. */
  readonly target: string;
  /** Of the recording, with its dot. */
  readonly ending: string;
  readonly source: { readonly url: string } | { readonly file: string };
}

/** What the arguments stand for: addresses, files, and the recordings in folders, each once. @throws UsageError */
export async function findInputs(args: readonly string[]): Promise<Input[]> {
  const inputs = new Map<string, Input>();
  for (const arg of args)
    for (const input of await inputsOf(arg)) {
      const place = 'url' in input.source ? input.source.url : path.resolve(input.source.file);
      if (!inputs.has(place)) inputs.set(place, input);
    }
  return withOwnTargets([...inputs.values()]);
}

/** Recordings of the same name keep their endings; those that are the same even so are numbered. */
function withOwnTargets(inputs: readonly Input[]): Input[] {
  const taken = new Set<string>();
  return inputs.map((input) => {
    const isAlone = inputs.every((other) => other === input || !isSameFile(other.target, input.target));
    const wanted = isAlone ? input.target : input.target + input.ending;
    let target = wanted;
    for (let n = 2; taken.has(target.toLowerCase()); n += 1) target = `${wanted}-${n}`;
    taken.add(target.toLowerCase());
    return { ...input, target };
  });
}

/** Some disks know no capitals. */
function isSameFile(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export async function findRecordings(folder: string): Promise<Input[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => MEDIA.test(name) && !HIDDEN.test(name))
    .toSorted()
    .map((name) => ({
      name: path.join(folder, name),
      target: withoutEnding(name),
      ending: path.extname(name),
      source: { file: path.join(folder, name) },
    }));
}

/** A file that is read as it is sent; what is piped in has to be read before. */
export async function openInput(file: string): Promise<File> {
  if (file === STDIN)
    return new File([await new Response(Readable.toWeb(process.stdin) as ReadableStream).blob()], 'stdin');
  return new File([await openAsBlob(file)], path.basename(file));
}

async function inputsOf(arg: string): Promise<Input[]> {
  if (/^https?:\/\//i.test(arg)) {
    if (!URL.canParse(arg)) throw new UsageError(`${arg} is no address.`);
    const last = path.posix.basename(new URL(arg).pathname);
    const target = last === '' ? 'recording' : withoutEnding(last);
    return [{ name: arg, target, ending: path.extname(last), source: { url: arg } }];
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(arg))
    throw new UsageError(`${arg} cannot be fetched: addresses begin with http:// or https://.`);
  if (arg === STDIN) return [{ name: 'stdin', target: 'stdin', ending: '', source: { file: STDIN } }];
  const found = await stat(arg).catch(() => null);
  if (found === null) throw new UsageError(`There is no ${arg}.`);
  if (found.isDirectory()) return someOf(arg, await findRecordings(arg));
  const name = path.basename(arg);
  return [{ name: arg, target: withoutEnding(name), ending: path.extname(name), source: { file: arg } }];
}

/** A folder that is the wrong one would look as if all were done. */
function someOf(folder: string, recordings: Input[]): Input[] {
  if (recordings.length === 0) throw new UsageError(`There are no recordings in ${folder}.`);
  return recordings;
}

/** Fit for a name of another file: some of those that a name may have break lists of names. */
function withoutEnding(name: string): string {
  return name.slice(0, name.length - path.extname(name).length).replace(/\p{Cc}/gu, '_');
}
