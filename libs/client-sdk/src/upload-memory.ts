import type { Recording } from './recording.js';

/** As `localStorage` is. */
export interface UploadStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** By what a file is known over reloads of a page. */
export type FileIdentity = Pick<File, 'name' | 'size' | 'lastModified'>;

/** An upload of the service, and what was ordered with it. */
interface RememberedUpload {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Which upload of the service a file has, over reloads of a page. */
export class UploadMemory {
  constructor(
    private readonly storage: UploadStorage | undefined,
    private readonly baseUrl: string,
  ) {}

  find(recording: Recording | FileIdentity): RememberedUpload | null {
    const key = this.keyOf(recording);
    const text = key === null ? null : this.storage?.getItem(key);
    return text == null ? null : readUpload(text);
  }

  /** A full storage keeps nothing, and nobody from sending. */
  keep(recording: Recording, upload: RememberedUpload): void {
    const key = this.keyOf(recording);
    if (key === null) return;
    try {
      this.storage?.setItem(key, JSON.stringify(upload));
    } catch {
      this.storage?.removeItem(key);
    }
  }

  forget(recording: Recording | FileIdentity): void {
    const key = this.keyOf(recording);
    if (key !== null) this.storage?.removeItem(key);
  }

  private keyOf(recording: Recording | FileIdentity): string | null {
    if (!('lastModified' in recording)) return null;
    const { name, size, lastModified } = recording;
    return `whisper-transcriber upload ${JSON.stringify([this.baseUrl, name, size, lastModified])}`;
  }
}

/** What somebody else wrote there, or only in part, is nothing: the file is sent from its beginning. */
function readUpload(text: string): RememberedUpload | null {
  try {
    const { id, metadata } = JSON.parse(text) as Partial<RememberedUpload>;
    return typeof id === 'string' && typeof metadata === 'object' ? { id, metadata } : null;
  } catch {
    return null;
  }
}
