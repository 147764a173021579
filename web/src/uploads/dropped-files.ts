/** A file, and the way to it again after a reload where the browser gives one. */
export interface ChosenFile {
  readonly file: File;
  readonly handle: FileSystemFileHandle | null;
}

/** Not in the types of all browsers: only some have it. */
interface ItemWithHandle extends DataTransferItem {
  getAsFileSystemHandle?: () => Promise<FileSystemHandle | null>;
}

/** Files that systems put into folders for themselves. */
const HIDDEN = '.';

/** All files of a drop or paste, those in folders too. Entries have to be asked for at once: later the browser has forgotten them. */
export async function filesOf(transfer: DataTransfer): Promise<ChosenFile[]> {
  const found = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => {
      const entry = item.webkitGetAsEntry();
      if (entry?.isDirectory === true) return filesInFolder(entry as FileSystemDirectoryEntry);
      return fileOfItem(item);
    });
  return (await Promise.all(found)).flat();
}

export function withoutHandles(files: Iterable<File>): ChosenFile[] {
  return [...files].filter(({ name }) => !name.startsWith(HIDDEN)).map((file) => ({ file, handle: null }));
}

async function fileOfItem(item: ItemWithHandle): Promise<ChosenFile[]> {
  const file = item.getAsFile();
  const handle = await item.getAsFileSystemHandle?.().catch(() => null);
  if (file === null) return [];
  return [{ file, handle: handle instanceof FileSystemFileHandle ? handle : null }];
}

async function filesInFolder(folder: FileSystemDirectoryEntry): Promise<ChosenFile[]> {
  const entries = await entriesOf(folder);
  const found = entries.map(async (entry) => {
    if (entry.isDirectory) return filesInFolder(entry as FileSystemDirectoryEntry);
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return withoutHandles([file]);
  });
  return (await Promise.all(found)).flat();
}

/** A reader gives some at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}
