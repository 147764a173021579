import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What the key of a client becomes. Everything is derived from the secret of the service and the key together (HKDF-SHA256), so that a
 * copy of the database opens nothing, and neither does the secret without the key.
 */
export class KeySecrets {
  /** By which the key is known; hex. */
  readonly hash: string;
  private readonly forFingerprints: Buffer;
  private readonly forAnswers: Buffer;

  constructor(secret: string, userId: string, key: string) {
    const derive = (use: string): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, key, `idempotency ${use} ${userId}`, SECRET_BYTES));
    this.hash = derive('key').toString('hex');
    this.forFingerprints = derive('fingerprint');
    this.forAnswers = derive('answer');
  }

  /** Hex. Keyed, because a plain hash would tell whoever guesses what was asked that the guess is right. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.forFingerprints).update(text).digest('hex');
  }

  seal(text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.forAnswers, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws when it is not what was sealed. */
  open(sealed: Uint8Array): string {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv(CIPHER, this.forAnswers, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  }
}
