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

/** What becomes of the one file of a form and of its other fields. */
export interface FormHandler<File, Options> {
  /**
   * Called with the fields before the file, where a failure refuses the request before the file is read, and once more with all fields.
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
}

export interface MultipartForm<File, Options> {
  readonly filename: string;
  /** All but the file. */
  readonly fields: readonly FormField[];
  readonly file: File;
  readonly options: Options;
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
  const parser = openParser(request, expected);
  return new MultipartReading(request, parser, expected, handler).run();
}

function openParser(
  request: Request,
  { field, maxBytes, fieldLimits = FIELD_LIMITS }: FormFile,
): BusboyInstance {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw new AppError(
      'content_type_unsupported',
      `Send the file as multipart/form-data, in the field "${field}".`,
    );
  }
  if (isOversized(request, maxBytes)) throw fileTooLarge(maxBytes);
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      limits: { ...LIMITS, fields: fieldLimits.count, fieldSize: fieldLimits.bytes, fileSize: maxBytes },
    });
  } catch (cause) {
    throw new AppError('malformed_multipart', 'The multipart boundary is missing or broken.', { cause });
  }
}

class MultipartReading<File, Options> {
  private readonly fields: FormField[] = [];
  private filename = '';
  private stream: BusboyFileStream | undefined;
  private receiving: Promise<File> | undefined;
  private fail!: (error: unknown) => void;

  constructor(
    private readonly request: Request,
    private readonly parser: BusboyInstance,
    private readonly expected: FormFile,
    private readonly handler: FormHandler<File, Options>,
  ) {}

  async run(): Promise<MultipartForm<File, Options>> {
    try {
      await this.parse();
      if (this.receiving === undefined) {
        throw new AppError(
          'file_missing',
          `There is no file in the form. Send it in the field "${this.expected.field}".`,
        );
      }
      const file = await this.receiving;
      const options = await this.handler.parseFields(this.fields, true);
      return { filename: this.filename, fields: this.fields, file, options };
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

  /** A body of unknown length may go on after the file: what is beyond any acceptable form is not read. */
  private limitBody(): void {
    const { maxBytes } = this.expected;
    let received = 0;
    this.request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > maxBytes + MULTIPART_OVERHEAD_BYTES) this.fail(fileTooLarge(maxBytes));
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
    if (truncated) throw validationFailed([{ field: name.slice(0, 100), message: 'is too long' }]);
    const { field, fieldLimits = FIELD_LIMITS } = this.expected;
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

  private onFile(name: string, stream: BusboyFileStream, filename: string | undefined): void {
    // Whatever happens to a refused part, its error is reported by the request.
    stream.on('error', () => undefined);
    if (name !== this.expected.field)
      throw validationFailed([
        { field: name, message: `is not known here; the file goes into "${this.expected.field}"` },
      ]);
    if (this.stream !== undefined) throw new AppError('too_many_files', 'Send one file a request.');
    this.stream = stream;
    // Browsers, and all who write forms as they do, put it for the one character that would end the name (HTML, multipart/form-data).
    this.filename = filename?.replaceAll('%22', '"') ?? '';
    stream.once('limit', () => {
      this.fail(fileTooLarge(this.expected.maxBytes));
    });
    this.receiving = this.receive(stream);
    this.receiving.catch(this.fail);
  }

  private async receive(stream: BusboyFileStream): Promise<File> {
    return this.handler.receive(stream, await this.handler.parseFields(this.fields, false));
  }

  private async undo(reason: unknown): Promise<void> {
    this.request.unpipe(this.parser);
    this.stream?.destroy(reason instanceof Error ? reason : new Error('The request failed'));
    const received = await this.receiving?.then(
      (value) => ({ value }),
      () => undefined,
    );
    if (received !== undefined) await this.handler.discard(received.value);
  }
}
