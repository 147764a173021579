import { AppError } from './app-error.js';

export function emptyFile(): AppError {
  return new AppError('empty_file', 'The file has no content (0 bytes).');
}
