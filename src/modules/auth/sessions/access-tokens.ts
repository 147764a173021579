import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import { APP_CONFIG, type AppConfig } from '../../../platform/config/app-config.js';
import { Clock } from '../../../platform/runtime/clock.js';
import { IdGenerator } from '../../../platform/runtime/id-generator.js';

const ALGORITHM = 'HS256';
const ISSUER = 'whisper-transcriber';
const AUDIENCE = 'whisper-transcriber-api';
const TYPE = 'at+jwt';
export const ACCESS_TOKEN_SECONDS = 3600;

interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** JWTs that name a session. The first of JWT_SECRET_KEY signs; the second, from before or after a rotation, only proves. */
@Injectable()
export class AccessTokens {
  private readonly keys: readonly SigningKey[];

  constructor(
    @Inject(APP_CONFIG) config: AppConfig,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {
    this.keys = config.auth.jwtKeys.map((text) => ({
      id: createHash('sha256').update(`kid:${text}`).digest('hex').slice(0, 16),
      key: createSecretKey(text, 'utf8'),
    }));
  }

  sign({ userId, sessionId }: AccessClaims): Promise<string> {
    const [current] = this.keys;
    if (current === undefined) throw new Error('There is no key to sign tokens with');
    const issuedAt = Math.floor(this.clock.now().getTime() / 1000);
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: current.id })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setJti(this.ids.next())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
      .sign(current.key);
  }

  /** What a token says; null when we did not sign it so, or when its time is over. */
  async verify(token: string): Promise<AccessClaims | null> {
    const options = {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'sid'],
      currentDate: this.clock.now(),
    };
    try {
      const { payload } = await jwtVerify(
        token,
        ({ kid }: JWTHeaderParameters) => this.keyNamed(kid),
        options,
      );
      const { sub, sid } = payload;
      return typeof sub === 'string' && typeof sid === 'string' ? { userId: sub, sessionId: sid } : null;
    } catch {
      return null;
    }
  }

  private keyNamed(id: string | undefined): KeyObject {
    const found = this.keys.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error('No such key');
    return found.key;
  }
}
