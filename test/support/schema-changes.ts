const BREAKING: readonly (readonly [RegExp, string])[] = [
  [/^drop (table|view|function|type|schema)\b/, 'takes away what the version before may use'],
  [/^rename\b/, 'gives another name to what the version before uses'],
  [/^drop (column\b|constraint\b)/, 'takes away what the version before may use'],
  [/^alter (column )?\S+ (set data )?type\b/, 'changes a type'],
  [/^alter (column )?\S+ set not null\b/, 'wants a value that the version before may leave out'],
  [/^alter (column )?\S+ drop default\b/, 'takes away a value that the version before may leave out'],
];

/** What of a migration's statements the version before could not live with. */
export function findContractingChanges(statements: readonly string[]): string[] {
  return statements.flatMap((statement) => clausesOf(statement).flatMap(faultsOf));
}

function faultsOf(clause: string): string[] {
  const faults = BREAKING.filter(([pattern]) => pattern.test(clause)).map(([, fault]) => fault);
  if (wantsNewValue(clause)) faults.push('adds a column that the version before does not fill');
  return faults.map((fault) => `${clause}: ${fault}`);
}

function wantsNewValue(clause: string): boolean {
  return /^add (?!constraint|check|unique|primary|foreign|exclude)/.test(clause)
    ? /\b(not null|primary key)\b/.test(clause) && !/\b(default|generated)\b/.test(clause)
    : false;
}

/** The parts of ALTER TABLE each by itself; every other statement whole. */
function clausesOf(statement: string): string[] {
  const sql = statement.toLowerCase().replaceAll(/\s+/g, ' ').trim();
  const table = /^alter table (if exists )?(only )?\S+ /.exec(sql);
  return table === null ? [sql] : splitOutsideBrackets(sql.slice(table[0].length));
}

function splitOutsideBrackets(list: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const sign of list) {
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else {
      part += sign;
    }
  }
  return [...parts, part.trim()];
}
