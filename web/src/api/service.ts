import { createClient, refreshTokens, TranscriberError } from '@whisper-transcriber/client-sdk';

/**
 * The way to the service, by the SDK alone. Its address is that of this script without `assets/`, so that a path prefix in front of both does no
 * harm.
 */
const script: string = import.meta.url;
export const SERVICE_ROOT = new URL('../', script);

const RENEWED_AT = 'session-renewed-at';

/** People look at the page meanwhile: what is disturbed for longer is told them. */
const RETRIES = 2;

const withoutSession = createClient({ baseUrl: SERVICE_ROOT.href, retries: RETRIES });

export const service = createClient({ baseUrl: SERVICE_ROOT.href, retries: RETRIES, fetch: fetchInSession });
export const { api } = service;

let onSessionEnd = (): void => undefined;

/** Who is told that nobody is signed in any more. */
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener;
}

/** One attempt with the cookies of the session, which is renewed when the access token has run out. */
export async function fetchInSession(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const again = request.clone();
  const askedAt = Date.now();
  const response = await whole(await fetch(request));
  if (response.status !== 401 || isSignIn(request.url)) return response;
  if (await renewSession(askedAt)) return whole(await fetch(again));
  onSessionEnd();
  return response;
}

/** An answer that breaks off in the middle is none; of streams that is to be expected. */
async function whole(response: Response): Promise<Response> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  // Browsers differ in whether an answer without content has a body; one may not be made with it.
  if (isStream || response.body === null || response.status === 204) return response;
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

function isSignIn(url: string): boolean {
  return /\/auth\/(login|logout|refresh)$/.test(new URL(url).pathname);
}

let renewal: Promise<boolean> | null = null;

/** A refresh token is good for once, and its second use ends the session: requests and tabs wait for the one that has it. */
function renewSession(askedAt: number): Promise<boolean> {
  renewal ??= underLock(() => renewOnce(askedAt)).finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renewOnce(askedAt: number): Promise<boolean> {
  if (Number(localStorage.getItem(RENEWED_AT)) > askedAt) return true;
  try {
    await refreshTokens({ client: withoutSession.api, body: {} });
  } catch (error) {
    if (error instanceof TranscriberError && error.status === 401) return false;
    throw error;
  }
  localStorage.setItem(RENEWED_AT, String(Date.now()));
  return true;
}

/** Pages without https have no locks; their tabs may then have to sign in again. */
function underLock<T>(work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('session-renewal', work) : work();
}

/** The address of something of the service, for links and players. */
export function addressOf(path: string): string {
  return new URL(path, SERVICE_ROOT).href;
}
