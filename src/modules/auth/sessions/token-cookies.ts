import type { CookieOptions, Response } from 'express';
import type { AppConfig } from '../../../platform/config/app-config.js';
import { ACCESS_TOKEN_SECONDS } from './access-tokens.js';
import { ACCESS_COOKIE, REFRESH_COOKIE } from '../access/credentials.js';
import type { IssuedTokens } from './session.view.js';

/** What refreshing and signing out have in common. */
const REFRESH_PATH = '/auth';

/** Hands the tokens to a browser so that no script can read them and no other site can have them sent. */
export function setTokenCookies(response: Response, tokens: IssuedTokens, config: AppConfig): void {
  const options = optionsOf(config);
  response.cookie(ACCESS_COOKIE, tokens.accessToken, {
    ...options,
    path: `${prefixOf(config)}/`,
    maxAge: ACCESS_TOKEN_SECONDS * 1000,
  });
  response.cookie(REFRESH_COOKIE, tokens.refreshToken, {
    ...options,
    path: prefixOf(config) + REFRESH_PATH,
    expires: tokens.refreshUntil,
  });
}

export function clearTokenCookies(response: Response, config: AppConfig): void {
  const options = optionsOf(config);
  response.clearCookie(ACCESS_COOKIE, { ...options, path: `${prefixOf(config)}/` });
  response.clearCookie(REFRESH_COOKIE, { ...options, path: prefixOf(config) + REFRESH_PATH });
}

function optionsOf({ production, http }: AppConfig): CookieOptions {
  const secure = production || http.publicUrl?.startsWith('https:') === true;
  return { httpOnly: true, sameSite: 'strict', secure };
}

/** The path prefix that a proxy adds: what else lives on that host is sent no cookie of ours. */
function prefixOf({ http: { publicUrl } }: AppConfig): string {
  return publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}
