import path from 'node:path';
import { isJudgedByText, readManifest, readReference, type ManifestEntry } from '../audio-set/manifest.js';
import type { EngineResult } from '../engines/engine-process.js';
import { ENGINES, withEngines, type EngineName } from '../engines/engines.js';
import { markdownTable, percent } from '../markdown.js';
import { countErrors, errorRate } from '../measures/error-rate.js';
import { audioSetFolder } from '../settings.js';

const SPOKEN = new Set(['speech', 'speech-hard']);
const NAMES: readonly EngineName[] = ['own', 'batched', 'transformers'];

interface Trial {
  readonly entry: ManifestEntry;
  readonly language: string;
  readonly reference: string;
  readonly results: ReadonlyMap<EngineName, EngineResult>;
}

/** Error rate and language accuracy on everything that is spoken, by language. Nobody is told the language, but for transformers.js. */
export async function clips(): Promise<string> {
  const folder = audioSetFolder();
  const entries = (await readManifest(folder)).filter(
    ({ kind, language }) => SPOKEN.has(kind) && language !== null,
  );
  const trials = await withEngines(NAMES, async (engines) => {
    const done: Trial[] = [];
    for (const entry of entries) {
      const reference = await readReference(folder, entry);
      if (reference === null || entry.language === null) continue;
      const results = new Map<EngineName, EngineResult>();
      for (const [name, engine] of engines) {
        // It cannot detect a language, and would take all for English.
        const language = name === 'transformers' ? (entry.language.split('+')[0] ?? null) : null;
        if (name === 'transformers' && entry.path.startsWith('long-')) continue;
        results.set(name, await engine.transcribe({ file: path.join(folder, entry.path), language }));
      }
      process.stderr.write(`${entry.path}\n`);
      done.push({ entry, language: entry.language, reference, results });
    }
    return done;
  });
  return `### All that is spoken, by language\n\n${table(trials)}\n\n${worse(trials)}\n`;
}

function table(trials: readonly Trial[]): string {
  const languages = [...new Set(trials.map(({ language }) => language))].sort();
  const header = ['language', 'files', ...NAMES.map((name) => ENGINES[name]), 'language right', 'batched'];
  const row = (label: string, some: readonly Trial[]): string[] => [
    label,
    String(some.length),
    ...NAMES.map((name) => rateOf(some, name)),
    rightLanguages(some, 'own'),
    rightLanguages(some, 'batched'),
  ];
  return markdownTable(header, [
    ...languages.map((language) =>
      row(
        language,
        trials.filter((trial) => trial.language === language),
      ),
    ),
    row('all', trials),
  ]);
}

/** Empty for an engine that did not hear all of the files: it could not be compared. */
function rateOf(trials: readonly Trial[], name: EngineName): string {
  const complete = trials.every(({ results }) => results.has(name));
  return complete ? percent(errorRate(trials.flatMap((trial) => countOf(trial, name)))) : '';
}

/** Files on which we have more errors than the peer: the benchmark is there to find them. */
function worse(trials: readonly Trial[]): string {
  const rows = trials.flatMap((trial) => {
    const own = errorRate(countOf(trial, 'own'));
    const peer = errorRate(countOf(trial, 'batched'));
    return own === null || peer === null || own <= peer
      ? []
      : [[`\`${trial.entry.path}\``, percent(own), percent(peer)]];
  });
  if (rows.length === 0) return 'On no file are there more errors than with the peer.';
  return `More errors than the peer:\n\n${markdownTable(['file', 'ours', 'batched'], rows)}`;
}

/** Numbers may come as digits: only texts of both that are comparable count. */
function countOf(
  { entry, language, reference, results }: Trial,
  name: EngineName,
): ReturnType<typeof countErrors>[] {
  const judged = (['own', 'batched'] as const).every((other) =>
    isJudgedByText(entry, results.get(other)?.text ?? ''),
  );
  const result = results.get(name);
  return judged && result !== undefined ? [countErrors(reference, result.text, language)] : [];
}

function rightLanguages(trials: readonly Trial[], name: EngineName): string {
  const right = trials.filter(({ language, results }) =>
    language.split('+').includes(results.get(name)?.language ?? ''),
  );
  return `${right.length} of ${trials.length}`;
}
