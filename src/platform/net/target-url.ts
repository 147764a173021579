import { AppError } from '../errors/app-error.js';

/** Signed addresses of object stores have some thousand characters. */
const MAX_LENGTH = 8192;

/** @throws AppError url_invalid */
export function parseTarget(address: string): URL {
  const url = URL.parse(address);
  const fault = url === null ? 'is not a URL' : findFault(url);
  if (url === null || fault !== null) throw new AppError('url_invalid', `The address ${fault ?? ''}.`);
  return withoutFragment(url);
}

/**
 * Where a redirect leads.
 *
 * @throws AppError url_answer_invalid, url_forbidden for one that would leave TLS
 */
export function parseRedirect(location: string, from: URL): URL {
  const url = URL.parse(location, from.href);
  if (url === null || findFault(url) !== null)
    throw new AppError('url_answer_invalid', 'The address redirects to one that cannot be fetched from.');
  if (from.protocol === 'https:' && url.protocol !== 'https:')
    throw new AppError('url_forbidden', 'The address redirects from https to http.');
  return withoutFragment(url);
}

function findFault({ protocol, username, password, href }: URL): string | null {
  if (protocol !== 'http:' && protocol !== 'https:') return 'must begin with http:// or https://';
  if (username + password !== '') return 'must not hold a user name or a password';
  return href.length > MAX_LENGTH ? `must not have more than ${MAX_LENGTH} characters` : null;
}

function withoutFragment(url: URL): URL {
  const target = new URL(url);
  target.hash = '';
  return target;
}
