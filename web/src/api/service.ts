import { createClient } from '@whisper-transcriber/client-sdk';

/**
 * The way to the service, by the SDK alone. Its address is that of this script without `assets/`, so that a path prefix in front of both does no
 * harm.
 */
const script: string = import.meta.url;
export const SERVICE_ROOT = new URL('../', script);

/** Small enough that the bar moves and a pause is soon there, large enough to be quick. */
const CHUNK_BYTES = 2 ** 20;

const inSession = {
  baseUrl: SERVICE_ROOT.href,
  renewSession: true,
  onSessionEnd: (): void => {
    onSessionEnd();
  },
};

/** People look at the page meanwhile: what is disturbed for longer is told them. */
export const { api } = createClient({ ...inSession, retries: 2 });

/** For what goes on by itself as long as it takes: whoever is offline for an hour finds it going on. */
export const persistent = createClient({
  ...inSession,
  retries: Number.POSITIVE_INFINITY,
  chunkBytes: CHUNK_BYTES,
  uploadStorage: localStorage,
});

let onSessionEnd = (): void => undefined;

/** Who is told that nobody is signed in any more. */
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener;
}

/** The address of something of the service, for links and players. */
export function addressOf(path: string): string {
  return new URL(path, SERVICE_ROOT).href;
}
