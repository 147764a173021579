import { Injectable, Logger } from '@nestjs/common';
import { isDatabaseOutage } from '../../../platform/database/outage.js';
import { AppError } from '../../../platform/errors/app-error.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { oneOfScopes } from './access-rule.policy.js';
import type { HeldCredentials } from './held-credentials.view.js';
import type { Principal } from './principal.view.js';
import type { Scope } from './scopes.policy.js';

const INTERVAL_MS = 10_000;

export interface CredentialsWatch {
  /**
   * Trips soon after they have ended: revoked, run out, signed out, or the user disabled or without the right. Its reason is an AppError
   * unauthenticated.
   */
  readonly ended: AbortSignal;
  stop(): void;
}

/** Looks again and again whether credentials are still good, for answers that outlast the guard's look. */
@Injectable()
export class CredentialsWatchService {
  private readonly logger = new Logger(CredentialsWatchService.name);

  constructor(
    private readonly keys: ApiKeysService,
    private readonly sessions: SessionsService,
  ) {}

  watch(held: HeldCredentials, scope: Scope): CredentialsWatch {
    const controller = new AbortController();
    const timer = setInterval(() => {
      void this.isGood(held, scope).then((good) => {
        if (!good) controller.abort(new AppError('unauthenticated', 'The credentials have ended.'));
      });
    }, INTERVAL_MS);
    return {
      ended: controller.signal,
      stop: () => {
        clearInterval(timer);
      },
    };
  }

  /** What cannot be told, while the database is away, is told the next time. */
  private async isGood(held: HeldCredentials, scope: Scope): Promise<boolean> {
    try {
      const principal = await this.authenticate(held);
      return principal !== null && !principal.mustChangePassword && oneOfScopes([scope]).allows(principal);
    } catch (error) {
      if (isDatabaseOutage(error)) return true;
      this.logger.error('Credentials could not be looked at', { err: error });
      return false;
    }
  }

  private async authenticate({ credentials, principal }: HeldCredentials): Promise<Principal | null> {
    // This machine is let in whatever it sent: clients of the OpenAI API insist on a key.
    if (principal.how === 'local') return principal;
    switch (credentials.kind) {
      case 'api_key':
        return this.keys.authenticate(credentials.secret);
      case 'access_token':
        return this.sessions.authenticate(credentials.secret);
      case 'none':
      case 'unknown':
        return null;
    }
  }
}
