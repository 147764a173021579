import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inRoot } from './project.mjs';

// The tests write into one folder what every service and command of theirs prints (NAME.log), what must be in no line of it
// (NAME.kept, a JSON object a line), and at the end of the run the two are held against each other.

/** Where the known texts of the recordings lie. */
const TEXTS = ['clips', 'hard'].map((name) => inRoot('test', 'fixtures', 'audio', name));
/** Shorter ones are words that a log may hold for its own reasons; secrets of the service are longer. */
const SHORTEST_CREDENTIAL = 12;
/** As many words of a transcript one after the other are no accident. */
const WORDS_IN_A_ROW = 4;
const SHOWN_CHARACTERS = 240;

/** What looks like a secret, whoever made it. */
const PATTERNS = {
  'an API key': /\bwt_[\w-]{43}/,
  'a refresh token': /\bwr_[\w-]{43}/,
  'an access token': /\beyJ[\w-]{6,}\.eyJ[\w-]{6,}/,
  'the hash of a password': /\$argon2\w*\$/,
  'a bearer token': /\bBearer +[\w.~+/-]{8,}/i,
  'the password of an address': /\b[a-z][a-z\d+.-]*:\/\/[^\s:@/"]*:[^\s@/"]+@/i,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY/,
  'a field for a secret':
    /["']?[\w-]*(?:password|secret|_token|-token|authorization|cookie|api[-_]?key)["']?\s*:\s*["'][^"']/i,
};

/** The welcome to whoever starts the service at a terminal is the one place where a secret is shown. */
const SHOWN_PASSWORD = /password for one sign-in: (\S+)/g;

/** @returns {string} a new folder, for TEST_LOGS in the environment of the tests */
export function openLogFolder() {
  return mkdtempSync(path.join(tmpdir(), 'whisper-test-logs-'));
}

export function removeLogFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * What of the collected lines should not be there, a line each.
 *
 * @returns {{ collected: boolean, faults: string[] }} collected: whether there were services, credentials and texts to look for at all
 */
export function checkLogs(folder) {
  const kept = readKept(folder);
  const credentials = new Set(
    kept.flatMap(({ credential }) => (credential === undefined ? [] : spellings(credential))),
  );
  const texts = kept.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const logs = readLogs(folder, credentials);
  const collected = [
    logs.some(({ lines }) => lines.some((line) => line.includes('Service ready'))),
    credentials.size > 0,
    texts.length > 0,
  ].every(Boolean);
  const findCredential = finderOf(credentials);
  const rows = new Set([...texts, ...TEXTS.flatMap(readTexts)].flatMap(rowsOf));
  const whatIsIn = (line) =>
    Object.keys(PATTERNS).find((name) => PATTERNS[name].test(line)) ||
    (findCredential(line) ? 'a credential of the tests' : undefined) ||
    (rowsOf(line).some((row) => rows.has(row)) ? 'words of a transcript' : undefined);
  const faults = logs.flatMap(({ name, lines }) =>
    lines.flatMap((line) => {
      const what = whatIsIn(line);
      return what === undefined ? [] : [`${name} holds ${what}: ${line.slice(0, SHOWN_CHARACTERS)}`];
    }),
  );
  return { collected, faults };
}

function readKept(folder) {
  return filesIn(folder, '.kept').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
}

/** Takes shown passwords out, and adds them to the credentials: in any other line they are a fault. */
function readLogs(folder, credentials) {
  return filesIn(folder, '.log').map((file) => {
    const text = readFileSync(file, 'utf8').replace(SHOWN_PASSWORD, (_shown, password) => {
      credentials.add(password);
      return '';
    });
    return { name: path.basename(file), lines: text.split('\n').filter(Boolean) };
  });
}

function readTexts(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return readTexts(file);
    return entry.name.endsWith('.txt') ? [readFileSync(file, 'utf8')] : [];
  });
}

function filesIn(folder, ending) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));
}

/** As it is, and as JSON and addresses spell it. */
function spellings(credential) {
  if (credential.length < SHORTEST_CREDENTIAL) return [];
  return [credential, JSON.stringify(credential).slice(1, -1), encodeURIComponent(credential)];
}

/** Looks for thousands of values in megabytes: by their first characters, not one after the other. */
function finderOf(values) {
  const byStart = new Map();
  for (const value of values) {
    const start = value.slice(0, SHORTEST_CREDENTIAL);
    byStart.set(start, [...(byStart.get(start) || []), value]);
  }
  return (line) => {
    for (let i = 0; i + SHORTEST_CREDENTIAL <= line.length; i += 1) {
      const candidates = byStart.get(line.slice(i, i + SHORTEST_CREDENTIAL));
      if (candidates !== undefined && candidates.some((value) => line.startsWith(value, i))) return true;
    }
    return false;
  };
}

/** Every few words in a row. In scripts without spaces each character is one. */
function rowsOf(text) {
  const words = text.toLowerCase().match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{N}']+/gu) || [];
  return words
    .slice(0, Math.max(0, words.length - WORDS_IN_A_ROW + 1))
    .map((_word, i) => words.slice(i, i + WORDS_IN_A_ROW).join(' '));
}
