import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** A table in the form that Prettier leaves as it is. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function percent(rate: number | null): string {
  return rate === null ? '' : `${(rate * 100).toFixed(1)} %`;
}

/** On what machine the figures came about. Of its instructions those that int8 arithmetic lives on: they decide most. */
export function machine(): string {
  const list = cpus();
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const known = flags.filter((flag) => ['avx2', 'avx_vnni', 'avx512_vnni', 'amx_int8'].includes(flag));
  const name = list[0]?.model.trim() ?? 'unknown processor';
  return `${name} (${known.join(', ') || 'plain'}), ${list.length} processors, Node ${process.version}`;
}
