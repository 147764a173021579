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
    path: '/',
    maxAge: ACCESS_TOKEN_SECONDS * 1000,
  });
  response.cookie(REFRESH_COOKIE, tokens.refreshToken, {
    ...options,
    path: refreshPathOf(config),
    expires: tokens.refreshUntil,
  });
}

export function clearTokenCookies(response: Response, config: AppConfig): void {
  const options = optionsOf(config);
  response.clearCookie(ACCESS_COOKIE, { ...options, path: '/' });
  response.clearCookie(REFRESH_COOKIE, { ...options, path: refreshPathOf(config) });
}

function optionsOf({ production, http }: AppConfig): CookieOptions {
  const secure = production || http.publicUrl?.startsWith('https:') === true;
  return { httpOnly: true, sameSite: 'strict', secure };
}

/** As the browser sees it: below the path prefix that a proxy adds. */
function refreshPathOf({ http: { publicUrl } }: AppConfig): string {
  const prefix = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
  return prefix + REFRESH_PATH;
}
