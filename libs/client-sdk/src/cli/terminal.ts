import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** For people and programs: results to stdout, all else to stderr. */
export class Terminal {
  constructor(readonly isJson: boolean) {}

  /** Resolves when it is written. @throws what the system says where it cannot be */
  print(text: string): Promise<void> {
    const lines = text.endsWith('\n') ? text : `${text}\n`;
    return new Promise((resolve, reject) => {
      process.stdout.write(lines, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  printJson(value: unknown): Promise<void> {
    return this.print(JSON.stringify(value));
  }

  tell(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Columns as wide as their widest cell. */
  printTable(rows: readonly (readonly string[])[]): Promise<void> {
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.map((row) => printable(row[column] ?? '').length)),
    );
    const lineOf = (row: readonly string[]): string =>
      row.map((cell, column) => printable(cell).padEnd(widths[column] ?? 0)).join('  ');
    return this.print(rows.map((row) => lineOf(row).trimEnd()).join('\n'));
  }

  /** The next line of the user, or of what is piped in. */
  async ask(question: string, { isSecret = false } = {}): Promise<string> {
    const isTty = process.stdin.isTTY;
    if (isTty) process.stderr.write(question);
    const silent = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    const lines = createInterface({
      input: process.stdin,
      output: isSecret ? silent : process.stderr,
      terminal: isTty,
    });
    // A terminal in raw mode sends no signal.
    lines.once('SIGINT', () => {
      process.emit('SIGINT');
      lines.close();
    });
    try {
      for await (const line of lines) return line.trim();
      return '';
    } finally {
      lines.close();
      if (isTty && isSecret) process.stderr.write('\n');
    }
  }
}

/** Names of files may hold what moves the cursor or changes the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}
