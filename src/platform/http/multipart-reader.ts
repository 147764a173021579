import type { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { fileTooLarge } from '../errors/file-too-large.js';
import { isOversized, MULTIPART_OVERHEAD_BYTES } from './expect-continue.js';
import { validationFailed } from './validation.pipe.js';

const LIMITS = { fieldNameSize: 100, headerPairs: 32, headerSize: 16 * 1024 };
const FIELD_LIMITS: FieldLimits = { count: 32, bytes: 8 * 1024, mayRepeat: false };

/** A field of a form that is no file: its name and its text. */
export type FormField = readonly [name: string, value: string];

const ONE_FILE = { maxFiles: 1, isRefusal: () => false };

/** What becomes of the files of a form and of its other fields. */
export interface FormHandler<File, Options> {
  /**
   * Called with the fields before each file, where a failure refuses the request before the file is read, and once more with all fields.
   *
   * @param areAll whether these are all fields of the form
   */
  parseFields(fields: readonly FormField[], areAll: boolean): Promise<Options>;
  /** Consumes the bytes, given what the fields before them say. When they stop too early the stream ends in an error. */
  receive(bytes: Readable, options: Options): Promise<File>;
  /** Undoes `receive` when the rest of the request turns out bad. */
  discard(received: File): Promise<void>;
}

/** Which file a form has to have. */
export interface FormFile {
  /** Name of its field. */
  readonly field: string;
  readonly maxBytes: number;
  /** What other fields may be; default: a few short ones, each of them once. */
  readonly fieldLimits?: FieldLimits;
}

export interface FieldLimits {
  readonly count: number;
  readonly bytes: number;
  /** Whether there may be several of one name. */
  readonly mayRepeat: boolean;
  /** Some that may be larger. */
  readonly large?: LargeFields;
}

/** Fields that hold small files as text, or lists of them (`name[]`). */
export interface LargeFields {
  readonly name: string;
  readonly count: number;
  /** Of each. */
  readonly bytes: number;
  /** What is wrong with more of them, and with larger ones. */
  readonly faults: { readonly tooMany: string; readonly tooLarge: string };
}

/** What may be in a form besides its files. */
export function otherBytesOf({ large }: FieldLimits): number {
  return MULTIPART_OVERHEAD_BYTES + (large === undefined ? 0 : large.count * large.bytes);
}

/** Which files a form has to have: one at least. */
export interface FormFiles extends FormFile {
  readonly maxFiles: number;
  /** Whether what one file fails with is a matter of that file alone. */
  isRefusal(error: AppError): boolean;
}

/** One file of several. */
export type FormItem<File> = { readonly filename: string } & (
  { readonly file: File; readonly refusal: null } | { readonly file: null; readonly refusal: AppError }
);

interface FormContent<Options> {
  /** All but the files. */
  readonly fields: readonly FormField[];
  readonly options: Options;
}

export interface MultipartForm<File, Options> extends FormContent<Options> {
  readonly filename: string;
  readonly file: File;
}

export interface MultipartFiles<File, Options> extends FormContent<Options> {
  /** In the order in which they came. */
  readonly items: readonly FormItem<File>[];
}

/**
 * Reads a multipart form with one file as a stream: whatever its size, a few buffers are in memory.
 *
 * @throws AppError content_type_unsupported, malformed_multipart, file_missing, too_many_files, file_too_large, validation_failed, and
 *   what the handler throws. Then the rest of the request is left unread and nothing of the file remains.
 */
export async function readMultipart<File, Options>(
  request: Request,
  expected: FormFile,
  handler: FormHandler<File, Options>,
): Promise<MultipartForm<File, Options>> {
  const form = await readMultipartFiles(request, { ...expected, ...ONE_FILE }, handler);
  const [item] = form.items;
  if (item?.file === undefined || item.file === null) throw new Error('A form was read without its file');
  return { filename: item.filename, file: item.file, fields: form.fields, options: form.options };
}

/**
 * The same for several files of one field, which are received one after the other. Those that are refused are items too.
 *
 * @throws AppError as `readMultipart`; too_many_items. Then nothing of any file remains.
 */
export async function readMultipartFiles<File, Options>(
  request: Request,
  expected: FormFiles,
  handler: FormHandler<File, Options>,
): Promise<MultipartFiles<File, Options>> {
  const parser = openParser(request, expected);
  // A client that asked whether to send it was not told to.
  if (request.headers.expect !== undefined && isTooLarge(request, expected)) throw formTooLarge(expected);
  return new MultipartReading(request, parser, expected, handler).run();
}

function openParser(
  request: Request,
  { field, maxBytes, fieldLimits = FIELD_LIMITS }: FormFiles,
): BusboyInstance {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw new AppError(
      'content_type_unsupported',
      `Send the file as multipart/form-data, in the field "${field}".`,
    );
  }
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      limits: {
        ...LIMITS,
        fields: fieldLimits.count,
        fieldSize: fieldLimits.large?.bytes ?? fieldLimits.bytes,
        fileSize: maxBytes,
      },
    });
  } catch (cause) {
    throw new AppError('malformed_multipart', 'The multipart boundary is missing or broken.', { cause });
  }
}

class MultipartReading<File, Options> {
  private readonly fields: FormField[] = [];
  private readonly streams: BusboyFileStream[] = [];
  private readonly receiving: Promise<FormItem<File>>[] = [];
  private parsed: { readonly count: number; readonly options: Promise<Options> } | undefined;
  private fail!: (error: unknown) => void;

  constructor(
    private readonly request: Request,
    private readonly parser: BusboyInstance,
    private readonly expected: FormFiles,
    private readonly handler: FormHandler<File, Options>,
  ) {}

  async run(): Promise<MultipartFiles<File, Options>> {
    try {
      await this.parse();
      if (this.receiving.length === 0) {
        throw new AppError(
          'file_missing',
          `There is no file in the form. Send it in the field "${this.expected.field}".`,
        );
      }
      const items = await Promise.all(this.receiving);
      const options = await this.handler.parseFields(this.fields, true);
      return { fields: this.fields, items, options };
    } catch (error) {
      await this.undo(error);
      throw error;
    }
  }

  /** Resolves when the whole form was read. `pipeline` would destroy the request on errors, and with it the way to answer. */
  private parse(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.parser.on('file', (name, stream, filename) => {
        this.guard(() => {
          this.onFile(name, stream, filename);
        });
      });
      this.parser.on('field', (name, value, nameTruncated, valueTruncated) => {
        this.guard(() => {
          this.onField(name, value, nameTruncated || valueTruncated);
        });
      });
      this.parser.on('fieldsLimit', () => {
        reject(new AppError('malformed_multipart', 'The form has too many fields.'));
      });
      this.parser.on('error', (cause) => {
        reject(
          new AppError('malformed_multipart', 'The form could not be parsed or ends too early.', { cause }),
        );
      });
      this.parser.on('finish', resolve);
      this.request.once('close', () => {
        if (!this.request.complete)
          reject(new AppError('malformed_multipart', 'The connection ended before the form did.'));
      });
      this.limitBody();
      this.request.pipe(this.parser);
    });
  }

  /**
   * A body of unknown length may go on after the files: what is beyond any acceptable form is not read. Of one that says that it is too
   * large the first fields are, since they may tell what else is wrong.
   */
  private limitBody(): void {
    const { maxBytes, maxFiles, fieldLimits = FIELD_LIMITS } = this.expected;
    const otherBytes = otherBytesOf(fieldLimits);
    const fileBytes = isTooLarge(this.request, this.expected) ? 0 : maxBytes * maxFiles;
    let received = 0;
    this.request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > fileBytes + otherBytes) this.fail(formTooLarge(this.expected));
    });
  }

  /** Event handlers throw into the emitter; their errors belong to the request. */
  private guard(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.fail(error);
    }
  }

  private onField(name: string, value: string, truncated: boolean): void {
    const { field, fieldLimits = FIELD_LIMITS } = this.expected;
    const message = this.lengthFault(name, value, truncated, fieldLimits);
    if (message !== null) throw validationFailed([{ field: name.slice(0, 100), message }]);
    // Some clients take bytes that are no file for a list, and send a field for each of them.
    if (name === field || name.startsWith(`${field}[`))
      throw new AppError(
        'file_missing',
        `The field "${name}" holds text instead of a file (curl needs an @ before the name; in programs give a file, not bytes).`,
      );
    if (!fieldLimits.mayRepeat && this.fields.some(([other]) => other === name))
      throw validationFailed([{ field: name, message: 'is given more than once' }]);
    this.fields.push([name, value]);
  }

  /** Of those that may be large there are not more than that, whatever they hold: all of them are in memory. */
  private lengthFault(
    name: string,
    value: string,
    truncated: boolean,
    { bytes, large }: FieldLimits,
  ): string | null {
    const isLarge = (other: string): boolean =>
      large !== undefined && (other === large.name || other.startsWith(`${large.name}[`));
    if (large === undefined || !isLarge(name))
      return truncated || value.length > bytes ? 'is too long' : null;
    if (truncated) return large.faults.tooLarge;
    const isOneMore = this.fields.filter(([other]) => isLarge(other)).length >= large.count;
    return isOneMore && value.length > bytes ? large.faults.tooMany : null;
  }

  private onFile(name: string, stream: BusboyFileStream, filename: string | undefined): void {
    // Whatever happens to a refused part, its error is reported by the request.
    stream.on('error', () => undefined);
    if (name !== this.expected.field)
      throw validationFailed([
        { field: name, message: `is not known here; the file goes into "${this.expected.field}"` },
      ]);
    if (isTooLarge(this.request, this.expected)) throw formTooLarge(this.expected);
    const { maxBytes, maxFiles } = this.expected;
    if (this.streams.length === maxFiles) throw tooManyFiles(maxFiles);
    if (maxFiles === 1)
      stream.once('limit', () => {
        this.fail(fileTooLarge(maxBytes));
      });
    this.streams.push(stream);
    const before = this.receiving.at(-1);
    const item = Promise.resolve(before).then(() => this.receive(stream, nameOf(filename)));
    item.catch(this.fail);
    this.receiving.push(item);
  }

  private async receive(stream: BusboyFileStream, filename: string): Promise<FormItem<File>> {
    const options = await this.optionsSoFar();
    try {
      return { filename, file: await this.receiveWhole(stream, options), refusal: null };
    } catch (error) {
      if (!(error instanceof AppError && this.expected.isRefusal(error))) throw error;
      return { filename, file: null, refusal: error };
    }
  }

  /** Fields only become more: those of as many are the same. */
  private optionsSoFar(): Promise<Options> {
    const count = this.fields.length;
    if (this.parsed?.count !== count)
      this.parsed = { count, options: this.handler.parseFields([...this.fields], false) };
    return this.parsed.options;
  }

  /** A file that is too large is read to its end, cut off, since others may follow: what is wrong with it is that. */
  private async receiveWhole(stream: BusboyFileStream, options: Options): Promise<File> {
    const tooLarge = fileTooLarge(this.expected.maxBytes);
    const file = await this.handler.receive(stream, options).catch((error: unknown) => {
      throw stream.truncated ? tooLarge : error;
    });
    if (!stream.truncated) return file;
    await this.handler.discard(file);
    throw tooLarge;
  }

  private async undo(reason: unknown): Promise<void> {
    this.request.unpipe(this.parser);
    const error = reason instanceof Error ? reason : new Error('The request failed');
    for (const stream of this.streams) stream.destroy(error);
    for (const settled of await Promise.allSettled(this.receiving))
      if (settled.status === 'fulfilled' && settled.value.file !== null)
        await this.handler.discard(settled.value.file);
  }
}

/** Browsers, and all who write forms as they do, put %22 for the one character that would end the name (HTML, multipart/form-data). */
function nameOf(filename: string | undefined): string {
  return filename?.replaceAll('%22', '"') ?? '';
}

function tooManyFiles(max: number): AppError {
  return max === 1
    ? new AppError('too_many_files', 'Send one file a request.')
    : new AppError('too_many_items', `Send at most ${max} files in a form.`);
}

function isTooLarge(
  request: Request,
  { maxBytes, maxFiles, fieldLimits = FIELD_LIMITS }: FormFiles,
): boolean {
  return isOversized(request, maxBytes * maxFiles, otherBytesOf(fieldLimits));
}

function formTooLarge({ maxBytes, maxFiles }: Pick<FormFiles, 'maxBytes' | 'maxFiles'>): AppError {
  if (maxFiles === 1) return fileTooLarge(maxBytes);
  const each = Math.floor(maxBytes / 2 ** 20);
  return new AppError('body_too_large', `A form has at most ${maxFiles} files, each of at most ${each} MiB.`);
}
