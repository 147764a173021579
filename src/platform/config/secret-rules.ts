/** What people leave in files that they copy. */
const PLACEHOLDERS =
  /change[-_ ]?(me|this|it)|placeholder|example|your[-_ ]|replace[-_ ]|todo|fixme|secret|password|default|insecure|<[^>]*>|\$\{/i;
const FEWEST_CHARACTERS = 8;

/** Why a secret is not fit to be one, or null. The reason never repeats the secret. */
export function findSecretFault(secret: string, minLength: number): string | null {
  if (PLACEHOLDERS.test(secret)) return 'is a placeholder';
  if (secret.length < minLength) return `must have ${minLength} characters or more (openssl rand -hex 64)`;
  if (new Set(secret).size < FEWEST_CHARACTERS) return 'repeats the same few characters';
  return null;
}
