import { createClient, type TranscriberClient } from '@whisper-transcriber/client-sdk';
import { fetchInSession, SERVICE_ROOT } from '../api/service';

/** Small enough that the bar moves and a pause is soon there, large enough to be quick. */
const CHUNK_BYTES = 2 ** 20;

/** The SDK's uploads know no pause: while this is closed, the next request of one waits before it. */
export class Gate {
  private opened: Promise<void> = Promise.resolve();
  private release: (() => void) | null = null;

  close(): void {
    if (this.release !== null) return;
    this.opened = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  open(): void {
    this.release?.();
    this.release = null;
  }

  passed(): Promise<void> {
    return this.opened;
  }
}

/**
 * A client for one upload. `extra` are options of the transcription that the SDK's uploads do not take yet; they go into the metadata with which
 * an upload begins.
 */
export function clientOfUpload(gate: Gate, extra: Readonly<Record<string, string>>): TranscriberClient {
  return createClient({
    baseUrl: SERVICE_ROOT.href,
    chunkBytes: CHUNK_BYTES,
    // For as long as it takes: whoever is offline for an hour finds the upload going on.
    retries: Number.POSITIVE_INFINITY,
    fetch: async (input, init) => {
      await gate.passed();
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      return fetchInSession(withMetadata(request, extra));
    },
  });
}

function withMetadata(request: Request, extra: Readonly<Record<string, string>>): Request {
  const metadata = request.headers.get('upload-metadata');
  if (metadata === null) return request;
  const added = Object.entries(extra).map(([name, value]) => `${name} ${toBase64(value)}`);
  request.headers.set('upload-metadata', [metadata, ...added].join(','));
  return request;
}

function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
