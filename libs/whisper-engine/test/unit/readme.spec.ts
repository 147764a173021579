import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(PACKAGE, file), 'utf8');

function membersOf(name: string): string[] {
  const sources = ['options', 'transcript'].map((file) => read(`src/${file}.ts`)).join('\n');
  const body = new RegExp(`export interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(sources)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+)\??:/gm)].flatMap(([, member]) => member ?? []);
}

const errorCodes = (): string[] =>
  [...read('src/errors.ts').matchAll(/^ {2}\| '(\w+)'/gm)].flatMap(([, code]) => code ?? []);

describe('the README', () => {
  it.each([
    'EngineOptions',
    'TranscribeOptions',
    'VadOptions',
    'TranscriptChunk',
    'TranscriptSummary',
    'Segment',
    'Word',
  ])('names every member of %s', (name) => {
    const members = membersOf(name);
    expect(members.length).toBeGreaterThan(2);
    const missing = members.filter((member) => !read('README.md').includes(`\`${member}\``));
    expect(missing).toEqual([]);
  });

  it('names every error code', () => {
    const codes = errorCodes();
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !read('README.md').includes(`\`${code}\``))).toEqual([]);
  });
});
