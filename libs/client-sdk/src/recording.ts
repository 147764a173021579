/** Bytes that come one after another and cannot be asked for again. */
export interface SizedStream {
  readonly stream: ReadableStream<Uint8Array>;
  /** Of all of it, in bytes. */
  readonly size: number;
}

/** What can be sent. In Node, `openAsBlob` of `node:fs` makes a Blob of a file without reading it. */
export type Recording = Blob | Uint8Array | SizedStream;

/** A recording that is read piece by piece. */
export interface RecordingReader {
  readonly size: number;
  /** Offsets go up, but for the last piece, which may be asked for again from any byte of it. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer> | Blob>;
}

export function readerOf(recording: Recording): RecordingReader {
  if ('stream' in recording && !(recording instanceof Blob)) return new StreamReader(recording);
  const blob = recording instanceof Blob ? recording : new Blob([new Uint8Array(recording)]);
  return { size: blob.size, read: (offset, length) => Promise.resolve(blob.slice(offset, offset + length)) };
}

export function nameOf(recording: Recording): string {
  return 'name' in recording && typeof recording.name === 'string' ? recording.name : 'recording';
}

class StreamReader implements RecordingReader {
  readonly size: number;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What was read and may be asked for again, and where it begins. */
  private kept = new Uint8Array();
  private start = 0;

  constructor({ stream, size }: SizedStream) {
    this.size = size;
    this.reader = stream.getReader();
  }

  /** @throws Error when the stream has another size than it was said to have */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const wanted = Math.min(length, this.size - offset);
    this.forgetBefore(offset);
    while (this.start + this.kept.length < offset + wanted) {
      const { done, value } = await this.reader.read();
      if (done)
        throw new Error(`The stream ended after ${this.start + this.kept.length} of ${this.size} bytes.`);
      this.kept = join(this.kept, value);
      this.forgetBefore(offset);
    }
    return this.kept.slice(0, wanted);
  }

  /** What lies between two pieces is there already, and passes unread. */
  private forgetBefore(offset: number): void {
    const past = Math.min(offset - this.start, this.kept.length);
    this.kept = this.kept.slice(past);
    this.start += past;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
