import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EngineResult } from '../engines/engine-process.js';
import { ENGINES, withEngines, type EngineName } from '../engines/engines.js';
import { markdownTable, percent } from '../markdown.js';
import { countErrors, errorRate } from '../measures/error-rate.js';
import { median } from '../measures/median.js';
import { audioSetFolder, rounds } from '../settings.js';

const RECORDINGS = ['long-real.flac', 'long-synthetic.opus'];
const LANGUAGE = 'en';
/** So slow that one turn has to do. */
const ONCE: readonly EngineName[] = ['transformers'];

type Turn = ReadonlyMap<EngineName, EngineResult>;

/** Speed, error rate and memory on the long recordings. In each round every engine has a turn. */
export async function longRecordings(): Promise<string> {
  const folder = audioSetFolder();
  const names = Object.keys(ENGINES) as EngineName[];
  return withEngines(names, async (engines) => {
    const sections: string[] = [];
    for (const recording of RECORDINGS) {
      const file = path.join(folder, recording);
      const turns: Turn[] = [];
      for (let round = 0; round < rounds(); round++) {
        const turn = new Map<EngineName, EngineResult>();
        for (const [name, engine] of engines) {
          if (round > 0 && ONCE.includes(name)) continue;
          const result = await engine.transcribe({ file, language: LANGUAGE });
          turn.set(name, result);
          process.stderr.write(
            `${recording}, round ${round + 1}, ${ENGINES[name]}: wall ${result.wall_s.toFixed(1)} s, CPU ${result.cpu_s.toFixed(1)} s\n`,
          );
        }
        turns.push(turn);
      }
      const reference = await readFile(file.replace(/\.\w+$/, '.txt'), 'utf8');
      sections.push(`### \`${recording}\`\n\n${summary(names, turns, reference)}\n\n${pairs(turns)}\n`);
    }
    return sections.join('\n');
  });
}

function summary(names: readonly EngineName[], turns: readonly Turn[], reference: string): string {
  const header = ['engine', 'word error rate', 'wall', 'CPU', 'wall, × ours', 'CPU, × ours', 'peak memory'];
  const rows = names.flatMap((name) => {
    const results = turns.flatMap((turn) => turn.get(name) ?? []);
    const [first] = results;
    if (first === undefined) return [];
    const errors = errorRate([countErrors(reference, first.text, LANGUAGE)]);
    return [
      [
        ENGINES[name],
        percent(errors),
        seconds(median(results.map(({ wall_s }) => wall_s))),
        seconds(median(results.map(({ cpu_s }) => cpu_s))),
        ratio(turns, name, 'wall_s'),
        ratio(turns, name, 'cpu_s'),
        `${Math.max(...results.map(({ peak_rss_mib }) => peak_rss_mib)).toFixed(0)} MiB`,
      ],
    ];
  });
  return markdownTable(header, rows);
}

/** Each turn against ours of the same round. */
function pairs(turns: readonly Turn[]): string {
  const rows = turns.map((turn, round) => {
    const [own, peer] = [turn.get('own'), turn.get('batched')];
    if (own === undefined || peer === undefined) return [];
    return [
      String(round + 1),
      seconds(own.wall_s),
      seconds(peer.wall_s),
      (peer.wall_s / own.wall_s).toFixed(2),
      seconds(own.cpu_s),
      seconds(peer.cpu_s),
      (peer.cpu_s / own.cpu_s).toFixed(2),
    ];
  });
  return markdownTable(['round', 'wall', 'batched', 'ratio', 'CPU', 'batched', 'ratio'], rows);
}

function ratio(turns: readonly Turn[], name: EngineName, key: 'wall_s' | 'cpu_s'): string {
  const ratios = turns.flatMap((turn) => {
    const [own, other] = [turn.get('own'), turn.get(name)];
    return own === undefined || other === undefined ? [] : [other[key] / own[key]];
  });
  return median(ratios).toFixed(2);
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;
