import type { Recording } from './recording.js';

/** As `localStorage` is. */
export interface UploadStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** An upload of the service, and what was ordered with it. */
interface RememberedUpload {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Which upload of the service a file has, over reloads of a page. A file is known by its name, size and time. */
export class UploadMemory {
  constructor(
    private readonly storage: UploadStorage | undefined,
    private readonly baseUrl: string,
  ) {}

  find(recording: Recording): RememberedUpload | null {
    const key = this.keyOf(recording);
    const text = key === null ? null : this.storage?.getItem(key);
    return text == null ? null : (JSON.parse(text) as RememberedUpload);
  }

  keep(recording: Recording, upload: RememberedUpload): void {
    const key = this.keyOf(recording);
    if (key !== null) this.storage?.setItem(key, JSON.stringify(upload));
  }

  forget(recording: Recording): void {
    const key = this.keyOf(recording);
    if (key !== null) this.storage?.removeItem(key);
  }

  private keyOf(recording: Recording): string | null {
    if (!(recording instanceof File)) return null;
    const { name, size, lastModified } = recording;
    return `whisper-transcriber upload ${JSON.stringify([this.baseUrl, name, size, lastModified])}`;
  }
}
