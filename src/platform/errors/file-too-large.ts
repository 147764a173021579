import { AppError } from './app-error.js';

export function fileTooLarge(maxFileBytes: number): AppError {
  return new AppError(
    'file_too_large',
    `The file is larger than ${Math.floor(maxFileBytes / 2 ** 20)} MiB, the largest that is accepted.`,
  );
}
