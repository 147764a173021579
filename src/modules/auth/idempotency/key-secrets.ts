import { createHmac } from 'node:crypto';
import { deriveKey, Seal } from '../../../platform/runtime/seal.js';

/**
 * What the key of a client becomes. Everything is derived from the secret of the service and the key together (HKDF-SHA256), so that a
 * copy of the database opens nothing, and neither does the secret without the key.
 */
export class KeySecrets {
  /** By which the key is known; hex. */
  readonly hash: string;
  private readonly forFingerprints: Buffer;
  private readonly answers: Seal;

  constructor(secret: string, userId: string, key: string) {
    const derive = (use: string): Buffer => deriveKey(secret, key, `idempotency ${use} ${userId}`);
    this.hash = derive('key').toString('hex');
    this.forFingerprints = derive('fingerprint');
    this.answers = new Seal(derive('answer'));
  }

  /** Hex. Keyed, because a plain hash would tell whoever guesses what was asked that the guess is right. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.forFingerprints).update(text).digest('hex');
  }

  seal(text: string): Buffer {
    return this.answers.seal(text);
  }

  /** @throws Error when it is not what was sealed */
  open(sealed: Uint8Array): string {
    return this.answers.open(sealed);
  }
}
