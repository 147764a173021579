import type { NextFunction, Request, Response } from 'express';

export const TUS_PATH = '/uploads/tus';
export const VERSION = '1.0.0';

/** The protocol wants its version in every answer, also in those of guards and filters. */
export function tellTusVersion(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('tus-resumable', VERSION);
  next();
}
