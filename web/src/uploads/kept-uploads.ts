import type { FileIdentity } from '@whisper-transcriber/client-sdk';
import type { UploadOptions } from './upload-options';

/** What is kept of an upload, so that it can go on after a reload: what the SDK does not remember of it. */
export interface KeptUpload extends FileIdentity {
  readonly key: string;
  readonly options: UploadOptions;
  /** Where the browser can read the file again. */
  readonly handle: FileSystemFileHandle | null;
  /** A recording of the microphone, which lies nowhere else. */
  readonly recording: File | null;
}

const STORE = 'uploads';

/** In the browser's own database, which some windows, such as private ones, do not have: uploads work without. */
function open(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const request = indexedDB.open('whisper-transcriber', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      resolve(null);
    };
  });
}

async function run<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | null> {
  const database = await open();
  if (database === null) return null;
  return new Promise<T | null>((resolve) => {
    const request = ask(database.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      resolve(null);
    };
  }).finally(() => {
    database.close();
  });
}

export async function keepUpload(upload: KeptUpload): Promise<void> {
  await run('readwrite', (store) => store.put(upload));
}

export async function forgetUpload(key: string): Promise<void> {
  await run('readwrite', (store) => store.delete(key));
}

export async function keptUploads(): Promise<readonly KeptUpload[]> {
  return (await run<KeptUpload[]>('readonly', (store) => store.getAll() as IDBRequest<KeptUpload[]>)) ?? [];
}
