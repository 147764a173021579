/** What a secret has to be like, by how fast and for how long somebody may try to guess it. */
export interface SecretKind {
  readonly minLength: number;
  /** Different ones. Of random digits in hex a short password has few. */
  readonly fewestCharacters: number;
}

/** Whoever has one thing made with it can guess offline. */
export const KEY: SecretKind = { minLength: 64, fewestCharacters: 8 };
/** Something slow stands before it: a hash that takes its time, or the handshake of a database. */
export const PASSWORD: SecretKind = { minLength: 12, fewestCharacters: 5 };
/** Compared at once: what guards it can be asked thousands of times a second. */
export const FAST_PASSWORD: SecretKind = { minLength: 16, fewestCharacters: 5 };

const BETWEEN_WORDS = String.raw`[\W_\d]*`;

/** What nobody writes into a secret that is meant: it gives a value away wherever it stands as a word of its own. */
const TELLTALE_WORDS = ['placeholder', 'example', 'password', 'secret', 'default', 'insecure'];
const TELLTALE_PHRASE = '(?:change|replace)[-_ ]?(?:me|this|it)';

/**
 * What samples and default passwords are made of: a value of such words alone is one, with whatever digits between them. No word is made
 * of others, so that there is one way to read a value.
 */
const STOCK_WORDS = [
  ...TELLTALE_WORDS,
  ...[
    'and',
    'any',
    'bit',
    'bits',
    'characters',
    'from',
    'here',
    'is',
    'it',
    'long',
    'me',
    'my',
    'not',
    'of',
    'random',
    'set',
    'some',
  ],
  ...['string', 'super', 'the', 'this', 'to', 'use', 'value', 'very', 'with', 'your', 'change', 'enter'],
  ...['fixme', 'insert', 'please', 'replace', 'required', 'todo', 'dummy', 'fake', 'sample', 'temp', 'unset'],
  ...['admin', 'administrator', 'bootstrap', 'guest', 'operator', 'root', 'user', 'username'],
  ...['api', 'auth', 'credential', 'credentials', 'jwt', 'key', 'pass', 'passphrase', 'passwd', 'pw', 'pwd'],
  ...[
    'session',
    'signing',
    'token',
    'access',
    'foobared',
    'iloveyou',
    'letmein',
    'monkey',
    'dragon',
    'sunshine',
    'princess',
    'football',
    'qwerty',
    'welcome',
  ],
  ...['app', 'database', 'metrics', 'pg', 'postgres', 'postgresql', 'redis', 'server', 'service'],
  ...['transcriber', 'whisper', 'dev', 'development', 'local', 'localhost', 'prod', 'production', 'test'],
];

/** Long enough that half of a random secret is not made of them by accident. The longest first, as one may begin with another. */
const SAMPLE_WORDS = STOCK_WORDS.filter((word) => word.length >= 4).toSorted((a, b) => b.length - a.length);
const SAMPLE_WORD = new RegExp([TELLTALE_PHRASE, ...SAMPLE_WORDS].join('|'), 'gi');

interface PlaceholderRule {
  readonly matches: RegExp;
  readonly examples: readonly string[];
}

/**
 * What people leave in files that they copy. No rule may meet a random key by accident: each is about the whole value, or about a word
 * of six letters or more that stands by itself.
 */
export const PLACEHOLDER_RULES: readonly PlaceholderRule[] = [
  {
    matches: new RegExp(`(?<![a-z0-9])(?:${[TELLTALE_PHRASE, ...TELLTALE_WORDS].join('|')})(?![a-z])`, 'i'),
    examples: ['Change-Me-Please', 'change_this_before_the_start', 'super-secret-of-ours', 'changeme123'],
  },
  {
    matches: new RegExp(`^${BETWEEN_WORDS}(?:(?:${STOCK_WORDS.join('|')})${BETWEEN_WORDS})+$`, 'i'),
    examples: [
      'changeme',
      'localtest',
      'sample',
      'local-redis-password',
      'YOUR_256_BIT_KEY_HERE',
      'admin1234567',
    ],
  },
  // A variable that nobody put its value in for, or a gap in a form. Random characters are no names, and have no blanks between them.
  {
    matches:
      /^\$[A-Z_]+$|^\$\{[A-Za-z_]\w*(?::?[-?+=](?:[\w.-]*|.* .*))?\}$|^\$\((?:[\w./-]+|.* .*)\)$|^\{\{(?:[\w.-]*|.* .*)\}\}$|^%[A-Z_]+%$/,
    examples: [
      '${SECRET_KEY}',
      '${SECRET_KEY:?is needed}',
      '$SECRET_KEY',
      '${METRICS:?set it in .env (16 characters or more)}',
      '$(openssl rand -hex 64)',
      '$(cat "/run/key" | tr -d X)',
      '{{ secret_key }}',
      "{{ lookup('env', 'KEY') | trim }}",
    ],
  },
  { matches: /^<[\w -]*>$|^\[[\w -]*\]$/, examples: ['<a key of 64 characters>', '[redacted]'] },
];

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** `P4ssw0rd` is a word too. */
function withoutLookalikes(secret: string): string {
  return secret.replace(/[013457@$]/g, (character) => LOOKALIKES[character] ?? character);
}

/** `ChangeMeNow` is three words too. */
function separateWords(secret: string): string {
  return secret.replace(/(?<=[a-z])(?=[A-Z])/g, '-');
}

function isMostlySampleWords(secret: string): boolean {
  const rest = secret.replace(SAMPLE_WORD, '');
  return rest.length < secret.length / 2;
}

/** Whether most characters are the same as the one before. */
function isMostlyRuns(secret: string): boolean {
  const repeated = Array.from(secret).filter((character, i, all) => character === all[i - 1]);
  return repeated.length >= secret.length / 2;
}

/** What fingers and minds run along; the same backwards. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujmikolp',
].flatMap((row) => [row, Array.from(row).reverse().join('')]);
const SHORTEST_RUN = 4;

/** Whether most of it runs along the alphabet, the digits or the keyboard. */
function isMostlyRows(secret: string): boolean {
  const text = secret.toLowerCase();
  let along = 0;
  for (let start = 0; start < text.length;) {
    const length = lengthAlongRow(text.slice(start));
    if (length >= SHORTEST_RUN) along += length;
    start += Math.max(1, length >= SHORTEST_RUN ? length : 1);
  }
  return along >= text.length / 2;
}

function lengthAlongRow(text: string): number {
  let length = 0;
  while (length < text.length && ROWS.some((row) => row.includes(text.slice(0, length + 1)))) length += 1;
  return length;
}

/** Whether it is a block, written several times. */
function isRepeatedBlock(secret: string): boolean {
  const longest = Math.floor(secret.length / 2);
  return Array.from({ length: longest }, (_, i) => i + 1).some((period) =>
    secret.endsWith(secret.slice(0, -period)),
  );
}

/** Why a secret is not fit to be one, or null. The reason never repeats the secret. */
export function findSecretFault(secret: string, { minLength, fewestCharacters }: SecretKind): string | null {
  const texts = [secret, separateWords(secret), withoutLookalikes(secret)];
  if (PLACEHOLDER_RULES.some(({ matches }) => texts.some((text) => matches.test(text))))
    return 'is a placeholder';
  if (texts.some(isMostlySampleWords)) return 'is a placeholder';
  if (secret.length < minLength) return `must have ${minLength} characters or more (openssl rand -hex 64)`;
  const tooFew = new Set(secret).size < fewestCharacters;
  if (tooFew || isMostlyRuns(secret) || isRepeatedBlock(secret)) return 'repeats the same few characters';
  if (isMostlyRows(secret)) return 'runs along the alphabet, the digits or the keyboard';
  return null;
}
