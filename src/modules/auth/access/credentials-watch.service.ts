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

/** Whoever holds the same credentials is looked after together. */
interface Watched {
  readonly held: HeldCredentials;
  readonly timer: NodeJS.Timeout;
  readonly watches: Map<AbortController, Scope>;
}

/** Looks again and again whether credentials are still good, for answers that outlast the guard's look. */
@Injectable()
export class CredentialsWatchService {
  private readonly logger = new Logger(CredentialsWatchService.name);
  private readonly watched = new Map<string, Watched>();

  constructor(
    private readonly keys: ApiKeysService,
    private readonly sessions: SessionsService,
  ) {}

  watch(held: HeldCredentials, scope: Scope): CredentialsWatch {
    const controller = new AbortController();
    const name = nameOf(held);
    const watched = this.watched.get(name) ?? this.begin(name, held);
    watched.watches.set(controller, scope);
    return {
      ended: controller.signal,
      stop: () => {
        if (!watched.watches.delete(controller) || watched.watches.size > 0) return;
        clearInterval(watched.timer);
        this.watched.delete(name);
      },
    };
  }

  private begin(name: string, held: HeldCredentials): Watched {
    const timer = setInterval(() => void this.look(name), INTERVAL_MS);
    const watched: Watched = { held, timer, watches: new Map() };
    this.watched.set(name, watched);
    return watched;
  }

  private async look(name: string): Promise<void> {
    const watched = this.watched.get(name);
    if (watched === undefined) return;
    const principal = await this.find(watched.held);
    if (principal === 'unknown') return;
    for (const [controller, scope] of watched.watches) {
      if (!mayGoOn(principal, scope)) {
        controller.abort(new AppError('unauthenticated', 'The credentials have ended.'));
      }
    }
  }

  /** What cannot be told, while the database is away, is told the next time. */
  private async find(held: HeldCredentials): Promise<Principal | null | 'unknown'> {
    try {
      return await this.authenticate(held);
    } catch (error) {
      if (isDatabaseOutage(error)) return 'unknown';
      this.logger.error('Credentials could not be looked at', { err: error });
      return null;
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

function mayGoOn(principal: Principal | null, scope: Scope): boolean {
  return principal !== null && !principal.mustChangePassword && oneOfScopes([scope]).allows(principal);
}

function nameOf({ credentials, principal }: HeldCredentials): string {
  const secret = 'secret' in credentials ? credentials.secret : '';
  return [principal.how, principal.userId, credentials.kind, secret].join(' ');
}
