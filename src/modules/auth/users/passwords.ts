import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '../../../platform/errors/app-error.js';
import { normalizeUsername } from './usernames.js';

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
const FEWEST_CHARACTERS = 5;
/** Argon2id, which is the default of the library, with the values that OWASP recommends. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Of a common password inside of another one, and of what may stand beside it. */
const SHORTEST_WORD = 4;
const MOST_OTHERS = 4;

/** In letters alone, with whatever else before, between and behind them. */
const PRODUCT_NAME = /whispertranscri|^(?:whisper|transcriber)+$/;

/** Large, and only needed when a password is chosen. */
let commonPasswords: Promise<ReadonlySet<string>> | undefined;
/** Of a password that nobody has; made when first needed. */
let dummyHash: Promise<string> | undefined;

/** One that nobody chose: 120 random bits. */
export function generatePassword(): string {
  return randomBytes(15).toString('base64url');
}

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), ARGON2);
}

/** Takes the same time whether there is a hash to compare with or not, so that it does not tell which users exist. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  dummyHash ??= hashPassword('nobody has this one');
  const matches = await verify(passwordHash ?? (await dummyHash), password.normalize('NFKC'));
  return matches && passwordHash !== null;
}

/** @throws AppError password_weak */
export async function assertStrong(password: string, username: string, field: string): Promise<void> {
  const fault = await findFault(password, username);
  if (fault === null) return;
  throw new AppError('password_weak', `Choose another password: this one ${fault}.`, {
    errors: [{ field, message: fault }],
  });
}

async function findFault(password: string, username: string): Promise<string | null> {
  const length = Array.from(password).length;
  if (length < MIN_LENGTH) return `has fewer than ${MIN_LENGTH} characters`;
  if (length > MAX_LENGTH) return `has more than ${MAX_LENGTH} characters`;
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < FEWEST_CHARACTERS) return 'repeats the same few characters';
  if (await isCommon(plain)) return 'is a common one';
  if (plain.includes(normalizeUsername(username))) return 'contains the user name';
  if (PRODUCT_NAME.test(plain.replace(/[^a-z]/g, ''))) return 'is the name of this service';
  return null;
}

/** With a few characters between or around it a common password stays one; so do two of them, however often. */
async function isCommon(plain: string): Promise<boolean> {
  commonPasswords ??= loadCommonPasswords();
  const common = await commonPasswords;
  const text = plain.replace(/[^\p{L}\p{N}]/gu, '');
  const words = new Set<string>();
  let others = 0;
  for (let start = 0; start < text.length;) {
    const word = longestCommonAt(text, start, common);
    if (word === null) others += 1;
    else words.add(word);
    start += word?.length ?? 1;
  }
  return common.has(plain) || (words.size > 0 && words.size <= 2 && others <= MOST_OTHERS);
}

function longestCommonAt(text: string, start: number, common: ReadonlySet<string>): string | null {
  for (let length = text.length - start; length >= SHORTEST_WORD; length -= 1) {
    const word = text.slice(start, start + length);
    if (common.has(word)) return word;
  }
  return null;
}

async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}
