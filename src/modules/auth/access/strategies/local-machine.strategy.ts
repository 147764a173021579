import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { Request } from 'express';
import { APP_CONFIG, type AppConfig } from '../../../../platform/config/app-config.js';
import { AppError } from '../../../../platform/errors/app-error.js';
import { isOpenAiRequest } from '../../../../platform/http/openai-requests.js';
import { isLoopbackHost } from '../../../../platform/http/own-host.js';
import { findPeerUser } from '../../../../platform/net/peer-user.js';
import { credentialsOf } from '../credentials.js';
import { isOwnPage, isProxied, originOf } from '../local-access.policy.js';
import { LOCAL_PRINCIPAL } from '../local-user.view.js';
import type { Principal } from '../principal.view.js';
import { RequestStrategy } from './request.strategy.js';

export const LOCAL_MACHINE = 'local-machine';

/**
 * Whoever asks from this machine without any credentials is its user, where ANONYMOUS_LOCAL says so. Wrong credentials stay wrong, and a page
 * of another origin is nobody, even one that may use the API. So is whoever comes through a proxy, which makes requests of anybody look like
 * those of this machine: where the system tells, only programs of the user that the service runs as count.
 */
@Injectable()
export class LocalMachineStrategy extends PassportStrategy(RequestStrategy, LOCAL_MACHINE) {
  constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {
    super();
  }

  /** @throws AppError unauthenticated, for who would be the user of this machine had they come without a proxy */
  async validate(request: Request): Promise<Principal | null> {
    if (!this.config.auth.anonymousLocal || !bringsNothing(request)) return null;
    const from = originOf(request);
    if (!isLoopbackHost(from.host) || !isOwnPage(from, this.config)) return null;
    if (isProxied(request) || (await isOfAnotherUser(request.socket)))
      throw new AppError(
        'unauthenticated',
        "This request came through a proxy, or is of another user of this machine, so it may be anybody's: sign in, or send an API key. Only programs of the user that the service runs as need no credentials.",
      );
    return LOCAL_PRINCIPAL;
  }
}

/** The clients of the OpenAI API cannot do without a key, so that there one that is none of ours counts for nothing. */
function bringsNothing(request: Request): boolean {
  const { kind } = credentialsOf(request);
  if (kind !== 'unknown') return kind === 'none';
  const { authorization, 'x-api-key': key } = request.headers;
  return isOpenAiRequest(request) && key === undefined && /^Bearer /i.test(authorization ?? '');
}

/** False too where the system does not tell. */
async function isOfAnotherUser(socket: Socket): Promise<boolean> {
  const user = await findPeerUser(socket);
  return user !== undefined && user !== process.getuid?.();
}
