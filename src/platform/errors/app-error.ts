import { ERROR_CODES, type ErrorCode, type ErrorKind } from './error-codes.js';

export interface FieldError {
  /** Name of the field, dotted for nested ones. */
  readonly field: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  /** Whether the same request would fail the same way again, although its kind of error often passes. */
  readonly isFinal?: boolean;
  /** What this kind of error tells besides the rest, under names of its own. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * The one error that services throw. `detail` is shown to the caller, so it never holds a path, a host or a stack;
 * those belong into `cause`, which is only logged.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | undefined;
  readonly isFinal: boolean;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options: AppErrorOptions = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
    this.isFinal = options.isFinal ?? false;
    this.members = options.members ?? {};
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }

  get title(): string {
    return ERROR_CODES[this.code].title;
  }
}
