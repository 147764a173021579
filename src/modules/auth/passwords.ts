import { hash, verify } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import { AppError } from '../../platform/errors/app-error.js';

const MIN_LENGTH = 12;
const MAX_LENGTH = 128;
const FEWEST_CHARACTERS = 5;
/** Argon2id, which is the default of the library, with the values that OWASP recommends. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const common = new Set(dictionary['passwords-common']);
/** Of a password that nobody has; made when first needed. */
let dummyHash: Promise<string> | undefined;

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
export function assertStrong(password: string, username: string, field: string): void {
  const fault = findFault(password, username);
  if (fault === null) return;
  throw new AppError('password_weak', `Choose another password: this one ${fault}.`, {
    errors: [{ field, message: fault }],
  });
}

function findFault(password: string, username: string): string | null {
  const length = Array.from(password).length;
  if (length < MIN_LENGTH) return `has fewer than ${MIN_LENGTH} characters`;
  if (length > MAX_LENGTH) return `has more than ${MAX_LENGTH} characters`;
  const plain = password.toLowerCase();
  if (new Set(plain).size < FEWEST_CHARACTERS) return 'repeats the same few characters';
  if (isCommon(plain)) return 'is a common one';
  if (plain.includes(username.toLowerCase())) return 'contains the user name';
  return null;
}

/** With digits and signs around it a common password stays one; so does one that is written twice. */
function isCommon(plain: string): boolean {
  const letters = plain.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const half = plain.slice(0, plain.length / 2);
  return [plain, letters, plain === half + half ? half : plain].some((text) => common.has(text));
}
